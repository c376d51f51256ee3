"""What is shown can be read: in any theme, on a narrow screen, and without a style
sheet (which VS Code has not)."""

import re

import pytest

import course
from course.api import ours, progress
from course.showing import ShownHint, colours
from course.showing.card import ShownVerdict
from course.showing.colours import CODE_PAPER, INK, LINK, PAPER
from tests.course_exercises import EXERCISES

AA = 4.5  # WCAG 2.2, 1.4.3, for text of ordinary size


def luminance(colour):
    """The relative luminance of #rrggbb, as WCAG defines it."""
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values
    ]
    return sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_formula_gives_the_values_that_are_published():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=1e-3)


@pytest.mark.parametrize("ink", ["INK", "GOOD", "PARTLY", "BAD", "NEUTRAL", "LINK"])
def test_every_ink_is_readable_on_a_card(ink):
    assert contrast(getattr(colours, ink), PAPER) >= AA


def test_code_is_readable_on_its_own_paper():
    assert contrast(INK, CODE_PAPER) >= AA


def wrong(values, mask):
    return values


@pytest.fixture(params=["verdict", "hint", "progress", "comparison"])
def shown(request):
    if request.param == "verdict":
        verdict = course.examine("map.masked_mean", wrong)
        return ShownVerdict(
            verdict, EXERCISES["map.masked_mean"], None
        )._repr_mimebundle_()["text/html"]
    if request.param == "hint":
        return ShownHint("Look at `axis`.")._repr_html_()
    if request.param == "progress":
        return progress()._repr_html_()
    for _ in range(9):
        course.hint("map.masked_mean")
    return ours("map.masked_mean")._repr_html_()


def test_a_card_brings_its_own_paper_and_ink(shown):
    """So no theme's colours get between: only known inks, on known papers."""
    first = re.match(r"<div[^>]*style=[\"']([^\"']*)", shown)[1]
    assert f"background:{PAPER}" in first
    assert f"color:{INK}" in first
    used = set(re.findall(r"(?<![-\w])(?:color|background):\s*([^;\"']+)", shown))
    known = {getattr(colours, name) for name in dir(colours) if name.isupper()}
    assert used <= known
    for tag in re.findall(r"<(?:code|pre)[^>]*>", shown):
        assert f"background:{CODE_PAPER}" in tag
        assert f"color:{INK}" in tag
    for tag in re.findall(r"<a [^>]*>", shown):
        assert f"color:{LINK}" in tag


def test_it_needs_no_script_no_style_sheet_and_no_more_width_than_there_is(shown):
    assert "<script" not in shown
    assert "<style" not in shown
    assert "<table" not in shown  # themes paint tables
    assert "overflow-x:auto" in shown
    assert not re.findall(r"(?<!max-)(?<!min-)width:\s*\d{3,}px", shown)


@pytest.mark.parametrize("name", ["map.pad_batch", "attention.scaled_dot_product"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_paper_of_the_last_hint_can_be_clicked(name, language):
    course.speak(language)
    for _ in range(EXERCISES[name].hints):
        shown = course.hint(name)
    paper = EXERCISES[name].paper
    link = f'<a href="{paper}" target="_blank" style="color:{LINK}">{paper}</a><br>'
    assert link in shown._repr_html_()
    course.speak("en")


def test_an_address_is_a_link_and_what_follows_it_is_not():
    shown = ShownHint("See https://a.org/b_c?d=1&e=2. And `http://code`.")._repr_html_()
    assert re.findall("<a href=.([^>]*?). ", shown) == ["https://a.org/b_c?d=1&amp;e=2"]
    assert "</a>. And" in shown


def test_no_line_of_our_solution_is_out_of_sight():
    for _ in range(9):
        course.hint("map.masked_mean")
    for pre in re.findall("<pre [^>]*>", ours("map.masked_mean")._repr_html_()):
        assert "pre-wrap" in pre and "word-break:normal" in pre
