"""Honest work survives what happens to notebooks; nothing else crosses over."""

import json

import pytest

from course.notebooks.fault import Fault
from course.notebooks.rebuild import rebuild, role
from tests.grading.released import RELEASED, answer, cell, check, submission, text
from tests.notebooks.damages import DAMAGES, damaged

EXPECTED = {"check-twice": 14, "check-square": 49, "check-cube": 343}


def outcomes(notebook):
    """Every check's value at 7, computed where the check stands."""
    names, found = {}, {}
    for entry in notebook["cells"]:
        nbgrader = entry["metadata"].get("nbgrader", {})
        if role(entry) == "check":
            name = nbgrader["grade_id"].removeprefix("check-")
            try:
                found[nbgrader["grade_id"]] = names[name](7)
            except Exception as error:
                found[nbgrader["grade_id"]] = type(error).__name__
        elif entry["cell_type"] == "code" and role(entry) != "show":
            try:
                exec(entry["source"], names)
            except Exception:
                continue
    return found


@pytest.mark.parametrize("name", DAMAGES)
def test_honest_work_counts_after(name):
    notebook, _ = rebuild(RELEASED, damaged(name))
    assert outcomes(notebook) == EXPECTED


def test_there_are_enough_damages():
    assert len(DAMAGES) >= 41


@pytest.mark.parametrize("name", DAMAGES)
def test_the_structure_is_the_releases_after(name):
    notebook, _ = rebuild(RELEASED, damaged(name))
    kept = [
        c for c in notebook["cells"] if c["metadata"]["course"]["origin"] != "helper"
    ]
    assert [c["id"] for c in kept] == [c["id"] for c in RELEASED["cells"]]
    for mine, released in zip(kept, RELEASED["cells"]):
        assert mine["cell_type"] == released["cell_type"]
        assert mine["metadata"].get("nbgrader") == released["metadata"].get("nbgrader")
        assert "tags" not in mine["metadata"]
        if role(released) in ("check", "show", "text"):
            assert mine["source"] == released["source"]
    assert notebook["metadata"] == RELEASED["metadata"]


def test_an_untouched_release_earns_nothing():
    notebook, _ = rebuild(RELEASED, text(RELEASED))
    assert set(outcomes(notebook).values()) == {"NotImplementedError"}


def test_the_last_of_two_different_answers_counts():
    given = submission()
    second = answer("twice", "def twice(x):\n    return x + x + 1")
    given["cells"].insert(4, second)
    notebook, notes = rebuild(RELEASED, text(given))
    assert outcomes(notebook)["check-twice"] == 15
    assert any("2 times" in note for note in notes)


def test_a_changed_check_or_show_cell_is_never_run():
    given = submission()
    given["cells"].append(check("twice") | {"source": "FACTOR = 100"})
    given["cells"].insert(0, check("cube") | {"source": "FACTOR = 100"})
    for entry in given["cells"]:
        if entry["id"] == "plot":
            entry["source"] = "FACTOR = 100"
    notebook, _ = rebuild(RELEASED, text(given))
    assert not any("100" in entry["source"] for entry in notebook["cells"])


def test_an_edited_setup_cell_counts():
    given = submission()
    given["cells"][1]["source"] = "FACTOR = 3"
    notebook, _ = rebuild(RELEASED, text(given))
    assert outcomes(notebook)["check-twice"] == 21


def test_metadata_attachments_and_outputs_do_not_cross():
    given = submission()
    given["metadata"]["kernelspec"] = {"name": "evil"}
    for entry in given["cells"]:
        entry["attachments"] = {"x": {"text/plain": "smuggled"}}
        entry["outputs"] = [{"output_type": "stream", "text": "smuggled"}]
        entry["metadata"]["smuggled"] = True
    notebook, _ = rebuild(RELEASED, text(given))
    assert "smuggled" not in json.dumps(notebook)
    assert "evil" not in json.dumps(notebook)


@pytest.mark.parametrize(
    "given, reason",
    [
        ("", "not-json"),
        ("<html>Log in to download</html>", "not-json"),
        ("[" * 100_000, "not-json"),
        ("3", "not-a-notebook"),
        ("{}", "not-a-notebook"),
        ('{"cells": 3}', "not-a-notebook"),
        ('{"cells": []}', "no-cells"),
        ('{"cells": [1, 2]}', "no-cells"),
        ("null", "not-a-notebook"),
        ("\x00" * 50, "not-json"),
    ],
)
def test_what_is_no_notebook_is_a_fault(given, reason):
    with pytest.raises(Fault) as caught:
        rebuild(RELEASED, given)
    assert caught.value.reason == reason


def test_helpers_stand_where_they_stood():
    given = submission()
    given["cells"].append(cell("code", "last = 1", "own-last"))
    notebook, _ = rebuild(RELEASED, text(given))
    sources = [entry["source"] for entry in notebook["cells"]]
    assert sources.index("def helper(x):\n    return x") == 7
    assert sources[-1] == "last = 1"
