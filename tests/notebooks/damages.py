"""What happens to honest notebooks on their way: forty and more damages.

Each takes the notebook as a dict and gives back what was handed in: a dict or a text.
"""

import copy
import json
import re

from tests.grading.released import cell, submission, text


def every(change):
    """A damage that does the same to every cell."""

    def damage(notebook):
        for entry in notebook["cells"]:
            change(entry)
        return notebook

    return damage


def at(name, change):
    """A damage to the one cell with this grade_id or id."""

    def damage(notebook):
        for entry in notebook["cells"]:
            nbgrader = entry["metadata"].get("nbgrader", {})
            if name in (nbgrader.get("grade_id"), entry["id"]):
                change(entry)
        return notebook

    return damage


def without(*names):
    def damage(notebook):
        def keep(entry):
            nbgrader = entry["metadata"].get("nbgrader", {})
            return not {nbgrader.get("grade_id"), entry["id"]} & set(names)

        notebook["cells"] = [entry for entry in notebook["cells"] if keep(entry)]
        return notebook

    return damage


def duplicated(name, source=None):
    def damage(notebook):
        ids = [entry["id"] for entry in notebook["cells"]]
        twin = copy.deepcopy(notebook["cells"][ids.index(name)])
        twin["source"] = twin["source"] if source is None else source
        notebook["cells"].insert(ids.index(name) + 1, twin)
        return notebook

    return damage


def inserted(place, entry):
    def damage(notebook):
        notebook["cells"].insert(place, entry)
        return notebook

    return damage


def put(**values):
    return lambda entry: entry.update(copy.deepcopy(values))


def strip_names(entry):
    entry["metadata"] = {}
    entry["id"] = f"new-{abs(hash(entry['source']))}"


def no_ids(notebook):
    for entry in notebook["cells"]:
        del entry["id"]
    return {**notebook, "nbformat_minor": 4}


