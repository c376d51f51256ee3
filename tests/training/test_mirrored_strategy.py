"""Two virtual devices learn what one learns, in fit and in a loop of one's own."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

OFTEN = ("two, parts, rematerialised", "two, dropout", "fit, one", "fit, two")
# Each alone; together they are in every run.
ALONE = ("one, parts", "two", "two, parts")


def results_of(runs, path):
    """What a process with two devices finds in the runs, and in one device's."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.training.mirrored", path, "one", *runs],
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return pickle.loads(path.read_bytes())


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return results_of(OFTEN, tmp_path_factory.mktemp("mirrored") / "results")


def assert_same(got, expected, atol=1e-5):
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=atol)


def test_own_loop_learns_what_one_device_learns(results):
    """Exactly, although padding is spread unevenly over replicas and parts."""
    assert_same(results[OFTEN[0]], results["one"])


@pytest.mark.full
def test_so_does_each_of_it_alone(tmp_path):
    results = results_of(ALONE, tmp_path / "results")
    for run in ALONE:
        assert_same(results[run], results["one"])


def test_dropout_works_there(results):
    got = results["two, dropout"]
    assert all(np.isfinite(weight).all() for weight in got)
    assert any(np.abs(a - b).max() > 1e-3 for a, b in zip(got, results["one"]))


def test_fit_learns_what_one_device_learns(results):
    (losses, weights), (expected_losses, expected) = (
        results["fit, two"],
        results["fit, one"],
    )
    np.testing.assert_allclose(losses, expected_losses, rtol=1e-4)
    assert losses[-1] < losses[0]
    assert_same(weights, expected)
