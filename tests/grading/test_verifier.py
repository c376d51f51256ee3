"""Verdicts over the wire: the same as in the notebook, and closed when in doubt."""

import json

import pytest

from course.examination import LocalCandidate, examine
from course.grading.results import Result
from course.grading.worker.runners import Runner, RunnerDied
from tests.grading.unit import EXERCISE, RELEASED, RIGHT, WRONG, handed_in

ID = EXERCISE.grade_id
ANSWERS = {
    "right": RIGHT,
    "wrong": WRONG,
    "a known mistake": "def double(x):\n    return x * x",
    "untouched": "def double(x):\n    raise NotImplementedError()",
    "raises": "def double(x):\n    return x + nothing",
    "returns none": "def double(x):\n    pass",
    "in numpy": "import numpy as np\ndef double(x):\n    return 2 * np.array(x)",
    "not callable": "double = 3",
    "changes its type": "def double(x):\n    return [2 * x]",
    "delegates": "import keras\ndef double(x):\n    return keras.ops.add(x, x)",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_verdict_is_that_of_the_notebook(grade, name):
    names = {}
    exec(ANSWERS[name], names)
    here = examine(EXERCISE, LocalCandidate(names["double"]), seed=11)
    there = grade(ANSWERS[name]).marks[ID]
    if name == "delegates":  # in every mode when grading, only eagerly at home
        assert (
            (there.score, there.outcome)
            == (0, "delegated")
            == (
                here.score,
                here.outcome,
            )
        )
        return
    if name == "untouched":
        here_outcome = "not_attempted"
    else:
        here_outcome = here.outcome
    assert there.outcome == here_outcome
    assert there.score == here.score
    assert there.diagnosis == here.diagnosis
    assert {n: got for n, (got, _) in there.parts.items()} == {
        n: part.earned for n, part in here.parts.items()
    }


def test_a_forbidden_function_is_refused_inside_a_graph_too(grade):
    source = (
        "import keras, tensorflow as tf\n"
        "def double(x):\n"
        "    return x + x if tf.executing_eagerly() else keras.ops.add(x, x)"
    )
    mark = grade(source).marks[ID]
    assert (mark.score, mark.outcome) == (0, "delegated")


def test_what_is_forbidden_to_one_answer_works_again_after_it(runners):
    runner = runners.start()
    runner.cell("import keras, numpy as np\nf = lambda x: 2 * x", "<cell 1>", 20)
    from course.grading.worker.isolated import IsolatedCandidate

    assert examine(EXERCISE, IsolatedCandidate(runner, "f", 20), seed=3).right
    error, printed = runner.cell(
        "print(float(keras.ops.add(1.0, 2.0)))", "<cell 2>", 20
    )
    assert (error, printed) == (None, "3.0\n")
    runner.close()


def test_a_syntax_error_is_named(grade):
    mark = grade("def double(x:\n    return x").marks[ID]
    assert (mark.score, mark.outcome) == (0, "raised")
    assert "def double(x:" in mark.message


def test_an_absent_answer_earns_nothing(grade):
    given = handed_in(RIGHT)
    del given["cells"][2]
    mark = grade(given).marks[ID]
    assert (mark.score, mark.outcome) == (0, "not_attempted")


def test_a_cell_that_ends_the_process_costs_only_itself(grade):
    given = handed_in(RIGHT, before=["import os\nos._exit(0)"])
    result = grade(given)
    assert result.marks[ID].score == 4
    assert any("ended" in note for note in result.notes)


def test_a_cell_that_never_ends_costs_only_itself(grade):
    given = handed_in(RIGHT, before=["while True:\n    pass"])
    result = grade(given, cell_seconds=0.3)
    assert result.marks[ID].score == 4


def test_a_broken_setup_cell_is_followed_by_the_released_one(grade):
    released = json.loads(json.dumps(RELEASED))
    released["cells"][1]["source"] = "FACTOR = 2"
    given = handed_in("def double(x):\n    return FACTOR * x")
    given["cells"][1]["source"] = "FACTOR = = 2"
    assert grade(given, released=released).marks[ID].score == 4


def test_show_cells_are_not_run(grade):
    result = grade(RIGHT)
    assert "4" not in result.cells


def test_an_unknown_check_is_left_to_a_human(grade):
    result = grade(RIGHT, exercises={"other": EXERCISE})
    assert result.marks[ID].score is None
    assert result.marks[ID].outcome == "manual"


def test_a_fault_of_the_graders_own_is_left_to_a_human(grade, monkeypatch):
    monkeypatch.setattr(EXERCISE, "reference", None)
    monkeypatch.setattr("course.grading.worker.verifier.judge_replies", _broken)
    mark = grade(RIGHT).marks[ID]
    assert (mark.score, mark.outcome) == (None, "manual")


def _broken(*arguments):
    raise RuntimeError("a bug")


def test_seeds_differ_between_students_and_not_between_runs(grade):
    source = "def double(x):\n    print(x)\n    print(float(x[0][0]))\n    return x + x"
    tell = "import builtins\nseen = []\n"
    source = tell + source.replace("print(x)", "seen.append(x)")
    given = handed_in(source, after=["print(float(seen[0][0][0]))"])
    printed = [grade(given, student=s).cells["5"]["output"] for s in ("a", "b", "a")]
    assert printed[0] == printed[2] != printed[1]


def test_a_notebook_that_uses_up_its_time_loses_what_is_left(grade):
    given = handed_in(RIGHT, before=["import time\ntime.sleep(60)"])
    result = grade(given, cell_seconds=60, notebook_seconds=0.5)
    assert result.marks[ID].score == 0
    assert result.marks[ID].message


def test_results_survive_being_written(grade):
    result = grade(RIGHT)
    again = Result.from_data(json.loads(json.dumps(result.to_data())))
    assert again == result


def test_what_is_slow_to_read_costs_one_student(grade, monkeypatch):
    monkeypatch.setattr("course.grading.worker.verifier.READ_SECONDS", 0.2)
    result = grade(handed_in(RIGHT, before=["%x\n" * 3000] * 9))
    assert result.fault["reason"] == "too-slow"
    assert result.marks[ID].score == 0
    monkeypatch.undo()
    assert grade(RIGHT).marks[ID].score == 4


@pytest.mark.parametrize(
    "error, score, outcome",
    [
        (RunnerDied("its process ended"), 0, "fault"),
        (RuntimeError("x"), None, "manual"),
    ],
)
def test_a_reader_that_ends_or_is_broken(grade, monkeypatch, error, score, outcome):
    def read(*arguments):
        raise error

    monkeypatch.setattr("course.grading.worker.runners.Runner.read", read)
    mark = grade(RIGHT).marks[ID]
    assert (mark.score, mark.outcome) == (score, outcome)


def test_a_reader_that_is_lost_once_is_tried_again(grade, monkeypatch):
    given, read = [RunnerDied("its process ended")], Runner.read

    def lost_once(*arguments):
        if given:
            raise given.pop()
        return read(*arguments)

    monkeypatch.setattr("course.grading.worker.runners.Runner.read", lost_once)
    assert grade(RIGHT).marks[ID].score == 4


def test_what_cells_say_is_bounded_all_together(grade, monkeypatch):
    monkeypatch.setattr("course.grading.worker.verifier._MOST_SAID", 1000)
    result = grade(handed_in(RIGHT, before=["print('x' * 900)"] * 5))
    assert sum(len(ran["output"]) for ran in result.cells.values()) == 1000
    assert result.marks[ID].score == 4
