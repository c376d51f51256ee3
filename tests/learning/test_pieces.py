"""A learner's own pieces: kept where they can be, used where they are right."""

import ast
import linecache

import pytest

import course
from course import settings
from course.building.script import read
from course.checks import exercise
from course.learning.pieces import (
    NotExportable,
    keep,
    load,
    path_of,
    source_of_answer,
)
from course.paths import repository
from course.pieces import BY_EXERCISE, library
from course.showing.card import PIECES_MIME

NAME = "blocks.embed"
CELL = """
from keras import ops as o
FACTOR = 0.5

def root(number):
    return number**FACTOR

def embed(ids, table, pattern):
    words = o.take(table, ids, axis=0) * root(table.shape[1])
    return words + pattern[: ids.shape[1]]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A learner's folder; the notebook runs in one of its units."""
    (tmp_path / settings.FOLDER).mkdir()
    (tmp_path / "05_blocks").mkdir()
    monkeypatch.chdir(tmp_path / "05_blocks")
    return tmp_path


def notebook(source, name="<cell>"):
    """The names of a notebook in which one cell was run."""
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    names = {"__name__": "__main__"}
    exec(compile(source, name, "exec"), names)
    return names


def right(name, value):
    return course.examine(name, value).right


def loaded(judge=right):
    return load(NAME, BY_EXERCISE[NAME], judge)


def test_a_right_answer_is_kept_with_all_that_it_uses(folder):
    names = notebook(CELL)
    path = keep(exercise(NAME), names["embed"], names)
    assert path == folder / "my_pieces" / "blocks_embed.py"
    assert path.read_text().count("def ") == 2
    piece = loaded()
    assert (piece.name, piece.origin) == ("embed", "yours")
    assert piece.value.__code__.co_filename == str(path)


def test_keeping_again_changes_nothing(folder):
    names = notebook(CELL)
    path = keep(exercise(NAME), names["embed"], names)
    before = path.stat().st_mtime_ns
    keep(exercise(NAME), names["embed"], names)
    assert path.stat().st_mtime_ns == before


def test_check_keeps_what_is_right_and_only_that(folder, capsys):
    names = notebook(CELL + f"\nfrom course import check\ncheck({NAME!r})\n")
    path = path_of(NAME, folder)
    assert path.is_file()
    text = path.read_text()
    wrong = CELL.replace("FACTOR = 0.5", "FACTOR = 1")
    names = notebook(wrong + f"\nfrom course import check\ncheck({NAME!r})\n", "<two>")
    assert names["FACTOR"] == 1
    assert path.read_text() == text


def test_outside_a_learners_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = notebook(CELL)
    assert keep(exercise(NAME), names["embed"], names) is None
    assert list(tmp_path.iterdir()) == []
    assert loaded().origin == "none"


def test_a_class_is_kept_whole(folder):
    source = "import keras\n\nclass Twice(keras.layers.Layer):\n"
    source += '    """Doubles."""\n\n    def call(self, x):\n        return 2 * x\n'
    text = source_of_answer("Twice", notebook(source))
    assert text.startswith("import keras\n\n\nclass Twice")
    assert text.endswith("return 2 * x\n")


def test_what_no_file_can_hold_is_not_kept(folder):
    names = notebook("table = [object()]\n\ndef embed(a, b, c):\n    return table\n")
    with pytest.raises(NotExportable):
        source_of_answer("embed", names)
    assert keep(exercise(NAME), names["embed"], names) is None


@pytest.mark.parametrize(
    ("text", "origin", "problem"),
    [
        ("def embed(", "broken", "SyntaxError"),
        ("raise SystemExit(3)", "broken", "SystemExit"),
        ("import nowhere_to_be_found", "broken", "ModuleNotFoundError"),
        ("other = 1", "broken", "KeyError"),
        ("embed = 1", "wrong", ""),
        ("def embed(ids, table, pattern):\n    return table", "wrong", ""),
        ("\0", "broken", ""),
        ("x = 1\n" * 20_000, "broken", "longer"),
    ],
)
def test_a_broken_file_gives_way_to_the_library(folder, text, origin, problem):
    path = path_of(NAME, folder)
    path.parent.mkdir()
    path.write_text(text)
    piece = loaded()
    assert (piece.origin, piece.value) == (origin, library.embed)
    assert problem in piece.problem


