"""Real processes, killed at random moments: the loss curve is that of one that ran."""

import random
import time

import pytest

from tests.training.test_train_command import curve, weights
from tests.training.train_command import new_folder, start, written
from transformer_tf.training.command.command_line import main
from transformer_tf.training.report import read_log
from transformer_tf.training.training_folder import TrainingFolder

STEPS = 60
MORE = {"checkpoints": {"every": 1}, "model": {"dropout": 0.2}, "steps": STEPS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("killed")
    new_folder(path)
    assert main([str(written(path, name="whole", **MORE)[0])]) == 0
    return path


def kill_at(process, run, step, delay):
    """SIGKILL some time after a step; whether the process still ran."""
    while process.poll() is None:
        lines = read_log(run / "log.jsonl")
        if lines and lines[-1]["step"] >= step:
            time.sleep(delay)
            process.kill()
            break
        time.sleep(0.001)
    process.communicate()
    return process.returncode == -9


def killed_and_resumed(folder, name, kills, seed):
    """Kills a training some times, lets it end, and gives its folder."""
    path, run = written(folder, name=name, **MORE)
    draw = random.Random(seed)
    for number in range(kills):
        # Checkpoints are written all the time: most moments are inside of one.
        step = STEPS * (number + 1) // (kills + 2)
        assert kill_at(start(path), run, step, draw.random() * 0.05)
        assert TrainingFolder(run).state().step < STEPS
    process = start(path)
    printed, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors[-3000:]
    assert "going on after step" in printed
    return run


def assert_same(run, folder):
    assert [step for step, _ in curve(run)[0]] == list(range(1, STEPS + 1))
    assert curve(run) == curve(folder / "whole")  # to the last bit
    assert weights(run) == weights(folder / "whole")
    assert len(list(run.glob("step-*"))) == 2 and not list(run.glob(".*"))


@pytest.mark.slow
def test_killed_once(folder):
    assert_same(killed_and_resumed(folder, "once", 1, seed=0), folder)


@pytest.mark.full
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_many_times(folder, seed):
    assert_same(killed_and_resumed(folder, f"many-{seed}", 6, seed), folder)
