"""Cells as IPython reads them: magics cost nothing, and line numbers stay."""

import pytest

from course.notebooks.as_python import as_python, magics_in, parse
from course.showing.finding import syntax_error_in

DOUBLE = "def double(x):\n    return x + x\n"
# What stands in a cell -> the lines that a learner is told were skipped.
CELLS = {
    f"%timeit double(1)\n{DOUBLE}": ["%timeit double(1)"],
    f"{DOUBLE}%timeit -n 10 double(1)": ["%timeit -n 10 double(1)"],
    f"%load_ext autoreload\n%autoreload 2\n{DOUBLE}": [
        "%load_ext autoreload",
        "%autoreload 2",
    ],
    f"%pip install numpy\n{DOUBLE}": ["%pip install numpy"],
    f"!pip install numpy\n{DOUBLE}": ["!pip install numpy"],
    f"files = !ls\n{DOUBLE}": ["!ls"],
    f"{DOUBLE}double?": ["double?"],
    f"{DOUBLE}?double": ["double?"],
    f"{DOUBLE}double??": ["double?"],
    f"%matplotlib inline\n\n{DOUBLE}": ["%matplotlib inline"],
    f"%time y = 3\n{DOUBLE}": ["%time y = 3"],
    f"z = %time 3\n{DOUBLE}": ["%time 3"],
    f"%%time\n{DOUBLE}": [],
    f"%%time\n\n{DOUBLE}": [],
    f"%%capture out\n{DOUBLE}": [],
    f"%%capture\n%%time\n%config A.b = 1\n{DOUBLE}": ["%config A.b = 1"],
    f"%%prun\n{DOUBLE}": [],
    f"\n  \n%env A=1\n{DOUBLE}": ["%env A=1"],
    "\n".join(f"    {line}" for line in DOUBLE.splitlines()): [],
    "\n".join(f">>> {line}" for line in DOUBLE.splitlines()): [],
    "def double(x):\n    %time y = x + x\n    !echo {x}\n    return x + x": [
        "%time y = x + x",
        "!echo {x}",
    ],
    f"{DOUBLE}z = 5 % 3 != 2  # %no ?": [],
    f"text = '''\n%no magic\n!neither\n'''\n{DOUBLE}": [],
    f"import asyncio\n{DOUBLE}await asyncio.sleep(0)": [],
}


@pytest.mark.parametrize("source", CELLS)
def test_a_cell_is_python(source):
    python = as_python(source)
    parse(python)
    assert magics_in(python) == CELLS[source]
    assert as_python(python) == python
    assert syntax_error_in("double", {"In": [source, ""]}) is None


@pytest.mark.parametrize("source", CELLS)
def test_lines_keep_their_numbers(source):
    before, after = source.splitlines(), as_python(source).splitlines()
    for number, line in enumerate(before):
        if "return x + x" in line:
            assert "return x + x" in after[number]


@pytest.mark.parametrize(
    "source, line",
    [
        ("%timeit f(x)\ndef double(x:\n    pass", 2),
        ("%%time\ndef double(x):\n    return x +", 3),
        ("\n\n!ls\ndef double(x):\n    return (x", 5),
        ("async def double(x:\n    pass", 1),
    ],
)
def test_a_syntax_error_is_still_one(source, line):
    assert syntax_error_in("double", {"In": [source, ""]})["line"] == line


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%timeit", "%%python"])
def test_what_runs_elsewhere_defines_nothing_here(magic):
    python = as_python(f"{magic}\n{DOUBLE}")
    assert "def double" not in [line.strip() for line in python.splitlines()]
    assert magics_in(python)[0].startswith(magic)
