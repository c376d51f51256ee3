"""Tables of which a few rows run every time, and all of them in the full set.

`make test-full` runs what is marked `full`. A short version of each such test runs
every time: other rows of the table, smaller sizes, fewer seeds or one kind of several.
"""

import pytest


def table(rows, often, marks=(), label=None):
    """Parameters of a test, those of `often` in every run, the others in the full set.

    Args:
        rows: One value each, or a tuple where a test takes several.
        often: The rows that run every time; each must be one of the table.
        marks: Marks of every row.
        label: From a value to its part of the test's name; pytest's own by default.
    """
    rows, often = list(rows), list(often)
    absent = [row for row in often if row not in rows]
    assert not absent, f"not in the table: {absent}"
    parameters = []
    for row in rows:
        values = row if isinstance(row, tuple) else (row,)
        own = [*marks] if row in often else [*marks, pytest.mark.full]
        name = label and "-".join(label(value) for value in values)
        parameters.append(pytest.param(*values, marks=own, id=name))
    return parameters


def pairs_once(rows, columns):
    """Each row with a column, by turns, so that every column comes up as well."""
    rows, columns = list(rows), list(columns)
    count = max(len(rows), len(columns))
    return [(rows[n % len(rows)], columns[n % len(columns)]) for n in range(count)]


def grouped(values, what):
    """Parameters of a test; those with the same value run in one process.

    It makes once what is kept for later: a graph, a model.
    """
    return [
        pytest.param(value, marks=pytest.mark.xdist_group(f"{value} {what}"))
        for value in values
    ]
