import gc
import os
import runpy
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = os.environ.get("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import pytest

# This process and every one that a test starts, by Python's own road, do not import
# what no test needs; processes that learners' code descends from are started as ever.
LEAN = Path(__file__).parent / "lean_start"
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(LEAN), os.environ.get("PYTHONPATH")])
)
runpy.run_path(str(LEAN / "sitecustomize.py"))

# XLA compiles programs to run them once or twice here: to optimize them takes longer.
# The full set runs what XLA makes of them for everybody else.
QUICK_XLA = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
)
# Keras collects garbage after every layer that it quantizes: seconds in a process that
# has seen many tests. The young suffice; the others go in Python's own rhythm.
_collect, gc.collect = gc.collect, lambda generation=1: _collect(generation)


SMALL_GROUPS = {"tests/test_every_argument.py", "tests/test_every_exercise.py"}
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
    """Keeps the tests of a file in one process, where they have no group of their own.

    Otherwise each process makes what they share: fixtures, models and texts that are
    kept, programs. A file of many small groups comes last, so that both processes have
    something to do until the end. In the full set files last for hours: only those
    tests stay together there that share a fixture.
    """
    SETS.update(sets_of(items))
    for item in items:
        alone = is_full(item) and not shares_a_fixture(item)
        if item.get_closest_marker("xdist_group") is None and not alone:
            item.add_marker(pytest.mark.xdist_group(group_of(item)))
    items.sort(key=lambda item: file_of(item) in SMALL_GROUPS)  # the others stay


def pytest_collection_finish(session):
    """A million objects are there to stay: no later collection looks at them again."""
    gc.collect(2)
    gc.freeze()
    if session.config.option.markexpr == "not full" and "tensorflow" in sys.modules:
        forget_stacks()


def forget_stacks():
    """Of each operation that it traces, TensorFlow keeps the stack of Python's calls.

    Under pytest that takes a tenth of the time of tracing. An error of a graph shows
    the stack here instead.
    """
    from tensorflow.python.util import tf_stack

    here = tf_stack.extract_stack()
    tf_stack.extract_stack = lambda stacklevel=1: here


def group_of(item):
    """Its file, or those whose tests share processes that have imported TensorFlow."""
    servers = {"fork_server", "level"} & {*item.fixturenames}
    return "fork servers" if servers else file_of(item)


def file_of(item):
    return item.nodeid.partition("::")[0]


def sets_of(items):
    found = {}
    for item in items:
        path = file_of(item)
        found.setdefault(path, ([], []))[is_full(item)].append(item.nodeid)
    return found


def is_full(item):
    return item.get_closest_marker("full") is not None


def shares_a_fixture(item):
    """Whether a test uses a fixture that lasts for its file or its class."""
    used = item._fixtureinfo.name2fixturedefs.values()
    return any(one.scope in ("module", "class") for known in used for one in known)