def format_3(notebook):
    for entry in notebook["cells"]:
        if entry["cell_type"] == "code":
            entry["input"] = entry.pop("source").splitlines(keepends=True)
            entry["language"] = "python"
    return {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": notebook["cells"]}]}


def cut_short(notebook):
    whole = text(notebook)
    return whole[: whole.rindex('"id-check-cube"')]


def conflict(notebook):
    whole = text(notebook)
    mark = whole.index('  {\n   "cell_type"')
    ours = '<<<<<<< HEAD\n  "nbformat_minor": 4,\n=======\n>>>>>>> theirs\n'
    return whole[:mark] + ours + whole[mark:]


def scrambled(notebook):
    notebook["cells"][3], notebook["cells"][4] = (
        notebook["cells"][4],
        notebook["cells"][3],
    )
    return notebook


def flags(**values):
    def change(entry):
        entry["metadata"].setdefault("nbgrader", {}).update(values)

    return change


def nested_output(entry):
    entry["outputs"] = [{"data": {"x": json.loads("[" * 400 + "]" * 400)}}]


DAMAGES = {
    "none": lambda notebook: notebook,
    "source as lists of lines": every(
        lambda e: e.update(source=e["source"].splitlines(keepends=True))
    ),
    "Windows line ends": every(
        lambda e: e.update(source=e["source"].replace("\n", "\r\n"))
    ),
    "old Macintosh line ends": every(
        lambda e: e.update(source=e["source"].replace("\n", "\r"))
    ),
    "a byte order mark": lambda n: "\ufeff" + text(n),
    "format 3": format_3,
    "no cell ids": no_ids,
    "format from the future": lambda n: {**n, "nbformat": 7, "nbformat_minor": 9},
    "format as text": lambda n: {**n, "nbformat": "4.5"},
    "no format at all": lambda n: {"cells": n["cells"]},
    "no metadata in the notebook": lambda n: {**n, "metadata": None},
    "only the list of cells": lambda n: n["cells"],
    "wrapped by a server": lambda n: {"type": "notebook", "content": n},
    "saved as a string": lambda n: json.dumps(text(n)),
    "cells by number": lambda n: {"cells": dict(enumerate(n["cells"]))},
    "cut short while uploading": cut_short,
    "a merge conflict": conflict,
    "a stray comma": lambda n: text(n).replace('"cells": [', '"cells": [,', 1),
    "a comma after the last cell": lambda n: re.sub(r"\}\s*\]", "},]", text(n)),
    "single comma between cells lost": lambda n: text(n).replace(
        "},\n  {", "}\n  {", 1
    ),
    "two notebooks in one file": lambda n: text(n) + text(n),
    "text before the notebook": lambda n: "Here is my work:\n" + text(n),
    "text after the notebook": lambda n: text(n) + "\nSent from my phone",
    "no nbgrader metadata": every(lambda e: e.update(metadata={})),
    "metadata of a wrong type": every(lambda e: e.update(metadata=["x"])),
    "no names anywhere": every(strip_names),
    "names gone and headings deleted": lambda n: every(strip_names)(
        without("text-twice", "text-square", "text-cube")(n)
    ),
    "an answer without its name": at("square", strip_names),
    "check cells deleted": without("check-twice", "check-square", "check-cube"),
    "one check cell deleted": without("check-square"),
    "check cells emptied": lambda n: at("check-cube", put(source=""))(
        at("check-twice", put(source=""))(n)
    ),
    "a check cell that fails by itself": at("check-twice", put(source="1 / 0")),
    "an import cell deleted": without("setup"),
    "an import cell emptied": at("setup", put(source="  \n")),
    "everything but answers deleted": without(
        "title", "text-twice", "plot", "text-square", "text-cube", "setup"
    ),
    "answers retyped as markdown": at("cube", put(cell_type="markdown")),
    "answers retyped as raw": at("twice", put(cell_type="raw")),
    "a cell type nobody knows": at("twice", put(cell_type="heading")),
    "an answer before its check moved behind it": scrambled,
    "an untouched twin behind the answer": duplicated(
        "id-twice", "def twice(x):\n    raise NotImplementedError"
    ),
    "a twin of the answer": duplicated("id-square"),
    "a twin of a check": duplicated("id-check-cube"),
    "an emptied twin": duplicated("id-cube", ""),
    "graded and solution flipped": every(flags(grade=True, solution=True)),
    "grading switched off": every(flags(grade=False, solution=False, locked=False)),
    "points changed": every(flags(points=-5)),
    "grade_id of a wrong type": at("cube", flags(grade_id=7)),
    "all ids the same": every(put(id="same")),
    "skip tags everywhere": every(
        lambda e: e["metadata"].update(tags=["skip-execution", "raises-exception"])
    ),
    "marked as a show cell": every(
        lambda e: e["metadata"].update(course={"show": True})
    ),
    "another language's kernel": lambda n: {
        **n,
        "metadata": {"kernelspec": {"name": "ir", "language": "R"}},
    },
    "outputs of a wrong type": every(put(outputs="none", execution_count="x")),
    "outputs nested deep": every(nested_output),
    "attachments on code": every(put(attachments={"a.png": {"image/png": "AAAA"}})),
    "cells that are no objects": lambda n: {
        **n,
        "cells": [None, 3, "x", [], *n["cells"]],
    },
    "a broken cell of the learner's own": inserted(
        5, cell("code", "def broken(:", "own-broken")
    ),
    "an own cell that raises": inserted(3, cell("code", "undefined", "own-raises")),
    "a cell with a null character": inserted(5, cell("code", "x = '\x00'", "own-null")),
    "half a surrogate": inserted(5, cell("code", "x = '\ud800'", "own-surrogate")),
    "a number too long to read": lambda n: text(n).replace(
        '"nbformat": 4', '"nbformat": ' + "9" * 9999
    ),
    "NaN in the metadata": lambda n: {**n, "metadata": {"x": float("nan")}},
    "a huge cell of the learner's own": inserted(
        5, cell("code", "x = '" + "a" * 500_000 + "'", "own-huge")
    ),
    "two thousand empty cells": lambda n: {
        **n,
        "cells": n["cells"] + [cell("code", "", f"e{i}") for i in range(2500)],
    },
}


def damaged(name):
    """What is handed in after the damage `name`, as text."""
    given = DAMAGES[name](submission())
    return given if isinstance(given, str) else json.dumps(given)
