"""The same attacks against nbgrader's own road: where it has a counterpart, they work.

This shows that the battery attacks something real. `tests/grading/attack_table.py`
makes the table.
"""

import json

import pytest

from tests.grading import attacks
from tests.grading.courses import command_of_nbgrader, write_notebook
from tests.grading.tricks import tricked
from tests.grading.unit import NOTEBOOK, RELEASED, UNIT, WRONG, handed_in

CHECK = """import numpy as np
x = np.arange(6.0).reshape(2, 3)
np.testing.assert_allclose(double(x), 2 * x)"""
CONFIGURATION = """
c = get_config()
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.db_url = "sqlite:///gradebook.db"
"""
FORGES = {
    "skip tags everywhere": tricked("skip tags everywhere"),
    "rewrite every later cell": handed_in(
        WRONG,
        before=["get_ipython().input_transformers_cleanup.append(lambda l: ['pass'])"],
    ),
    "patch numpy's comparisons": handed_in(
        WRONG, before=[attacks.PATCHES["patch numpy's comparisons"]]
    ),
}
LEAKS = {
    "read another's work": "print(open('{other}').read())",
    "read the gradebook": "print(open('{gradebook}', 'rb').read()[:15])",
    "read about processes": attacks.SPYING["read about processes"],
    "open an internet socket": "import socket\nsocket.socket()\nprint('FOUND')",
    "download with a subprocess": attacks.REACHING_OUT["download with a subprocess"],
    "watch the folder of submissions": attacks.SPYING[
        "watch the folder of submissions"
    ],
    "ask which processes exist": attacks.SPYING["ask which processes exist"],
    "read the environment": "import os\nprint('FOUND', os.environ['HOME'])",
    "leave a daemon": "import os\nif os.fork():\n    print('FOUND')",
    "list the submissions": "import os\nprint('FOUND', os.listdir('{folder}'))",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The folder after one `nbgrader autograde` over all of them."""
    folder = tmp_path_factory.mktemp("stock")
    other = folder / "other"
    other.write_text("CANARY")
    released = json.loads(json.dumps(RELEASED))
    released["cells"][1]["source"] = "import numpy"
    released["cells"][3]["source"] = CHECK
    write_notebook(folder / "source" / UNIT / f"{NOTEBOOK}.ipynb", released)
    (folder / "nbgrader_config.py").write_text(CONFIGURATION)
    fill = {"other": other, "gradebook": folder / "gradebook.db"}
    fill["folder"] = folder / "submitted"
    given = {
        name: handed_in(WRONG, before=[source.format(**fill)])
        for name, source in LEAKS.items()
    } | FORGES
    for number, notebook in enumerate(given.values()):
        notebook["cells"][-1]["source"] = ""
        for entry in notebook["cells"]:
            if entry["id"] == "setup":
                entry["source"] = "import numpy"
        place = folder / "submitted" / f"s{number:02d}" / UNIT
        write_notebook(place / f"{NOTEBOOK}.ipynb", notebook)
    for step in ("generate_assignment", "autograde"):
        ran = command_of_nbgrader(folder, step, UNIT)
        assert ran.returncode == 0, ran.stderr[-2000:]
    return folder, list(given)


@pytest.mark.full
def test_stock_is_forged_and_leaks(graded, record_property):
    from nbgrader.api import Gradebook

    folder, names = graded
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        scores = {
            names[int(submission.student.id[1:])]: submission.score
            for submission in book.assignment_submissions(UNIT)
        }
    outputs = {}
    for number, name in enumerate(names):
        place = folder / "autograded" / f"s{number:02d}" / UNIT
        outputs[name] = (place / f"{NOTEBOOK}.ipynb").read_text()
    for name in names:
        won = scores[name] if name in FORGES else "leaks or reaches out"
        record_property(name, won)
    assert {name: scores[name] for name in FORGES} == dict.fromkeys(FORGES, 4.0)
    for name in LEAKS:
        found = [word in outputs[name] for word in ("FOUND", "CANARY", "SQLite format")]
        assert any(found), name
