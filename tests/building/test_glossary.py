"""The glossary: every word in both languages, in its page and linked from the cards."""

import json
import re

import pytest

from course.building.glossary import UNITS, glossary_notebook
from course.checks import exercise
from course.examination.verdict import Outcome, Verdict
from course.learning.folder import start
from course.messages import LANGUAGES, catalogue, text
from course.paths import repository
from course.showing.card import ShownVerdict

HOUSE = (repository() / "GLOSSARY.md").read_text("utf-8")
ROWS = re.findall(r"^\| (.+?) \| (.+?) \|", HOUSE, re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_has_its_row_and_no_other(language):
    keys = {
        key.split(".")[1] for key in catalogue("glossary", language) if ".term" in key
    }
    assert keys == set(UNITS)
    (_, _, words) = glossary_notebook(language).cells
    rows = words["source"].splitlines()[2:]
    assert len(rows) == len(UNITS)
    for key in UNITS:
        term, meaning = (
            text(f"glossary.{key}.{x}", language) for x in ("term", "meaning")
        )
        assert sum(f"**{term}**" in row and meaning in row for row in rows) == 1


def test_spanish_words_are_those_of_the_house():
    """Each row of GLOSSARY.md, and its parts where it names several words."""
    pairs = [*ROWS]
    for row in ROWS:
        parts = [side.split(", ") for side in row]
        pairs += zip(*parts) if len(parts[0]) == len(parts[1]) else ()
    compared = 0
    for key in UNITS:
        english, spanish = (text(f"glossary.{key}.term", each) for each in LANGUAGES)
        for one, other in pairs:
            if re.match(rf"{re.escape(one)}\b", english):
                assert other in spanish
                compared += 1
    assert compared > 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_link_to_it_in_a_learners_folder_alone(language, tmp_path, monkeypatch):
    start(tmp_path, language)
    asked = exercise("map.pad_batch")
    verdict = Verdict(
        asked.name, Outcome.NOT_ATTEMPTED, 0, 5, {}, None, "-", (), language
    )
    shown = ShownVerdict(verdict, asked, None)
    monkeypatch.chdir(tmp_path / "00_map")
    (target,) = re.findall('href="(.+?)"', shown.as_html())
    assert (tmp_path / "00_map" / target).resolve() == tmp_path / "glossary.ipynb"
    assert json.loads((tmp_path / "glossary.ipynb").read_text("utf-8"))["cells"]
    monkeypatch.chdir(tmp_path)
    assert "href" not in shown.as_html()
