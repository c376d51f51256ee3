"""What the commands for instructors print has a Spanish form, every line of it.

The lines are read off the code. Errors and help are in `test_spanish.py`.
"""

import ast
import re

import pytest

from course import settings
from course.__main__ import main
from course.grading.limit_messages import in_words
from course.grading.run.doctor import PROTECTIONS
from course.grading.run.folders import Folders
from course.grading.run.plan import REASONS, Plan
from course.messages import catalogue
from course.paths import PACKAGE
from course.spanish_errors import PATTERNS, in_spanish
from course.spanish_lines import LINES
from course.telling import tell, translate
from tests.commands.test_spanish import ENGLISH, template

# Their sentences go elsewhere: into pages and tables, files of the class, what nbgrader
# logs, and the journal, whose notes on one submission are shown in English.
WRITTEN = {"columns", "page", "report", "instructor_folder", "collector", "feedback"}
WRITTEN |= {"archive", "finding", "folder_walk", "handed_in", "jobs", "single"}
WRITTEN |= {"supervisor", "assignments", "show_cells", "nbgrader_cli"}
WRITTEN |= {"card_style", "page_filters", "plugin", "configuration"}
MODULES = [
    path
    for place in ("commands", "grading/run", "grading/nbgrader")
    for path in sorted((PACKAGE / place).glob("*.py"))
    if path.stem not in WRITTEN or path.parent.name == "commands"
]
SENTENCE = re.compile(r"[a-z]{2,}[^a-z]* [^a-z]*[a-z]{2,}")


def sentences(path):
    """The templates of a module's sentences, without docstrings, help and errors."""
    yield from _sentences(ast.parse(path.read_text(encoding="utf-8")))


def _sentences(node):
    match node:
        case ast.FunctionDef(name="add_arguments") | ast.Expr(value=ast.Constant()):
            return
        case ast.Raise(exc=ast.Call() as call) if called(call) != "Fault":
            return
    text = template(node) if isinstance(node, ast.Constant | ast.JoinedStr) else None
    if isinstance(text, str) and SENTENCE.search(text):
        if not text.startswith("  transformer-course "):  # a command to type
            yield text
    else:
        for child in ast.iter_child_nodes(node):
            yield from _sentences(child)


def called(node):
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_sentence_in_the_code_has_a_translation(path):
    known = PATTERNS.keys() | LINES.keys()
    assert [text for text in sentences(path) if text not in known] == []


def printed():
    """(file, what is printed) of each call of `print` in a command."""
    for path in [*MODULES, PACKAGE / "grading" / "run" / "report.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called(node) == "print" and node.args:
                yield path.stem, node.args[0]


def test_what_is_printed_without_a_translation_has_no_words():
    found = list(printed())
    assert len(found) > 10
    for name, what in found:
        words = template(what) if isinstance(what, ast.Constant | ast.JoinedStr) else ""
        if not words.strip().startswith("transformer-course"):
            assert not re.search("[a-z]{2}", words), f"{name}: {words!r} is not told"


@pytest.mark.parametrize("english", LINES)
def test_a_line_keeps_what_it_names(english):
    names = [f"name_{number}" for number in range(english.count("{}"))]
    said = in_spanish(english.format(*names))
    assert said == LINES[english].format(*names)
    assert not ENGLISH.search(re.sub(r"make learn|--\w+", "", said))


@pytest.mark.parametrize("english", [*REASONS.values(), *dict(PROTECTIONS)])
def test_each_word_of_a_table_has_a_translation(english):
    assert in_spanish(english) != english


def test_every_limit_of_a_submission_is_told_in_spanish():
    names = [key for key in catalogue("grading", "es") if ".limit." in key]
    assert names
    for key in names:
        name = key.rpartition(".")[2]
        assert not ENGLISH.search(in_words([name], "es"))


@pytest.fixture
def spanish(monkeypatch):
    monkeypatch.setattr(settings, "_spoken", ["es"])


def test_a_plan_with_each_reason(spanish):
    plan = Plan(count=9, left=["ana"])
    plan.tasks = [None]
    for reason in REASONS:
        plan.reasons[reason] = ["ana 1_map"]
    lines = [translate(line) for line in plan.lines()]
    assert lines[0] == "9 cuadernos; por calificar: 1"
    assert "  nuevos: 1 (ana 1_map)" in lines
    assert len(lines) == 2 + len(REASONS)
    for line in lines:
        assert not ENGLISH.search(line)
    assert translate(Plan(count=9).lines()[0]).startswith("9 cuadernos, ninguno")


def test_problems_of_a_class(spanish, tmp_path, capsys):
    released = tmp_path / "exercises" / "09_x"
    released.mkdir(parents=True)
    (released / "1_a.ipynb").write_text('{"cells": [], "metadata": {}}')
    handed_in = tmp_path / "submitted"
    for name in ("Ana", "ana", "x\u202ey", "y" * 220):
        (handed_in / name / "09_x").mkdir(parents=True)
    (handed_in / "solo.ipynb").write_text("{}")
    folders = Folders(str(tmp_path), (str(tmp_path / "exercises"),))
    _, problems = folders.students("09_x")
    assert len(problems) == 4
    for problem in problems:
        tell(problem)
    said = capsys.readouterr().out
    assert not ENGLISH.search(said)
    for word in ("la carpeta de ningún", "'Ana', 'ana' solo", "de dirección", "bytes"):
        assert word in said


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_folder_for_a_class(language, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(settings, "_spoken", [])
    for _ in range(2):  # the second time there is a notebook of the instructor's
        assert main(["--lang", language, "course", str(tmp_path / "c")]) == 0
        said = capsys.readouterr().out
        (tmp_path / "c" / "exercises" / "es" / "index.ipynb").write_text("{}")
    is_english = bool(ENGLISH.search(said.replace(str(tmp_path), "")))
    assert is_english == (language == "en")
    assert ("se conserva el tuyo" in said) == (language == "es")
    assert f"cd {tmp_path / 'c'}" in said and "course --guide" in said
