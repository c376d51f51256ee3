"""`transformer-course build --check` says what is not as it should be committed."""

import pytest

from course.__main__ import main
from course.building import translations
from course.building.translations import Stale


@pytest.mark.parametrize("differing", [[], ["exercises/en/00_map/1_map.ipynb"]])
@pytest.mark.parametrize("changed", [(), ("es",), ("en", "es")])
def test_it_fails_for_a_notebook_and_for_a_text(
    monkeypatch, capsys, differing, changed
):
    texts = [Stale("course/messages/engine.too_long", changed)] if changed else []
    monkeypatch.setattr("course.building.stale_notebooks", lambda: differing)
    monkeypatch.setattr(translations, "stale_texts", lambda root: texts)
    assert main(["build", "--check"]) == bool(differing or texts)
    said = capsys.readouterr().out
    assert all(path in said for path in differing)
    assert ("engine.too_long" in said) == bool(changed)
