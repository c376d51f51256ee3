"""The learning path: every link leads somewhere, and nothing is left out."""

import json
import os
import re
from pathlib import Path

import pytest

from course.building.learning_path import stops
from course.learning.folder import start
from course.messages import LANGUAGES
from course.notebooks.links import relink
from course.paths import repository

LINK = re.compile(r"\]\(([^)\s:]+\.ipynb)\)")
ROOT = repository()


def links(path, key=None):
    """The notebooks that a notebook links to, as paths."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(c["source"]) for c in cells if key in (None, c["id"])]
    found = [target for text in texts for target in LINK.findall(text)]
    return [Path(os.path.normpath(path.parent / target)) for target in found]


@pytest.fixture(scope="module", params=LANGUAGES)
def folder(request, tmp_path_factory):
    place = tmp_path_factory.mktemp("learner")
    start(place, request.param)
    return place


def test_every_link_of_a_learners_folder_leads_to_a_notebook(folder):
    notebooks = sorted(folder.rglob("*.ipynb"))
    assert len(notebooks) > 20
    for path in notebooks:
        assert links(path), path
        assert [target for target in links(path) if not target.is_file()] == []


def test_the_index_leads_to_everything(folder):
    notebooks = {p for p in folder.rglob("*.ipynb") if p.parent != folder}
    assert notebooks == set(links(folder / "index.ipynb", "units"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_checkout_s_own_links_lead_to_notebooks_too(language):
    for stop in stops(ROOT, language):
        targets = links(ROOT / stop.path)
        assert [target for target in targets if not target.is_file()] == []


def test_one_can_walk_from_the_first_lesson_to_the_last_notebook(folder):
    here, seen = folder / "00_map" / "lesson.ipynb", []
    while here not in seen and here.name != "index.ipynb":
        seen.append(here)
        here = links(here, "links-on")[0]
    assert len(seen) == len(stops(ROOT, "en"))
    for path in seen[1:]:
        assert seen[seen.index(path) - 1] in links(path, "links")


def test_a_link_to_what_was_not_copied_is_plain_text():
    places = {"a/one.ipynb": "x/one.ipynb", "b/two.ipynb": "two.ipynb"}
    source = "[two](../b/two.ipynb), [three](../b/three.ipynb), [web](https://x.org)"
    led = relink(source, "a/one.ipynb", places)
    assert led == "[two](../two.ipynb), three, [web](https://x.org)"