def test_a_file_that_never_ends_gives_way_to_the_library(folder, monkeypatch):
    monkeypatch.setattr("course.learning.pieces.SECONDS", 1)
    path = path_of(NAME, folder)
    path.parent.mkdir()
    path.write_text("while True: pass")
    assert loaded().origin == "broken"


def test_the_card_says_whose_the_pieces_are(folder, monkeypatch):
    monkeypatch.setattr("course.api._in_use", {})
    path = path_of(NAME, folder)
    path.parent.mkdir()
    path.write_text(CELL)
    mine = course.my_pieces(NAME, "blocks.positions")
    assert mine.embed.__code__.co_filename == str(path)
    assert mine.sinusoidal_positions is library.sinusoidal_positions
    assert repr(mine).splitlines()[0] == "✔ embed: yours"
    shown = course.check("blocks.encoder", exercise("blocks.encoder").reference)
    said = "Your own pieces: `embed`. From the library: `sinusoidal_positions`."
    assert said in shown.as_text()
    assert shown._repr_mimebundle_()[PIECES_MIME] == {"text": said}
    other = course.check(NAME, exercise(NAME).reference)
    assert PIECES_MIME not in other._repr_mimebundle_()


def test_an_unknown_piece_is_an_error():
    with pytest.raises(ValueError, match="no piece 'nonsense'"):
        course.my_pieces("nonsense")


def test_when_graded_the_pieces_are_the_librarys(monkeypatch):
    from course.grading.runner import stubs

    for name in ("check", "hint", "speak", "examine", "exercises", "say", "my_pieces"):
        monkeypatch.setattr(course, name, getattr(course, name))
    stubs.install()
    assert course.my_pieces(NAME).embed is library.embed


def test_every_piece_of_an_exercise_has_a_stand_in():
    for one in course.exercises().values():
        assert set(one.pieces) <= set(BY_EXERCISE)
    for name, piece in BY_EXERCISE.items():
        assert exercise(name).answer == piece.__name__


def fetched(script):
    """The exercises whose answers a notebook asks `my_pieces` for."""
    code = [cell.source for cell in read(script) if cell.kind != "text"]
    calls = [node for text in code for node in ast.walk(ast.parse(text))]
    calls = [n for n in calls if isinstance(n, ast.Call) and name_of(n) == "my_pieces"]
    return {argument.value for call in calls for argument in call.args}


def name_of(call):
    return getattr(call.func, "id", None)


@pytest.mark.parametrize(
    "one", [e for e in course.exercises().values() if e.pieces], ids=lambda e: e.name
)
def test_a_notebook_fetches_what_its_exercise_is_made_of(one):
    """And a right answer may run what stands in for a piece."""
    scripts = (repository() / "solutions" / one.unit).glob("*.py")
    (script,) = (s for s in scripts if one.name in {c.exercise for c in read(s)})
    assert set(one.pieces) <= fetched(script) <= set(BY_EXERCISE)
    for piece in one.pieces:
        home = BY_EXERCISE[piece].__module__
        assert any(f"{home}.".startswith(f"{kept}.") for kept in one.stands_on), piece


def test_a_capstone_is_kept_with_the_pieces_it_is_made_of(folder):
    """The namespace of pieces is written down as the line that fetches it."""
    source = "import course\nfrom course import my_pieces\n"
    source += f"mine = my_pieces({NAME!r})\n\n"
    source += "def Encoder(ids, table, pattern):\n"
    source += "    return mine.embed(ids, table, pattern)\n"
    names = notebook(source, "<capstone>")
    text = source_of_answer("Encoder", names)
    assert f"mine = my_pieces(*({NAME!r},))" in text
    again = notebook(text, "<kept>")
    assert again["mine"].embed is library.embed
