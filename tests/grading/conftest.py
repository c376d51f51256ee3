import json
import os

import pytest

from course.grading.results import Result
from course.grading.run.processes import ForkServer
from course.grading.run.settings import settings
from course.grading.worker.runners import Runners
from course.grading.worker.verifier import Verifier
from tests.grading.released import one_file
from tests.grading.unit import EXERCISE, NOTEBOOK, RELEASED, UNIT, handed_in

SECRET = b"a secret of thirty-two bytes ...."
LEVELS = ("namespaces", "landlock")


# There before any process starts, as an instructor's own variables are: no attack may
# ever find it.
os.environ["CANARY"] = CANARY = "CANARY-3141592653"


def _started(level):
    """A fork server as `grade` starts it; see `course.grading.run.settings`."""
    made = settings(UNIT, {NOTEBOOK: {"en": RELEASED}}, SECRET, level=level)
    try:
        return ForkServer(**made["server"]).wait()
    except Exception as error:
        pytest.skip(f"{level}: {error}")


@pytest.fixture(scope="session")
def fork_server(request):
    """One fork server, at the strongest level allowed unless a test asks for one."""
    process = _started(getattr(request, "param", "auto"))
    yield process
    process.close()


@pytest.fixture(scope="session", params=LEVELS)
def level(request):
    """A fork server at each level that isolates."""
    process = _started(request.param)
    yield process
    process.close()


@pytest.fixture
def runners(fork_server):
    connection = Runners(fork_server.zygote)
    yield connection
    connection.close()


@pytest.fixture
def grade(runners):
    """Grades a notebook (a dict, or the answer's source) and gives its result."""

    def grade(notebook, student="ada", released=RELEASED, exercises=None, **limits):
        if isinstance(notebook, str):
            notebook = handed_in(notebook)
        known = exercises or {EXERCISE.grade_id: EXERCISE}
        verifier = Verifier(runners, known, SECRET, **limits)
        result = Result(student, UNIT, NOTEBOOK)
        given = one_file(json.dumps(notebook))
        return verifier.grade({"en": released}, given, result)

    return grade


@pytest.fixture
def environment(monkeypatch):
    """Python's own directories on the PATH, as after activating the environment."""
    import sys

    own = os.path.dirname(sys.executable)
    monkeypatch.setenv("PATH", f"{own}:{os.environ['PATH']}")
