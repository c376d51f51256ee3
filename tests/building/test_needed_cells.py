"""What a picture stands on: enough to draw it as the whole notebook would."""

import random

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from course.building.needed_cells import needed_cells


def notebook(*sources):
    cells = [new_code_cell(source, id=f"c{n}") for n, source in enumerate(sources)]
    return [new_markdown_cell("words", id="text"), *cells]


def numbers_of(cells, wanted):
    return [int(c["id"][1:]) for c in needed_cells(cells, {f"c{n}" for n in wanted})]


SETUP = "import numpy as np\nfrom course import say"


@pytest.mark.parametrize(
    ("sources", "needed"),
    [
        ((SETUP, "a = 1", "b = 2", "print(b)"), [2, 3]),
        ((SETUP, "a = np.ones(3)", "print(a)"), [0, 1, 2]),
        (("a = 1", "a = 2", "print(a)"), [0, 1, 2]),  # the first may matter: kept
        (("a = []", "a.append(1)", "b = 1", "print(a)"), [0, 1, 3]),
        (("a = 1", "a += 1", "print(a)"), [0, 1, 2]),
        (("def f():\n    return k", "k = 3", "f()", "print(f())"), [0, 1, 3]),
        (("n = 5", "for n in range(3):\n    print(n)"), [1]),
        (("n = 5", "print([n for n in range(3)])"), [1]),
        (("def f(x):\n    y = x\n    return y", "x = y = 1", "print(f(2))"), [0, 2]),
        (("class A:\n    b = 1", "b = 2", "print(A())"), [0, 2]),
        (("m = {}", "m['k'] = 1", "print(m)"), [0, 1, 2]),
        (("a, (b, *c) = 1, (2, 3)", "with open(a) as d:\n    pass", "d, c"), [0, 1, 2]),
        (("import os.path", "print(os)"), [0, 1]),
        (("a = 1", "if True:\n    a = 2", "print(a)"), [0, 1, 2]),
    ],
)
def test_the_last_cell_needs(sources, needed):
    assert numbers_of(notebook(*sources), [len(sources) - 1]) == needed


def test_several_wanted_cells_and_none():
    cells = notebook("a = 1", "b = 2", "print(a)", "c = 3", "print(b)")
    assert numbers_of(cells, [2, 4]) == [0, 1, 2, 4]
    assert numbers_of(cells, []) == []


STATEMENTS = (
    "{0} = {1} + 1",
    "{0} = [{1}]",
    "{0}, {1} = {1}, 7",
    "{0} += {1} if {0} == {1} else {0}",
    "for {0} in range(3):\n    {1} = ({0}, {1})",
    "{2} = {0}.__class__",
    "def {2}():\n    return {0}",
    "kept.append({1})",
)


@pytest.mark.parametrize("seed", range(60))
def test_they_alone_make_what_the_whole_notebook_makes(seed):
    """Random programs, each cell of which may be the wanted one."""
    rng = random.Random(seed)
    sources = ["a = b = c = 1\nkept = []\nprint_it = repr"]
    for _ in range(8):
        names = rng.sample("abc", 2)
        statement = rng.choice(STATEMENTS).format(*names, rng.choice("fg"))
        if "+=" in statement and rng.random() < 0.5:
            statement = f"{names[0]} = 3"
        sources.append(statement)
    for number in range(1, len(sources)):
        shown = f"shown = print_it((a, b, c, kept)[{number % 4}])"
        cells = notebook(*sources[: number + 1], shown)
        whole, part = {}, {}
        try:
            for source in [*sources[: number + 1], shown]:
                exec(source, whole)
        except TypeError:  # 1 + [1]
            return
        for cell in needed_cells(cells, {f"c{number + 1}"}):
            exec(cell["source"], part)
        assert part["shown"] == whole["shown"]
