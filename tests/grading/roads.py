"""Every road that a submission's verdicts can come by, for one unit's submissions.

Each gives (student, exercise) -> (outcome, score, diagnosis).
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat

from course.building.answers import answer_text
from course.checks import exercise, exercises
from course.grading.nbgrader.configuration import SHOW_TAG
from course.grading.nbgrader.gradebook import GradebookWriter
from course.grading.run.folders import Folders
from course.notebooks.rebuild import role
from course.paths import exercises_folder
from course.showing.card import MIME, text_of_card
from tests.grading import courses

CONFIGURATION = """
from course.grading.nbgrader.configuration import configure

c = get_config()
configure(c)
c.CourseDirectory.source_directory = "exercises/en"
c.CourseDirectory.db_url = "sqlite:///gradebook.db"
c.GradeIsolated.isolation = {level!r}
c.GradeIsolated.secret = {secret!r}
"""


def rows(unit):
    """Submissions as {exercise: implementation's name}: few, with each in one of them.

    An exercise's implementations are its reference, its alternatives, its
    misconceptions; each submission has another of every exercise.
    """
    names = {
        e.name: ["reference", *e.alternatives, *e.misconceptions]
        for e in exercises().values()
        if e.unit == unit
    }
    most = max(map(len, names.values()))
    return [
        {n: every[k % len(every)] for n, every in names.items()} for k in range(most)
    ]


def make(folder, unit, given):
    """Writes a course whose student number k has handed in row k of `given`."""
    released = exercises_folder() / "en" / unit
    shutil.copytree(released, folder / "exercises" / "en" / unit)
    for number, row in enumerate(given):
        texts = {}
        for name, chosen in row.items():
            defined = exercise(name)
            known = {
                "reference": defined.reference,
                **defined.alternatives,
                **defined.misconceptions,
            }
            grade_id = f"{defined.grade_id}-answer"
            texts[grade_id] = answer_text(defined, known[chosen])
        place = folder / "submitted" / f"s{number:02d}" / unit
        for path in sorted(released.glob("*.ipynb")):
            notebook = json.loads(path.read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                cell["source"] = texts.get(cell["id"], cell["source"])
            courses.write_notebook(place / path.name, notebook)
    for name, byte in (("one", b"1"), ("two", b"2")):
        (folder / name).write_bytes(byte * 32)
        (folder / name).chmod(0o600)
    return folder


def by_notebook(folder, unit):
    """Each notebook run as a learner runs it; a text of each card besides."""
    found, cards = {}, {}
    for student, path in _handed_in(folder, unit):
        own = folder / "own" / student / path.name
        own.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, own)
        notebook = nbformat.read(own, as_version=4)
        for cell in notebook.cells:
            if role(cell) == "show":
                cell.metadata["tags"] = [SHOW_TAG]
        nbclient.NotebookClient(
            notebook,
            timeout=600,
            allow_errors=True,
            kernel_name="python3",
            shutdown_kernel="immediate",
            skip_cells_with_tag=SHOW_TAG,
            resources={"metadata": {"path": str(own.parent)}},
        ).execute()
        for data in _verdicts(notebook):
            found[student, data["exercise"]] = _short(data)
            card = text_of_card(data, exercise(data["exercise"]))
            cards.setdefault(path, []).append(card.splitlines()[:2])
    return found, cards


def by_terminal(folder, unit):
    """The first two lines of each card that `transformer-course check` prints."""
    paths = [path for _, path in _handed_in(folder, unit)]
    ran = subprocess.run(
        [sys.executable, "-m", "course", "check", *map(str, paths)],
        cwd=folder,
        env=courses.environment(folder),
        capture_output=True,
        text=True,
        timeout=60 + 120 * len(paths),
    )
    cards, path = {}, None
    lines = ran.stdout.splitlines()
    for line, following in zip(lines, [*lines[1:], ""]):
        if line.endswith(".ipynb"):
            path = Path(line)
        elif line.startswith(("✔", "✘")):
            cards.setdefault(path, []).append([line, following])
    return cards


def by_grade(folder, unit, level, secret, *more):
    """`transformer-course grade`, here or, with --cluster, over Dask."""
    shutil.rmtree(folder / ".grading", ignore_errors=True)
    flags = ["--isolation", level, "--secret", str(folder / secret)]
    process = courses.command(
        folder, "grade", unit, "-j", "2", "--gradebook", "none", *flags, *more
    )
    printed, _ = process.communicate(timeout=3600)
    assert process.returncode == 0, printed[-2000:]
    found = {}
    for path in (folder / ".grading" / unit).rglob("*.json"):
        for mark in json.loads(path.read_text())["result"]["marks"].values():
            found[path.stem, mark["verdict"]["exercise"]] = _short(mark)
    return found


def by_nbgrader(folder, unit, level, secret):
    """`nbgrader autograde` with our lists: what the graded notebooks show.

    Its gradebook must have the same scores.
    """
    text = CONFIGURATION.format(level=level, secret=str(folder / secret))
    (folder / "nbgrader_config.py").write_text(text)
    url = f"sqlite:///{folder}/gradebook.db"
    released = (str(folder / "exercises"),)
    folders = Folders(root=str(folder), released=released, gradebook=url)
    GradebookWriter(folders, unit).close()
    ran = courses.command_of_nbgrader(folder, "autograde", unit, "--force")
    assert ran.returncode == 0, ran.stderr[-3000:]
    found = {}
    for path in (folder / "autograded").glob(f"*/{unit}/*.ipynb"):
        for data in _verdicts(json.loads(path.read_text())):
            found[path.parts[-3], data["exercise"]] = _short(data)
    assert _gradebook(url, unit) == {key: score for key, (_, score, _) in found.items()}
    return found


def _gradebook(url, unit):
    from nbgrader.api import Gradebook

    names = {e.grade_id: e.name for e in exercises().values()}
    with Gradebook(url) as book:
        return {
            (submission.student.id, names[grade.name]): grade.auto_score
            for submission in book.assignment_submissions(unit)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def _handed_in(folder, unit):
    paths = sorted((folder / "submitted").glob(f"*/{unit}/*.ipynb"))
    return [(path.parts[-3], path) for path in paths]


def _verdicts(notebook):
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                yield output["data"][MIME]


def _short(data):
    return str(data["outcome"]), float(data["score"]), data["diagnosis"]
