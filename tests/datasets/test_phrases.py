"""Short phrases in two languages: right, short, and what is tested is not learnt."""

import difflib
import re

import pytest

from course.datasets.phrases import (
    KINDS,
    LONGEST,
    _words,
    date_translations,
    learnt_pairs,
    measure_translations,
    nearest,
)

PACKAGED = KINDS[2:]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_tested_is_learnt(kind):
    training, testing = learnt_pairs(kind)
    assert len(training) > 400 and len(testing) > 40
    everything = [pair for one in KINDS for pair in learnt_pairs(one)[0]]
    for language in range(2):
        learnt = {pair[language].lower() for pair in everything}
        assert not learnt & {pair[language].lower() for pair in testing}


@pytest.mark.parametrize("kind", PACKAGED)
def test_no_near_copy_is_learnt(kind):
    """Judged by another measure: the share of characters in matching blocks."""
    everything = [pair for one in PACKAGED for pair in learnt_pairs(one)[0]]
    for language in range(2):
        learnt = [pair[language].lower() for pair in everything]
        for pair in learnt_pairs(kind)[1][::4]:
            text = pair[language].lower()
            if len(text) > 7:  # of shorter ones two letters may make another word
                found = difflib.get_close_matches(text, learnt, n=1, cutoff=0.93)
                assert not found, (text, found)


def test_who_does_it_and_when_does_not_part_near_copies():
    first, *others = "man swimming", "Women swimming", "person swimming (1999)"
    assert {_words(text) for text in others} == {_words(first)}
    assert _words("woman running") != _words(first)


@pytest.mark.parametrize("kind", PACKAGED)
def test_phrases_are_short_and_without_placeholders(kind):
    for pair in [*learnt_pairs(kind)[0], *learnt_pairs(kind)[1]]:
        for text in pair:
            assert 0 < len(text) <= LONGEST and not re.search(r"%\(|<|\n|\{", text)


def test_both_languages_name_the_same_day():
    months = "enero febrero marzo abril mayo junio julio agosto septiembre octubre"
    months = [*months.split(), "noviembre", "diciembre"]
    names = "January February March April May June July August September October"
    names = [*names.split(), "November", "December"]
    for english, spanish in date_translations(300, seed=3):
        days, others = (sorted(re.findall(r"\d+", text)) for text in (english, spanish))
        assert days == others
        named = [n for n, name in enumerate(names) if name in english]
        if "de" in spanish.split():
            assert named == [n for n, name in enumerate(months) if name in spanish]


def test_both_languages_name_the_same_number():
    def number(text, point, comma):
        found = re.search(r"[\d.,]+", text).group()
        return float(found.replace(comma, "").replace(point, "."))

    for english, spanish in measure_translations(300, seed=3):
        assert number(english, ".", ",") == number(spanish, ",", ".")


@pytest.mark.parametrize("draw", [date_translations, measure_translations])
def test_a_tenth_is_held_out(draw):
    learnt, tested = set(draw(2000, 0)), set(draw(300, 0, held_out=True))
    assert not learnt & tested and draw(20, 5) == draw(20, 5) != draw(20, 6)


def test_nearest_looks_the_most_similar_text_up():
    book = [("red flag", "bandera roja"), ("white wine", "vino blanco")]
    assert nearest(book, ["a red flag", "Wine"]) == ["bandera roja", "vino blanco"]
