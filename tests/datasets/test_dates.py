"""Dates in words, and what a translator of them needs around it."""

import datetime

import keras
import numpy as np
import pytest

from course.datasets.dates import (
    PATTERNS,
    alignment_of,
    date_pairs,
    is_held_out,
    unseen_date_pairs,
    written,
)
from course.datasets.translating import (
    END,
    PADDING,
    START,
    TARGET,
    Characters,
    date_task,
    exact_matches,
    nearest_matches,
    write_greedily,
)

YEARS = [datetime.date(2020, 1, 1) + datetime.timedelta(n) for n in range(0, 800, 3)]


def test_days_for_testing_are_never_drawn_for_training():
    days = {day for _, day in date_pairs(3000, seed=1)}
    unseen = {day for lang in PATTERNS for _, day in unseen_date_pairs(500, 1, lang)}
    assert not days & unseen
    held_out = [is_held_out(day) for day in YEARS]
    assert 0.05 < np.mean(held_out) < 0.16


@pytest.mark.parametrize("language", PATTERNS)
def test_words_say_the_day(language):
    """Every wording has the year and the number of the day, and tells days apart."""
    for pattern in PATTERNS[language]:
        texts = [written(day, language, pattern) for day in YEARS]
        assert len(set(texts)) == len(YEARS)
        for day, text in zip(YEARS, texts):
            assert (
                str(day.year) in text and str(day.day) in text.replace(",", " ").split()
            )


@pytest.mark.parametrize("language", PATTERNS)
def test_alignment_points_at_the_digits_and_the_month(language):
    months = {
        (day.month, pattern): written(day, language, pattern)
        for day in YEARS
        for pattern in ("MMMM", "MMM")
    }
    for pattern in PATTERNS[language]:
        for day in YEARS:
            text = written(day, language, pattern)
            places = alignment_of(text, day)
            iso = day.isoformat()
            for place, digit in zip(places[:4] + places[8:], iso[:4] + iso[8:]):
                assert place == -1 or text[place] == digit, (text, places)
            assert (places[8] == -1) == (day.day < 10)
            assert places[4] == places[7] == -1 and places[5] == places[6]
            beginning = text[places[5] :]
            names = (months[day.month, "MMMM"], months[day.month, "MMM"])
            assert beginning.startswith(names), (text, places)


class TestCharacters:
    characters = Characters("abñ ")

    def test_there_and_back(self):
        texts = ["a ñb", "", "bbb"]
        ids = self.characters.ids(texts, 6)
        assert ids.tolist()[1] == [END, *[PADDING] * 5]
        assert self.characters.texts(ids) == texts
        assert self.characters.size == 7

    @pytest.mark.parametrize(("text", "said"), [("abc", "'c'"), ("aaaaaa", "fit")])
    def test_what_does_not_fit_is_refused(self, text, said):
        with pytest.raises(ValueError, match=said):
            self.characters.ids([text], 6)


class Copying(keras.layers.Layer):
    """Writes the end of its source: what it should write is known."""

    def encoder(self, source, real):
        return source[:, -TARGET:]

    def decode(self, memory, real, target, target_real):
        return keras.ops.one_hot(memory, 99), None


@pytest.mark.parametrize("count", [1, 3, 251])
def test_greedy_writing_takes_the_likeliest_at_each_place(count):
    rng = np.random.default_rng(0)
    sources = rng.integers(3, 99, size=(count, 20)).astype("int32")
    found = write_greedily(Copying(), sources, TARGET)
    np.testing.assert_array_equal(found, sources[:, -TARGET:])
    assert START not in found


def test_scores_of_a_task():
    task = date_task(300, tests=20, seed=2)
    assert set(exact_matches(Copying(), task).values()) == {0.0}
    assert all(0 <= share <= 60 for share in nearest_matches(task).values())
    words = task.characters.texts(task.sources)
    assert list(zip(words, task.characters.texts(task.labels))) == date_pairs(300, 2)
