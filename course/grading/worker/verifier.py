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
from course.grading.limit_messages import in_words, lost
from course.grading.results import Mark
from course.grading.worker.anomalies import anomalies
from course.grading.worker.isolated import IsolatedCandidate
from course.grading.worker.runners import MAX_OUTPUT, RunnerDied
from course.grading.worker.seeds import seed
from course.messages import catalogue
from course.notebooks.fault import Fault
from course.notebooks.plan import steps
from course.notebooks.rebuild import rebuild
from course.showing.card import ShownVerdict

_ATTEMPTS = 10
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

    def grade(self, released, text, result, only=()):
        """Fills a `Result` that says whose notebook this is.

        Args:
            released: The released notebook, a dict.
            text: What was handed in.
            result: A fresh `Result`.
            only: grade_ids to examine; all if empty.

        Returns:
            The same result.
        """
        started = time.perf_counter()
        try:
            notebook, notes = rebuild(released, text)
        except Fault as fault:
            return refuse(result, released, fault)
        result.notes += notes
        result.rebuilt = notebook
        result.seconds["rebuild"] = time.perf_counter() - started
        todo = [s for s in steps(notebook, released) if _wanted(s, only)]
        self._run(todo, result)
        forbidden = {
            name
            for step in todo
            if step.grade_id in self.exercises
            for name in self.exercises[step.grade_id].forbidden
        }
        result.anomalies += anomalies(notebook, sorted(forbidden))
        return result

    def _run(self, todo, result):
        until = time.monotonic() + self.notebook_seconds
        deaths = Counter()
        for _ in range(_ATTEMPTS):
            begun = time.perf_counter()
            runner = self.runners.start()
            _add(result, "start", begun)
            try:
                stopped = self._attempt(runner, todo, result, deaths, until)
            finally:
                begun = time.perf_counter()
                usage = runner.close()
                _add(result, "end", begun)
                _met(result, usage["limits"])
            result.usage = {
                "seconds": result.usage.get("seconds", 0) + usage["seconds"],
                "memory": max(result.usage.get("memory", 0), usage["memory"]),
            }
            if stopped is None or time.monotonic() > until:
                break
        for step in todo:
            if step.grade_id and step.grade_id not in result.marks:
                _met(result, ["notebook"])
                told = lost(["notebook"], result.language)
                result.marks[step.grade_id] = self._failed(step, told)

    def _attempt(self, runner, todo, result, deaths, until):
        """Goes through the steps; gives the one at which the process was lost."""
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
                _add(result, "examine", begun)
            else:
                died = self._cell(runner, step, result, left)
                _add(result, "cells", begun)
            if died:
                deaths[step.position] += _DEATHS if died.late else 1
                if deaths[step.position] >= _DEATHS:
                    limits = ["clock"] if died.late else runner.close()["limits"]
                    _met(result, limits)
                    why = ": ".join(filter(None, (died.why, in_words(limits))))
                    result.notes.append(f"cell {step.position + 1}: {why}")
                    told = lost(limits, result.language)
                    if step.grade_id:
                        result.marks[step.grade_id] = self._failed(step, told)
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
        result.cells[str(step.position)] = {"error": error, "output": output}
        _met(result, _seen(error, output))
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
        candidate = IsolatedCandidate(runner, exercise.answer, limit)
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

    def _failed(self, step, told):
        exercise = self.exercises.get(step.grade_id)
        points = float(exercise.points) if exercise else step.points
        return Mark(0.0, points, "raised", message=told)


def refuse(result, released, fault):
    """The result of what cannot be read: 0 everywhere, with the reason."""
    result.fault = {"reason": fault.reason, "message": fault.message}
    for cell in released["cells"]:
        nbgrader = cell.get("metadata", {}).get("nbgrader", {})
        if nbgrader.get("grade") and not nbgrader.get("solution"):
            result.marks[nbgrader["grade_id"]] = Mark(
                0.0, float(nbgrader.get("points", 0)), "fault", message=fault.message
            )
    return result


def _card(verdict, exercise):
    known = catalogue(exercise.name.partition(".")[0], verdict.language)
    if f"{exercise.name}.title" not in known:
        return ""
    return ShownVerdict(verdict, exercise, None).as_html()


def _wanted(step, only):
    return not (only and step.grade_id and step.grade_id not in only)


def _seen(error, output):
    """The limits that show in how a cell ended; it has no reason to lie about them."""
    if error and error["kind"] == "TimeIsUp":
        yield "cell"
    if error and error["message"].startswith(f"[Errno {errno.EFBIG}]"):
        yield "file"
    if len(output) >= MAX_OUTPUT:
        yield "output"


def _met(result, limits):
    result.limits += [name for name in limits if name not in result.limits]


def _add(result, stage, begun):
    seconds = time.perf_counter() - begun
    result.seconds[stage] = result.seconds.get(stage, 0.0) + seconds
