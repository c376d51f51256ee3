"""Grades one notebook: runs its cells in a runner and examines its answers there.

The reference, the seeds, the expected values and the verdict stay in this process. A
score exists only as a verdict made here; whatever goes wrong on the learner's side is
0 with its reason, whatever goes wrong on ours is left to a human.
"""

import errno
import json
import time
import traceback
from collections import Counter

from course.examination import LocalCandidate, ask, judge_replies
from course.grading.limit_messages import in_words, lost_message
from course.grading.results import Mark
from course.grading.worker.isolated import IsolatedCandidate
from course.grading.worker.runners import MAX_OUTPUT, RunnerDied
from course.grading.worker.seeds import seed
from course.grading.worker.withheld import Withheld, odd
from course.messages import catalogue, text
from course.notebooks.fault import Fault
from course.notebooks.plan import steps
from course.notebooks.rebuild import role
from course.showing.card import ShownVerdict

READ_SECONDS = 10.0  # of processor time; a notebook takes a hundredth of it
_ATTEMPTS = 10
_MOST_SAID = 1_000_000  # characters of outputs and errors in one notebook
_DEATHS = 3  # a process may also be lost to the machine: nothing is judged by one


class Verifier:
    """Grades notebooks of one unit.

    Args:
        runners: `Runners`, the connection to a zygote.
        exercises: grade_id -> `Exercise`.
        secret: bytes that no learner knows.
        cell_seconds, exercise_seconds: Limits in processor time.
        notebook_seconds: Limit in wall time.
    """

    def __init__(
        self,
        runners,
        exercises,
        secret,
        cell_seconds=30.0,
        exercise_seconds=20.0,
        notebook_seconds=600.0,
    ):
        self.runners = runners
        self.exercises = exercises
        self.secret = secret
        self.cell_seconds = cell_seconds
        self.exercise_seconds = exercise_seconds
        self.notebook_seconds = notebook_seconds

    def grade(self, releases, submission, result, only=()):
        """Fills a `Result` that says whose notebook this is.

        Args:
            releases: {language: released notebook}.
            submission: What was handed in; see `course.notebooks.reading`.
            result: A fresh `Result`.
            only: grade_ids to examine; all if empty.

        Returns:
            The same result.
        """
        begun = time.perf_counter()
        try:
            runner, reading = self._read(releases, submission, result)
        except Fault as fault:
            return refuse(result, next(iter(releases.values())), fault)
        except RuntimeError as error:
            return leave_to_a_human(result, next(iter(releases.values())), str(error))
        result.language, result.rebuilt = reading.language, reading.notebook
        result.notes += reading.notes
        language = reading.language
        result.told += [text(key, language, **told) for key, told in reading.told]
        result.anomalies += reading.anomalies
        _add(result, "read", begun)
        data = {file["path"]: file["data"] for file in submission["files"]}
        files = {path: data[where] for path, where in reading.files.items()}
        released = releases[reading.language]
        todo = [s for s in steps(reading.notebook, released) if _is_wanted(s, only)]
        self._run(runner, todo, files, result)
        return result

    def _read(self, releases, submission, result):
        """A runner, and the `Reading` that it made before any cell ran in it.

        Whatever a submission holds, to parse it costs bounded time and memory there.
        """
        graded = {name for r in releases.values() for name, _ in _read_grades(r)}
        known = self.exercises.keys() & graded
        order = {
            "submission": submission,
            "releases": releases,
            "forbidden": {i: list(self.exercises[i].forbidden) for i in sorted(known)},
        }
        for _ in range(_DEATHS):
            runner = self.runners.start()
            try:
                return runner, runner.read(order, READ_SECONDS)
            except RunnerDied as died:
                limits = ["clock"] if died.late else runner.close()["limits"]
                runner.close()
                if died.late:
                    break
            except (Fault, RuntimeError):
                runner.close()
                raise
        _add_limits(result, limits)
        why = in_words(limits) or "its reader ended"
        raise Fault("unreadable", f"it cannot be read: {why}; hand in a saved notebook")

    def _run(self, runner, todo, files, result):
        until = time.monotonic() + self.notebook_seconds
        deaths: Counter[str] = Counter()
        for _ in range(_ATTEMPTS):
            if runner is None:
                begun = time.perf_counter()
                runner = self.runners.start()
                _add(result, "start", begun)
            try:
                stopped = self._attempt(runner, todo, files, result, deaths, until)
            finally:
                begun = time.perf_counter()
                usage = runner.close()
                _add(result, "end", begun)
                _add_limits(result, usage["limits"])
            runner = None
            result.usage = {
                "seconds": result.usage.get("seconds", 0) + usage["seconds"],
                "memory": max(result.usage.get("memory", 0), usage["memory"]),
            }
            if stopped is None or time.monotonic() > until:
                break
        for step in todo:
            if step.grade_id and step.grade_id not in result.marks:
                _add_limits(result, ["notebook"])
                told = lost_message(["notebook"], result.language)
                result.marks[step.grade_id] = self._fail(step, told)

    def _attempt(self, runner, todo, files, result, deaths, until):
        """Goes through the steps; gives the one at which the process was lost."""
        ids = [s.grade_id for s in todo if s.grade_id not in result.marks]
        exercises = [self.exercises[one] for one in ids if one in self.exercises]
        try:
            library = Withheld(runner, exercises)
            if files:
                lost_files = runner.place(files, self.cell_seconds)
                result.notes += [f"{path} could not be written" for path in lost_files]
        except RunnerDied:
            return todo[0] if todo else None
        for step in todo:
            left = until - time.monotonic()
            if left <= 0:
                return step
            given_up = deaths[step.position] >= _DEATHS
            if step.grade_id in result.marks or (given_up and not step.grade_id):
                continue
            begun = time.perf_counter()
            if step.grade_id:
                died = self._examine(runner, step, result, left)
                library.after_check(step.grade_id)
                _add(result, "examine", begun)
            else:
                died = self._cell(runner, step, result, left)
                _add(result, "cells", begun)
            if died:
                deaths[step.position] += _DEATHS if died.late else 1
                if deaths[step.position] >= _DEATHS:
                    limits = ["clock"] if died.late else runner.close()["limits"]
                    _add_limits(result, limits)
                    why = ": ".join(filter(None, (died.why, in_words(limits))))
                    result.notes.append(f"cell {step.position + 1}: {why}")
                    told = lost_message(limits, result.language)
                    if step.grade_id:
                        result.marks[step.grade_id] = self._fail(step, told)
                    else:
                        result.cells[str(step.position)]["error"]["message"] = told
                return step
        return None

    def _cell(self, runner, step, result, left):
        name, seconds = f"<cell {step.position + 1}>", min(left, self.cell_seconds)
        try:
            error, output = runner.cell(step.source, name, seconds)
            if error and step.instead:
                runner.cell(step.instead, name, seconds)
                result.notes.append(
                    f"cell {step.position + 1} raised; the released one ran after it"
                )
        except RunnerDied as died:
            error = {"kind": "ProcessEnded", "message": died.why, "lines": ""}
            result.cells[str(step.position)] = {"error": error, "output": ""}
            return died
        result.cells[str(step.position)] = _keep_output(error, output, result)
        _add_limits(result, _see_limits(error, output))
        return None

    def _examine(self, runner, step, result, left):
        exercise = self.exercises.get(step.grade_id)
        if exercise is None:
            result.marks[step.grade_id] = Mark(
                None, step.points, "manual", message="no automatic examination"
            )
            return None
        begun = time.perf_counter()
        secret_seed = seed(self.secret, result.student, result.unit, exercise.name)
        limit = min(left, self.exercise_seconds)
        kinds = exercise.operations
        candidate = IsolatedCandidate(runner, exercise.answer, limit, kinds)
        try:
            mark = self._verdict(exercise, candidate, secret_seed, result.language)
            mark.scale_to(step.points)
        except Exception:
            result.anomalies.append(
                f"{step.grade_id}: grading failed: {traceback.format_exc()[-1500:]}"
            )
            mark = Mark(
                None, exercise.points, "manual", message="a fault of the grader's own"
            )
        if candidate.died:
            return candidate.died
        result.anomalies += odd(exercise, candidate)
        mark.seconds = round(time.perf_counter() - begun, 4)
        result.marks[step.grade_id] = mark
        return None

    def _verdict(self, exercise, candidate, secret_seed, language):
        questions = ask(exercise, secret_seed)
        requests = [request for question in questions for request in question.requests]
        replies = candidate.answer(requests)
        try:
            verdict = judge_replies(exercise, questions, replies, secret_seed, language)
        except Exception as error:
            # Ours, if the reference cannot be judged either; else these replies'.
            again = ask(exercise, secret_seed)
            own = LocalCandidate(exercise.reference).answer(requests)
            judge_replies(exercise, again, own, secret_seed, language)
            return Mark(
                0.0,
                exercise.points,
                "unreadable",
                message=f"the answer has no form that can be judged: {error!s:.200}",
            )
        return Mark(
            score=float(verdict.score),
            points=float(verdict.points),
            outcome=str(verdict.outcome),
            diagnosis=verdict.diagnosis,
            message=verdict.message,
            parts={n: [p.earned, p.points] for n, p in verdict.parts.items()},
            card=_card(verdict, exercise),
            verdict=json.loads(verdict.to_json()),
        )

    def _fail(self, step, told):
        exercise = self.exercises.get(step.grade_id)
        points = float(exercise.points) if exercise else step.points
        return Mark(0.0, points, "raised", message=told)


