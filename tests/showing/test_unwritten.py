"""A cell that needs an answer not written yet says so, and the notebook runs on."""

import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell

from course import settings
from course.showing import unwritten

BLANK = "def closest(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
CLASS = "class Encoder:\n    def __init__(self):\n        raise NotImplementedError()"


@pytest.fixture(params=["en", "es"])
def shell(request, monkeypatch):
    made = InteractiveShell()
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: made)
    monkeypatch.setattr(settings, "_spoken", [request.param])
    monkeypatch.setattr(unwritten, "_watchers", [])
    unwritten.explain_blanks()
    unwritten.explain_blanks()  # `speak` may run twice
    return made


@pytest.fixture
def run(shell, capsys):
    """Runs a cell; gives whether it counts as run, and what was shown."""

    def cell(source):
        found = shell.run_cell(source)
        return found.success, capsys.readouterr().out

    return cell


SAID = {
    "en": ("your answer", "an answer of yours"),
    "es": ("tu respuesta", "una respuesta tuya"),
}


@pytest.mark.parametrize(
    ("blank", "use", "name"),
    [
        (BLANK, "closest(1)", "closest"),
        (BLANK, "found = [closest(n) for n in range(3)]", "closest"),
        (BLANK, "def mine(x):\n    return closest(x)\nmine(2)", "closest"),
        (CLASS, "Encoder()", "Encoder"),
        (f"import tensorflow as tf\n{BLANK}", "tf.function(closest)(1)", ""),
    ],
)
def test_the_answer_is_named(run, blank, use, name):
    assert run(blank) == (True, "")
    success, said = run(use)
    assert success
    named, some = SAID[settings.language()]
    assert (f"{named} `{name}`" if name else some) in said
    assert "Traceback" not in said


def test_what_such_a_cell_would_have_made_is_missed_kindly(run):
    run(BLANK)
    run("table = closest(1)\nsecond = 3")
    for _ in range(2):
        success, said = run("third = table + second")
        assert success and "closest" in said and "Traceback" not in said
    assert run("fourth = third")[0]  # and what that one would have made
    assert run("def closest(x):\n    return x\ntable = closest(1)\nprint(table)") == (
        True,
        "1\n",
    )


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("tabel", "NameError"),
        ("raise ValueError('no')", "ValueError"),
        ("def f():\n    return NotImplementedError\nraise f()", "NotImplementedError"),
    ],
)
def test_everything_else_that_is_raised_is_shown_as_ever(run, source, kind):
    run(BLANK)
    run("table = closest(1)")
    success, said = run(source)
    assert not success
    assert f"{kind}" in said and "Traceback" in said


def test_outside_a_notebook_nothing_is_watched(monkeypatch):
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: None)
    monkeypatch.setattr(unwritten, "_watchers", [])
    unwritten.explain_blanks()
    assert unwritten._watchers == []
