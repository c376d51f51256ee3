"""Under JAX eight devices give what one gives; each holds its part of the weights."""

import importlib.util
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from tests.training.families import FAMILIES

IN_EVERY_RUN = ("llama",)
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="needs the second backend, jax"
)


def measured(path, names):
    done = subprocess.run(
        [sys.executable, "-m", "tests.training.sharded", path, *names],
        env={
            **os.environ,
            "KERAS_BACKEND": "jax",
            "JAX_PLATFORMS": "cpu",
            "XLA_FLAGS": "--xla_force_host_platform_device_count=8",
        },
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return pickle.loads(path.read_bytes())


@pytest.fixture(scope="module")
def results(tmp_path_factory, request):
    """Of all the families that the tests which were chosen ask for, in one process."""
    names = {
        item.callspec.params["name"]
        for item in request.session.items
        if item.path == request.path
    }
    return measured(tmp_path_factory.mktemp("sharded") / "results", sorted(names))


every_family = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in IN_EVERY_RUN else pytest.mark.full)
        for name in FAMILIES
    ],
)


@every_family
def test_outputs_and_gradients_are_those_of_one_device(results, name):
    one, eight = results[name]
    np.testing.assert_allclose(eight["loss"], one["loss"], rtol=1e-5)
    for part in ("outputs", "gradients"):
        for got, expected in zip(eight[part], one[part], strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


@every_family
def test_each_device_holds_its_part(results, name):
    """All products and tables in four parts; what is whole is small."""
    one, eight = results[name]
    assert one["held"] == one["all"] == eight["all"]
    whole = [path for path in eight["whole"] if path.endswith("kernel")]
    # ALBERT's projection of narrow vectors, the layer before a masked head's scores.
    assert not [p for p in whole if not p.endswith(WHOLE)]
    assert eight["held"] == eight["bytes of whole"] + eight["bytes of split"] / 4
    assert eight["bytes of split"] > eight["bytes of whole"]


WHOLE = ("embedding/projection/kernel", "head/transform/kernel")
