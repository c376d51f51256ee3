"""The command on two machines: one killed, both started again, one device's curve."""

import json

import numpy as np
import pytest

from tests.training.test_multi_worker import free_ports
from tests.training.test_train_command import curve
from tests.training.train_command import new_folder, start, written
from transformer_tf.training.command.command_line import main
from transformer_tf.training.report import read_log
from transformer_tf.training.training_folder import TrainingFolder

# In every run: a process that is killed in test_train_killed.py, two devices in
# test_mirrored_strategy.py.
pytestmark = pytest.mark.full


def start_two(path):
    """The command on two machines that know of each other."""
    addresses = [f"localhost:{port}" for port in free_ports(2)]
    cluster = {"worker": addresses}
    tasks = [{"type": "worker", "index": index} for index in range(2)]
    return [
        start(path, TF_CONFIG=json.dumps({"cluster": cluster, "task": task}))
        for task in tasks
    ]


def kill_after(workers, run, step, victim):
    """SIGKILL for one of them after a step; the other one must end by itself."""
    while all(worker.poll() is None for worker in workers):
        lines = read_log(run / "log.jsonl")
        if lines and lines[-1]["step"] >= step:
            workers[victim].kill()
            break
    _, errors = workers[1 - victim].communicate(timeout=300)
    workers[victim].communicate()
    assert workers[victim].returncode == -9, errors[-3000:]
    assert workers[1 - victim].returncode != 0


@pytest.mark.parametrize("victim", [0, 1])
def test_killed_and_started_again(tmp_path, victim):
    new_folder(tmp_path)
    more = {"model": {"dropout": 0.0, "attention_dropout": 0.0}, "steps": 400}
    more["checkpoints"] = {"every": 20}
    more["optimizer"] = {"clip_norm": 0.5}
    assert main([str(written(tmp_path, name="one", **more)[0])]) == 0
    more["training"] = {"devices": "machines"}
    path, run = written(tmp_path, name="two", **more)
    workers = start_two(path)
    try:
        kill_after(workers, run, 100, victim)
        # The first machine may be killed when its log of step 100 is on the disk, and
        # its checkpoint is not: there is then the one before.
        assert 80 <= TrainingFolder(run).state().step < 400
        workers = start_two(path)
        for worker in workers:
            printed, errors = worker.communicate(timeout=300)
            assert worker.returncode == 0, errors[-3000:]
            assert "going on after step" in printed
    finally:
        for worker in workers:
            worker.kill()
    np.testing.assert_allclose(curve(run)[0], curve(tmp_path / "one")[0], rtol=1e-4)
