"""Nothing secret is in a learner's process, on any road on which it is graded.

Canaries are put in before anything starts: in the secret, in another student's name,
in the instructor's environment, in the names of the course's directories. The grading
is the real command; a cell in it searches all the memory that it can read.
"""

import json
import os
import time

import numpy as np
import pytest

from course.checks import exercise
from course.examination import LocalCandidate, ask
from course.grading.run.processes import ForkServer
from course.grading.worker.seeds import seed
from tests.grading import clusters, courses, roads, searching
from tests.grading.processes import descendants
from tests.grading.released import cell

DEFINED = exercise(courses.NAME)
SECRET = f"{searching.MARK} the secret of the course".encode()
OTHER = f"{searching.MARK} Bob"
SEARCHER = "ada"


def expected_values(student):
    """The beginning of what the reference gives to a student's questions, as bytes."""
    number = seed(SECRET, student, courses.UNIT, DEFINED.name)
    digits = [number >> shift & (1 << 30) - 1 for shift in (0, 30, 60)]
    found = {"seed": np.array(digits, "uint32").tobytes()}  # as Python keeps it
    requests = [r for q in ask(DEFINED, number) for r in q.requests][:2]
    replies = LocalCandidate(DEFINED.reference).answer(requests)
    for place, reply in enumerate(replies):
        values = reply.output[0].values
        assert values.dtype == "float32"
        found[f"expected value {place}"] = values.ravel()[:4].tobytes()
        twice = values.ravel()[:4].astype("float64")
        found[f"expected value {place} in float64"] = twice.tobytes()
    return found


def submission():
    """The answer as it was given out, and the search after its check."""
    notebook = json.loads(courses.answered(None))
    source = searching.cell(expected_values(SEARCHER))
    notebook["cells"].append(cell("code", source, "search"))
    return json.dumps(notebook)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course in which all that is nobody's business bears the mark."""
    folder = tmp_path / f"{searching.MARK}-course"
    given = {OTHER: courses.answered(DEFINED.reference), SEARCHER: submission()}
    courses.make(folder, given)
    (folder / "secret").write_bytes(SECRET)
    (folder / "secret").chmod(0o600)
    own = folder / "own modules"
    own.mkdir()
    monkeypatch.setenv(f"{searching.MARK}_TOKEN", f"{searching.MARK}-token")
    monkeypatch.setenv("HOME", str(folder))
    environment = courses.environment(folder)
    environment["PYTHONPATH"] += f"{os.pathsep}{own}"
    monkeypatch.setattr(courses, "environment", lambda folder: environment)
    return folder


def search_found(folder):
    result = courses.journal(folder)[SEARCHER]
    assert courses.scores(folder) == {OTHER: DEFINED.points, SEARCHER: 0}
    output = result["cells"]["4"]
    assert output["error"] is None, output["error"]
    return searching.hits(output["output"])


def grade(folder, *more):
    flags = ("-j", "1", "--secret", str(folder / "secret"), "--gradebook", "none")
    process = courses.command(
        folder, "grade", courses.UNIT, *flags, *more, cwd=str(folder)
    )
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(("--isolation=namespaces",), id="namespaces"),
        pytest.param(
            ("--isolation=landlock", "--cold"), id="cold", marks=pytest.mark.full
        ),
        pytest.param(("--isolation=landlock",), marks=pytest.mark.full),
        pytest.param(("--isolation=namespaces", "--cold"), marks=pytest.mark.full),
    ],
)
def test_a_submission_finds_nothing_that_is_secret(course, more):
    grade(course, *more)
    assert search_found(course) == []


@pytest.mark.full
@pytest.mark.parametrize("level", ["landlock", "namespaces"])
def test_nor_does_it_over_dask(course, tmp_path, level):
    pytest.importorskip("distributed")
    with clusters.running(tmp_path, 1) as (address, _):
        grade(course, f"--isolation={level}", "--cluster", address)
    assert search_found(course) == []


@pytest.mark.full
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_nor_when_nbgrader_grades(course, level):
    text = roads.CONFIGURATION.format(level=level, secret=str(course / "secret"))
    (course / "nbgrader_config.py").write_text(text)
    courses.enter_into_gradebook(course)
    ran = courses.command_of_nbgrader(course, "autograde", courses.UNIT)
    assert ran.returncode == 0, ran.stderr[-2000:]
    path = course / "autograded" / SEARCHER / courses.UNIT / f"{courses.NOTEBOOK}.ipynb"
    last = json.loads(path.read_text())["cells"][-1]
    assert searching.hits("".join("".join(o["text"]) for o in last["outputs"])) == []


def surroundings(number):
    """How a process was started: its arguments, its environment, its directory."""
    place = f"/proc/{number}"
    with open(f"{place}/cmdline") as line:
        arguments = line.read().split("\0")
    at = arguments.index("course.grading.fork_server.server")
    # Only now: what is opened before `exec` shows the environment of the parent.
    with open(f"{place}/environ") as environment:
        names = sorted(environment.read().split("\0"))
    return arguments[: at + 1], names, os.readlink(f"{place}/cwd")


@pytest.mark.skipif(os.geteuid() != 0, reason="its environment is for root alone")
def test_the_fixtures_start_as_grade_starts(course, fork_server):
    process = courses.command(course, "grade", courses.UNIT, cwd=str(course))
    try:
        started, until = None, time.monotonic() + 100
        while started is None and time.monotonic() < until:
            for number in descendants(process.pid):
                try:
                    started = surroundings(number)
                except (OSError, ValueError):
                    continue
                break
    finally:
        process.kill()
        process.communicate()
    assert started == surroundings(fork_server.process.pid)
    assert searching.MARK not in repr(started)


def test_every_road_builds_the_fork_server_from_the_same_settings(course, monkeypatch):
    """`grade`, nbgrader's plug-in and this directory's fixtures."""
    from course.grading.nbgrader import plugin
    from course.grading.run.folders import Folders
    from course.grading.run.options import Options
    from course.grading.run.session import Session
    from tests.grading import conftest

    asked = []

    class Recorded(ForkServer):
        def __init__(self, **settings):
            asked.append(settings)

    secret = str(course / "secret")
    session = Session(Options(courses.UNIT, course=str(course), secret=secret))
    folders = Folders(root=str(course), released=(str(course / "exercises"),))
    plugged = plugin._single.__wrapped__("auto", folders, courses.UNIT, SECRET, ())
    monkeypatch.setattr(conftest, "ForkServer", Recorded)
    conftest._started("auto")
    assert session.settings == plugged.settings
    (fixture,) = asked
    assert fixture.keys() == session.settings["server"].keys()
    assert fixture == session.settings["server"]
    assert searching.MARK not in json.dumps(session.settings["server"])
