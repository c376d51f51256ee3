"""Which language a notebook was handed in in, however its accents are stored."""

import json

import pytest

from course.messages import LANGUAGES
from course.notebooks.language import language_of
from course.paths import exercises_folder

NAMES = sorted(
    path.relative_to(exercises_folder() / "en")
    for path in (exercises_folder() / "en").glob("*/*.ipynb")
)


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_every_notebook_in_both_languages(name):
    releases = {
        language: json.loads((exercises_folder() / language / name).read_text("utf-8"))
        for language in LANGUAGES
    }
    for language, notebook in releases.items():
        for escaped in (True, False):
            text = json.dumps(notebook, ensure_ascii=escaped)
            assert language_of(releases, text) == language
