import gc
import os

os.environ["KERAS_BACKEND"] = os.environ.get("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import pytest

# XLA compiles programs to run them once or twice here: to optimize them takes longer.
# The full set runs what XLA makes of them for everybody else.
QUICK_XLA = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
)
# Keras collects garbage after every layer that it quantizes: seconds in a process that
# has seen many tests. The young suffice; the others go in Python's own rhythm.
_collect, gc.collect = gc.collect, lambda generation=1: _collect(generation)


# File -> its tests in every run and in the full set alone, before any is left out.
SETS: dict[str, tuple[list, list]] = {}


@pytest.fixture
def sets():
    return SETS


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def pytest_configure(config):
    if config.option.markexpr == "not full":
        os.environ.setdefault("XLA_FLAGS", QUICK_XLA)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    """Keeps the tests of a file that share a fixture in one process, and together.

    Otherwise each process makes the fixture, and again after a test of another file.
    """
    SETS.update(sets_of(items))
    for item in items:
        if item.get_closest_marker("xdist_group") is None and shares_a_fixture(item):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))


def pytest_collection_finish(session):
    """A million objects are there to stay: no later collection looks at them again."""
    gc.collect(2)
    gc.freeze()


def sets_of(items):
    found = {}
    for item in items:
        path = item.nodeid.partition("::")[0]
        is_full = item.get_closest_marker("full") is not None
        found.setdefault(path, ([], []))[is_full].append(item.nodeid)
    return found


def shares_a_fixture(item):
    """Whether a test uses a fixture that lasts for its file or its class."""
    used = item._fixtureinfo.name2fixturedefs.values()
    return any(one.scope in ("module", "class") for known in used for one in known)
