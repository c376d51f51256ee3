"""Without forking TensorFlow: the same sandbox, the same verdicts, only slower."""

import pytest

from course.checks import exercise
from course.examination import LocalCandidate, examine
from course.grading.run.processes import ForkServer
from course.grading.worker.runners import Runners
from tests.grading import courses
from tests.grading.processes import descendants

DEFINED = exercise(courses.NAME)
INSIDE = """
import socket
for action in (lambda: open("/etc/shadow"), socket.socket, __import__("os").fork):
    try:
        action()
        print("possible")
    except OSError:
        print("refused")
import tensorflow as tf
print(float(tf.reduce_sum(tf.ones((2, 3)))))
"""


def has_tensorflow(process):
    with open(f"/proc/{process}/maps") as stream:
        return "tensorflow" in stream.read()


def test_a_cold_submission_is_shut_in_and_runs():
    fork_server = ForkServer(cold=True).wait()
    try:
        runners = Runners(fork_server.zygote)
        before = descendants(fork_server.process.pid)
        assert before and not any(map(has_tensorflow, before))
        runner = runners.start()
        error, output = runner.cell(INSIDE, "<cell 1>", 60)
        runner.close()
    finally:
        fork_server.close()
    assert error is None
    assert output.split() == ["refused"] * 3 + ["6.0"]


@pytest.mark.full
def test_a_cold_class_has_the_scores_that_the_examination_gives_here(tmp_path):
    given = {
        "ada": courses.answered(DEFINED.reference),
        "bob": courses.answered(DEFINED.misconceptions["not_scaled"]),
    }
    courses.make(tmp_path, given)
    courses.grade(tmp_path, "-j", "2", "--cold")
    cold = courses.scores(tmp_path)
    mistake = LocalCandidate(DEFINED.misconceptions["not_scaled"])
    assert cold == {"ada": DEFINED.points, "bob": examine(DEFINED, mistake).score}
    assert cold["bob"] < DEFINED.points
