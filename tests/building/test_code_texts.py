"""Docstrings and comments in the notebook's language; the code itself is the same."""

import ast
import json
import re

import pytest

from course.building.code_texts import code_texts, table_of, translate_cell
from course.building.learning_path import stops
from course.paths import repository

ROOT = repository()
STOPS = [s for s in stops(ROOT, "en") if table_of(s.script, "es")]
# A word in both languages, as in a table's comment: "the, las".
BILINGUAL = re.compile(r"[^\W\d]+, [^\W\d]+")
SOURCE = '''\
def f(x):  # first
    """Doubles.

    Args:
        x: A number.
    """
    # one thing
    # in two lines
    y = "# no comment"  # aside
    return 2 * x, y


class C:
    r"""Raw: \\alpha."""
'''


def code_cells(stop, language):
    """By id; the code that installs the course is written in both languages."""
    path = ROOT / str(stop.path).replace("/en/", f"/{language}/")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [c for c in cells if c["cell_type"] == "code" and c["id"] != "install"]
    return {cell["id"]: "".join(cell["source"]) for cell in code}


def texts(source):
    return [text.text for text in code_texts(source)]


def test_what_speaks_in_a_cell():
    assert texts(SOURCE) == [
        "first",
        "Doubles.\n\nArgs:\n    x: A number.",
        "one thing\nin two lines",
        "aside",
        "Raw: \\alpha.",
    ]


def test_each_stands_where_the_other_stood():
    table = {text: text for text in texts(SOURCE)}
    assert translate_cell(SOURCE, table) == SOURCE
    table["Doubles.\n\nArgs:\n    x: A number."] = (
        "Duplica.\n\nArgumentos:\n    x: Uno."
    )
    table["one thing\nin two lines"] = "una cosa\nen\ntres"
    new = translate_cell(SOURCE, table)
    assert '    """Duplica.\n\n    Argumentos:\n        x: Uno.\n    """\n' in new
    assert "    # una cosa\n    # en\n    # tres\n    y =" in new
    assert code_only(new) == code_only(SOURCE)


@pytest.mark.parametrize("source", ["%timeit x", "def f(:", "", "# alone", '"""doc"""'])
def test_whatever_a_cell_holds(source):
    assert translate_cell(source, {}) == source


def code_only(source):
    """The syntax tree without docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        speaks = isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module)
        if speaks and ast.get_docstring(node):
            node.body = node.body[1:]
    return ast.dump(tree)


@pytest.mark.parametrize("stop", STOPS, ids=lambda s: f"{s.unit}/{s.script.stem}")
class TestEveryNotebook:
    def test_the_code_is_the_same(self, stop):
        english, spanish = (code_cells(stop, language) for language in ("en", "es"))
        assert english.keys() == spanish.keys()
        for key, source in english.items():
            plain = spanish[key].replace('speak("es")', 'speak("en")')
            assert code_only(plain) == code_only(source), key

    def test_every_text_is_translated(self, stop):
        table = table_of(stop.script, "es")
        missing = [
            text
            for source in code_cells(stop, "en").values()
            for text in texts(source)
            if not table.get(text)
            and not BILINGUAL.fullmatch(text)
            and text != "YOUR CODE HERE"
        ]
        assert missing == []

    def test_no_line_is_too_long(self, stop):
        english = "".join(code_cells(stop, "en").values())
        for source in code_cells(stop, "es").values():
            new = [line for line in source.splitlines() if line not in english]
            assert [line for line in new if len(line) > 88] == []


def test_no_translation_is_of_what_is_no_longer_said():
    said = {t for s in STOPS for c in code_cells(s, "en").values() for t in texts(c)}
    kept = {text for stop in STOPS for text in table_of(stop.script, "es")}
    assert kept <= said