def refuse(result, released, fault):
    """The result of what cannot be read: 0 everywhere, with the reason."""
    result.fault = {"reason": fault.reason, "message": fault.message}
    for grade_id, points in _read_grades(released):
        result.marks[grade_id] = Mark(0.0, points, "fault", message=fault.message)
    return result


def leave_to_a_human(result, released, why):
    """The result of what the grader itself failed at: nothing is decided."""
    result.anomalies.append(f"reading failed: {why}")
    told = "a fault of the grader's own"
    for grade_id, points in _read_grades(released):
        result.marks[grade_id] = Mark(None, points, "manual", message=told)
    return result


def _read_grades(released):
    for cell in released["cells"]:
        if role(cell) == "check":
            flags = cell["metadata"]["nbgrader"]
            yield flags["grade_id"], float(flags.get("points", 0))


def _card(verdict, exercise):
    known = catalogue(exercise.name.partition(".")[0], verdict.language)
    if f"{exercise.name}.title" not in known:
        return ""
    return ShownVerdict(verdict, exercise, None).as_html()


def _is_wanted(step, only):
    return not (only and step.grade_id and step.grade_id not in only)


def _keep_output(error, output, result):
    """What a cell said, as far as there is room for it: a result fits into a frame."""
    said = (text for ran in result.cells.values() for text in _texts(**ran))
    room = max(0, _MOST_SAID - sum(map(len, said)))
    if error:
        error = {name: value[:room] for name, value in error.items()}
    return {"error": error, "output": output[:room]}


def _texts(error, output):
    return [output, *(error or {}).values()]


def _see_limits(error, output):
    """The limits that show in how a cell ended; it has no reason to lie about them."""
    if error and error["kind"] == "TimeIsUp":
        yield "cell"
    if error and error["message"].startswith(f"[Errno {errno.EFBIG}]"):
        yield "file"
    if len(output) >= MAX_OUTPUT:
        yield "output"


def _add_limits(result, limits):
    result.limits += [name for name in limits if name not in result.limits]


def _add(result, stage, begun):
    seconds = time.perf_counter() - begun
    result.seconds[stage] = result.seconds.get(stage, 0.0) + seconds
