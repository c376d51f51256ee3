"""Ways to hand in the library's own answer: none gains a point unseen.

Graded as `grade` grades: the library's answer is withheld, what is compiled is watched.
"""

import json
from types import SimpleNamespace

import pytest

from course.checks import exercise
from course.examination import ask
from course.examination.perform import perform
from course.grading.results import Result
from course.grading.runner.traced import Traced
from course.grading.worker.verifier import Verifier
from course.grading.worker.withheld import odd
from tests.course_exercises import EXERCISES
from tests.grading.conftest import SECRET
from tests.grading.released import answer, cell, one_file

MASK, SOFTMAX = exercise("attention.causal_mask"), exercise("attention.softmax")
BEHIND = "def causal_mask(*a, **k):\n    return mine(*a, **k)"
_MODULE = "m = __import__('sys').modules[t.causal_mask.__module__]\n"
# name -> (a cell before the answer, the answer). In the first `t` is the library.
TAKEN = {
    "the library's own function": ("", "causal_mask = t.causal_mask"),
    "the library's own, imported in the answer": (
        "",
        "def causal_mask(*a, **k):\n    import transformer_tf as t\n"
        "    return t.causal_mask(*a, **k)",
    ),
    "a copy of the code behind a def": (
        "f = t.causal_mask\n"
        "mine = types.FunctionType(f.__code__, f.__globals__, 'm', f.__defaults__)\n"
        "mine.__kwdefaults__ = f.__kwdefaults__",
        BEHIND,
    ),
    "a copy of the code without its origin": (
        "f = t.causal_mask\n"
        "code = f.__code__.replace(co_filename='mine', co_firstlineno=1)\n"
        "mine = types.FunctionType(code, f.__globals__, 'm', f.__defaults__)",
        BEHIND,
    ),
    "the saved code put back": (
        "saved = t.causal_mask.__code__",
        "def causal_mask(*a, **k):\n    t.causal_mask.__code__ = saved\n"
        "    return t.causal_mask(*a, **k)",
    ),
    "the saved code through marshal": (
        "import marshal\nsaved = marshal.dumps(t.causal_mask.__code__)",
        "def causal_mask(*a, **k):\n    f = t.causal_mask\n"
        "    f.__code__ = marshal.loads(saved)\n    return f(*a, **k)",
    ),
    "a second copy of the module": (
        _MODULE + "from importlib.util import *\n"
        "s = spec_from_file_location('second', m.__file__)\n"
        "second = module_from_spec(s)\ns.loader.exec_module(second)",
        "def causal_mask(*a, **k):\n    return second.causal_mask(*a, **k)",
    ),
    "the module loaded anew": (
        _MODULE + "import importlib\nsecond = importlib.reload(m)",
        "def causal_mask(*a, **k):\n    return second.causal_mask(*a, **k)",
    ),
    "the module forgotten and imported": (
        "name = t.causal_mask.__module__\ndel sys.modules[name]\n"
        "second = __import__(name, fromlist=['x'])",
        "def causal_mask(*a, **k):\n    return second.causal_mask(*a, **k)",
    ),
    "its source run again": (
        "import inspect\nexec(inspect.getsource(t.causal_mask))\nmine = causal_mask",
        BEHIND,
    ),
    "its file read": (
        _MODULE + "exec(open(m.__file__).read())\nmine = causal_mask",
        BEHIND,
    ),
    "its compiled file read": (
        _MODULE + "import marshal\nfrom importlib.util import cache_from_source\n"
        "exec(marshal.loads(open(cache_from_source(m.__file__), 'rb').read()[16:]))\n"
        "mine = causal_mask",
        BEHIND,
    ),
    "its file searched for on the disk": (
        _MODULE + "import os\nname = os.path.basename(m.__file__)\n"
        "for folder, _, names in os.walk(sys.prefix):\n"
        "    if name in names:\n"
        "        text = open(os.path.join(folder, name)).read()\n"
        "        if 'def causal_mask' in text:\n            exec(text)\n"
        "mine = causal_mask",
        BEHIND,
    ),
    "its lines in the cache of lines": (
        _MODULE + "import linecache\nexec(''.join(linecache.getlines(m.__file__)))\n"
        "mine = causal_mask",
        BEHIND,
    ),
    "a reference that another module holds": (
        "mine = next(\n"
        "    value\n    for m in list(sys.modules.values())\n"
        "    for name, value in list(getattr(m, '__dict__', {}).items())\n"
        "    if name == 'causal_mask' and callable(value)\n)",
        BEHIND,
    ),
    "what the garbage collector knows": (
        "import gc\n"
        "mine = next(\n"
        "    f\n    for f in gc.get_objects()\n"
        "    if isinstance(f, types.FunctionType) and f.__name__ == 'causal_mask'\n)",
        BEHIND,
    ),
    "traced into a graph before": (
        "import tensorflow as tf\nmine = tf.function(t.causal_mask)\nmine(3)",
        BEHIND,
    ),
    "asked back from what took it": (
        "w = sys.modules['course.grading.runner.withheld']\n"
        "name = t.causal_mask.__module__\n"
        "for function in w._WITHHELD[name]:\n"
        "    print('FOUND' if function.__code__.co_filename != '<refused>' else '')\n"
        "w.refuse = lambda *a: None\nw._CALLED = set()",
        "causal_mask = t.causal_mask",
    ),
    "worked out in a thread": (
        "from concurrent.futures import ThreadPoolExecutor",
        "def causal_mask(*a, **k):\n"
        "    return ThreadPoolExecutor(1).submit(t.causal_mask, *a, **k).result()",
    ),
}
# What is compiled, or is not the library's: seen by what it computes.
SHOWN = {
    "a raw operation": (
        "",
        "def softmax(scores):\n    return tf.raw_ops.Softmax(logits=scores)",
    ),
    "TensorFlow of old": (
        "",
        "def softmax(scores):\n    return tf.compat.v1.nn.softmax(scores)",
    ),
    "the logarithm of it": (
        "",
        "def softmax(scores):\n    return tf.exp(tf.raw_ops.LogSoftmax(logits=scores))",
    ),
    "the gradient of a loss": (
        "",
        "def softmax(scores):\n"
        "    flat = tf.reshape(scores, (-1, scores.shape[-1]))\n"
        "    zeros = tf.zeros_like(flat)\n"
        "    loss = tf.raw_ops.SoftmaxCrossEntropyWithLogits\n"
        "    g = loss(features=flat, labels=zeros)\n"
        "    return tf.reshape(g.backprop, tf.shape(scores)) + 0 * scores",
    ),
    "keras's own, copied": (
        "f = keras.src.backend.tensorflow.nn.softmax\n"
        "mine = types.FunctionType(f.__code__, f.__globals__, 'm', f.__defaults__)",
        "def softmax(scores):\n    return mine(scores)",
    ),
    "scipy's own, copied": (
        "import scipy.special\nf = scipy.special.softmax\n"
        "while hasattr(f, '__wrapped__'):\n    f = f.__wrapped__\n"
        "mine = types.FunctionType(f.__code__, f.__globals__, 'm', f.__defaults__)",
        "def softmax(scores):\n"
        "    return tf.constant(mine(scores.numpy(), -1), scores.dtype)",
    ),
    "scipy's own, put back": (
        "import scipy.special\nf = scipy.special.softmax\n"
        "while hasattr(f, '__wrapped__'):\n    f = f.__wrapped__\nsaved = f.__code__",
        "def softmax(scores):\n    f.__code__ = saved\n"
        "    return tf.constant(f(scores.numpy(), -1), scores.dtype)",
    ),
    "scipy's source, run again": (
        "import scipy.special, inspect\nf = scipy.special.softmax\n"
        "while hasattr(f, '__wrapped__'):\n    f = f.__wrapped__\n"
        "names = dict(f.__globals__)\nexec(inspect.getsource(f), names)",
        "def softmax(scores):\n"
        "    return tf.constant(names['softmax'](scores.numpy(), -1), scores.dtype)",
    ),
    "another function of the library": (
        "",
        "def softmax(scores):\n    import transformer_tf.attention.softmax as s\n"
        "    keep = tf.ones_like(scores, 'bool')\n"
        "    return s.softmax_over_keys(scores, keep)",
    ),
}
_BEGINNING = (
    "import sys, types\nimport keras\nimport numpy as np\nimport tensorflow as tf\n"
    "import transformer_tf as t"
)


