"""Two processes of MultiWorkerMirroredStrategy learn what one device learns."""

import json
import os
import pickle
import socket
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tests.training.own_loop import own_loop

pytestmark = pytest.mark.full  # two devices, in every run: test_mirrored_strategy.py


def free_ports(count):
    """Ports that nobody listens at."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("localhost", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def run_workers(folder):
    """What each of two processes wrote."""
    addresses = [f"localhost:{port}" for port in free_ports(2)]
    workers = []
    for index in range(2):
        task = {"type": "worker", "index": index}
        cluster = {"cluster": {"worker": addresses}, "task": task}
        path = str(folder / str(index))
        workers.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.training.multi_worker", path],
                env={
                    **os.environ,
                    "KERAS_BACKEND": "tensorflow",
                    "TF_CONFIG": json.dumps(cluster),
                },
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    try:
        for worker in workers:
            _, errors = worker.communicate(timeout=600)
            assert worker.returncode == 0, errors[-3000:]
    finally:
        for worker in workers:
            worker.kill()
    return [pickle.loads((folder / str(index)).read_bytes()) for index in range(2)]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run_workers(tmp_path_factory.mktemp("workers"))


def test_own_loop_learns_what_one_device_learns(results):
    """Exactly, although padding is spread unevenly over processes and parts."""
    expected = own_loop(tf.distribute.get_strategy(), parts=1)
    for result in results:
        assert result["replicas"] == 2
        for name in ("own loop", "own loop, parts"):
            for one, other in zip(result[name], expected, strict=True):
                np.testing.assert_allclose(one, other, atol=1e-5)


def test_what_fit_cannot_do_is_what_the_documentation_says(results):
    """`transformer_tf/training/distribution.md`; where this fails, Keras has learnt."""
    for result in results:
        assert "PerReplica" in result["fit, functional"]
        assert "Invalid reduction dimension" in result["fit, whole"]
