"""nbgrader's own programs on a course folder: release, autograde, feedback.

Two processes autograde side by side, isolated by `configure_checkout` or by
nbgrader's own preprocessors, which trust the kernel that runs a submission.
"""

import contextlib
import dataclasses
import json
import logging
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from course.grading.nbgrader.configuration import (
    configure_checkout,
    configure_trusting,
)
from course.paths import PACKAGE
from course.showing.card import MIME


@dataclasses.dataclass(frozen=True)
class Graded:
    """What nbgrader recorded for one submission.

    Args:
        student, unit: Whose, and of what.
        scores: Points by grade id, as they stand in the gradebook.
        verdicts: The verdicts' data by exercise name, from the notebooks' outputs.
        error: Why it could not be graded; "" if it was.
    """

    student: str
    unit: str
    scores: dict[str, float]
    verdicts: dict[str, dict]
    error: str = ""


def release(root: Path, unit: str) -> None:
    """Enters a unit into the gradebook: `nbgrader generate_assignment`."""
    with _silently():
        result = _nbgrader(root).generate_assignment(unit, force=True)
    if not result["success"]:
        raise RuntimeError(result.get("error") or result.get("log"))


class Graders:
    """Processes in which nbgrader's programs run on a course folder, side by side.

    Args:
        root: The course folder, its units released and work handed in by the time that
            something is asked.
        workers: How many processes.
        trusting: nbgrader's own grader, a kernel per notebook; otherwise answers are
            isolated and fork servers do the work, which start at once.
    """

    def __init__(self, root: Path, workers: int = 2, trusting: bool = True):
        self._root, self._trusting = root, trusting
        # Spawned, not forked: a fork would share TensorFlow's threads.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(workers, mp_context=context)
        for _ in range(0 if trusting else workers):
            self._pool.submit(_begin)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self._pool.shutdown(cancel_futures=kind is not None)

    def autograde(self, jobs: Iterable[tuple[str, str]]) -> Iterator[Graded]:
        """Grades (student, unit) pairs; yields each Graded as it is done.

        Those of one unit together are faster.
        """
        where = str(self._root), self._trusting
        futures = [self._pool.submit(_autograde, *where, *job) for job in jobs]
        for future in as_completed(futures):
            yield future.result()

    def feedback(self, units: list[str]) -> None:
        """Writes the feedback pages of units: `nbgrader generate_feedback`."""
        for written in [self._pool.submit(_feedback, self._root, u) for u in units]:
            written.result()


def _feedback(root: Path, unit: str) -> None:
    with _silently():
        result = _nbgrader(root).generate_feedback(unit, force=True)
    if not result["success"]:
        raise RuntimeError(result.get("error") or result.get("log"))


def _begin() -> None:
    from course.grading.nbgrader import plugin

    plugin.begin()


def _autograde(root: str, trusting: bool, student: str, unit: str) -> Graded:
    # Kernels start in the submission's folder, and import the course from this one.
    paths = [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    with _silently():
        result = _nbgrader(Path(root), trusting).autograde(unit, student, create=True)
    if not result["success"]:
        reason = result.get("error") or result.get("log") or "nbgrader failed"
        return Graded(student, unit, {}, {}, reason.strip().splitlines()[-1])
    return Graded(
        student,
        unit,
        _scores(Path(root), student, unit),
        _verdicts(Path(root) / "autograded" / student / unit),
    )


def _scores(root: Path, student: str, unit: str) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(_database(root), "transformer_tf") as gradebook:
        submission = gradebook.find_submission(unit, student)
        return {
            grade.name: grade.score
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def _verdicts(folder: Path) -> dict[str, dict]:
    found = {}
    for path in folder.glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                verdict = output.get("data", {}).get(MIME)
                if verdict is not None:
                    found[verdict["exercise"]] = verdict
    return found


def _database(root: Path) -> str:
    return f"sqlite:///{(root / 'gradebook.db').resolve()}"


def _nbgrader(root: Path, trusting: bool = True):
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    config = Config()
    (configure_trusting if trusting else configure_checkout)(config)
    config.CourseDirectory.root = str(root.resolve())
    config.CourseDirectory.db_url = _database(root)
    return NbGraderAPI(config=config)


@contextlib.contextmanager
def _silently() -> Iterator[None]:
    """nbgrader's log, warnings and change of folder stay inside."""
    from course.examination.silence import silence

    here = os.getcwd()
    # nbgrader runs `alembic`, which is where this Python is, activated or not.
    os.environ["PATH"] = os.pathsep.join(
        [os.path.dirname(sys.executable), os.environ.get("PATH", "")]
    )
    logging.disable(logging.CRITICAL)
    try:
        with silence():
            yield
    finally:
        logging.disable(logging.NOTSET)
        os.chdir(here)