def released(defined):
    stub = f"def {defined.answer}(*a, **k):\n    raise NotImplementedError()"
    flags = {"grade": True, "solution": False, "locked": True}
    check = {"grade_id": defined.grade_id, "points": defined.points, **flags}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"course": {"language": "en"}},
        "cells": [
            cell("code", _BEGINNING, "setup"),
            answer("answer", stub),
            cell("code", f'check("{defined.name}")', "check", check),
        ],
    }


def graded(runners, defined, before, source, after=""):
    given = released(defined)
    given["cells"][1]["source"] = source
    given["cells"].insert(1, cell("code", before, "before"))
    given["cells"].append(cell("code", after, "after"))
    verifier = Verifier(runners, {defined.grade_id: defined}, SECRET)
    result = Result("eve", defined.unit, "book")
    return verifier.grade(
        {"en": released(defined)}, one_file(json.dumps(given)), result
    )


@pytest.mark.parametrize("name", TAKEN)
def test_delegating_gains_nothing(runners, name):
    result = graded(runners, MASK, *TAKEN[name])
    assert result.score == 0, name
    assert not any("FOUND" in c["output"] for c in result.cells.values())


@pytest.mark.full
@pytest.mark.parametrize("fork_server", ["landlock"], indirect=True)
@pytest.mark.parametrize("name", TAKEN)
def test_delegating_gains_nothing_under_landlock(runners, name):
    test_delegating_gains_nothing(runners, name)


@pytest.mark.parametrize("name", SHOWN)
def test_delegating_is_shown(runners, name):
    """It earns nothing, or a human is told."""
    result = graded(runners, SOFTMAX, *SHOWN[name])
    assert result.score == 0 or result.anomalies


@pytest.mark.full
@pytest.mark.parametrize("fork_server", ["landlock"], indirect=True)
@pytest.mark.parametrize("name", SHOWN)
def test_delegating_is_shown_under_landlock(runners, name):
    test_delegating_is_shown(runners, name)


COMPUTED = ("a raw operation", "TensorFlow of old", "the logarithm of it")


@pytest.mark.parametrize("name", COMPUTED)
def test_what_is_compiled_is_told_by_what_it_computes(runners, name):
    result = graded(runners, SOFTMAX, *SHOWN[name])
    (told,) = [one for one in result.anomalies if one.startswith("needs manual review")]
    assert "attention.softmax" in told and "Softmax" in told


def test_the_same_answer_written_by_hand_earns_all(runners):
    by_hand = (
        "def softmax(scores):\n"
        "    e = keras.ops.exp(scores - keras.ops.max(scores, -1, keepdims=True))\n"
        "    return e / keras.ops.sum(e, -1, keepdims=True)"
    )
    result = graded(runners, SOFTMAX, "", by_hand)
    assert result.score == SOFTMAX.points
    assert result.anomalies == []


def test_after_its_check_the_library_is_whole_again(runners):
    by_hand = (
        "def causal_mask(length):\n"
        "    place = keras.ops.arange(length)\n"
        "    return place[:, None] >= place[None]"
    )
    after = "print(t.causal_mask(3).shape, t.padding_mask(np.ones((2, 3))).shape)"
    result = graded(runners, MASK, "", by_hand, after)
    assert result.score == MASK.points
    assert {"error": None, "output": "(3, 3) (2, 1, 3)\n"} in result.cells.values()


@pytest.mark.parametrize("defined", EXERCISES.values(), ids=lambda one: one.name)
def test_no_right_answer_is_shown(defined):
    """Of every exercise: what it may stand on, and which operations it may not run."""
    requests = [
        request for question in ask(defined, 0) for request in question.requests
    ]
    watched = next((one for one in requests if one.mode == "eager"), None)
    for right in (defined.reference, *defined.alternatives.values()):
        traced = Traced(defined.forbidden, defined.operations)
        with traced.watching():
            perform(right, watched)
        # The reference's private helpers are in its text where it is handed in.
        modules = sorted(traced.modules - {getattr(defined.original, "__module__", "")})
        seen = SimpleNamespace(modules=modules, ran=traced.operations)
        assert odd(defined, seen) == []
        assert traced.copies == set()
