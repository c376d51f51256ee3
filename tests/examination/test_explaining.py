"""Errors that learners meet, explained with what was there: a kind for each, and only
where what is said has been seen."""

import itertools
import linecache
import textwrap

import keras
import numpy as np
import pytest

from course.examination.candidate import LocalCandidate
from course.examination.explaining import KINDS, Scene, explain
from course.examination.request import Request
from course.messages import LANGUAGES, catalogue, text

BATCH, QUERY, KEY, DIM = 2, 3, 7, 5

# The body of f(q, k), the kind of its error, and what the explanation must name.
# [2, 3, 5] and [2, 7, 5] come in.
RAISING = {
    "T of a tensor": ("return q @ k.T", "whole_transpose", "k.T"),
    "keras transpose": (
        "return ops.matmul(q, ops.transpose(k))",
        "whole_transpose",
        "swapaxes(k, -1, -2)",
    ),
    "tf transpose, a line before": (
        "turned = tf.transpose(k)\nreturn tf.matmul(q, turned)",
        "whole_transpose",
        "tf.transpose(k)",
    ),
    "numpy's T of a batch": (
        "q, k = np.array(q), np.array(k)\nreturn np.matmul(q, k.T)",
        "whole_transpose",
        "k.T",
    ),
    "not transposed": ("return q @ k", "matrix_transpose", "[2, 7, 5]"),
    "not transposed, numpy": (
        "q, k = np.array(q), np.array(k)\nreturn q @ k",
        "matrix_transpose",
        "[2, 3, 5]",
    ),
    "not transposed, dot": (
        "q, k = np.array(q)[0], np.array(k)[0]\nreturn np.dot(q, k)",
        "matrix_transpose",
        "[7, 5]",
    ),
    "operands swapped": (
        "w = ops.ones((5, 4))\nreturn ops.matmul(w, q[0])",
        "matrix_swapped",
        "[5, 4] and [3, 5]",
    ),
    "sizes that never meet": (
        "return ops.matmul(q, ops.ones((2, 4, 6)))",
        "matrix_product",
        "(5)",
    ),
    "other batches": (
        "return ops.matmul(q, ops.ones((4, 5, 6)))",
        "batches_differ",
        "[4, 5, 6]",
    ),
    "einsum": ("return ops.einsum('bqd,bdk->bqk', q, k)", "einsum", "5"),
    "added": ("return q + k", "broadcast", "[2, 3, 5] and [2, 7, 5]"),
    "added, numpy": (
        "return np.array(q) + np.array(k)",
        "broadcast",
        "[2, 3, 5] and [2, 7, 5]",
    ),
    "where": (
        "return ops.where(ops.ones((2, 4, 1)) > 0, q, 0.0)",
        "broadcast",
        "[2, 4, 1]",
    ),
    "reshape": ("return ops.reshape(q, (7, 3))", "reshape", "30"),
    "reshape, numpy": ("return np.array(q).reshape(7, 3)", "reshape", "30"),
    "no such axis": ("return ops.sum(q, axis=3)", "no_such_axis", "0 to 2"),
    "no such axis, numpy": ("return np.sum(np.array(q), axis=3)", "no_such_axis", "3"),
    "past the end": ("return q[5]", "out_of_bounds", "5"),
    "past the end, numpy": ("return np.array(q)[5]", "out_of_bounds", "5"),
    "no such row": ("return tf.gather(q[0], [9])", "no_such_row", "9"),
    "adding masks": ("return (q > 0) + (q > 1)", "booleans", "ops.cast"),
    "two dtypes": ("return q * tf.constant(2)", "two_dtypes", "int32"),
    "in place": ("q[0] = 1\nreturn q", "changed_in_place", "ops.where"),
    "None in a sum": ("s = None\nreturn s + q", "is_none", "`s`"),
    "a helper without return": (
        "def f(x):\n    x * 2\nreturn ops.softmax(f(q))",
        "is_none",
        "return",
    ),
    "sorted in place": ("order = [2, 1].sort()\nreturn order[0]", "is_none", "`order`"),
    "misspelt": ("return qq + querry", "undefined", "qq"),
    "nearly": ("scores = q\nreturn scors", "not_defined", "scores"),
    "not in the module": ("return ops.softmaxx(q)", "no_member", "softmax"),
    "another library's argument": ("return ops.softmax(q, dim=1)", "argument", "dim"),
    "before it has a value": (
        "if q is None:\n    out = q\nreturn out",
        "before_assignment",
        "out",
    ),
    "a list": ("return [1, 2].shape", "a_list", "convert_to_tensor"),
    "unpacking": ("a, b = q\na, b, c = (a, b)\nreturn a", "unpacking", "3"),
    "no entry": ("return {}['x']", "missing_key", "'x'"),
    "past a list": ("return [1][3]", "list_index", "n - 1"),
    "without end": ("return f(q, k)", "recursion", "itself"),
    "by zero": ("return 1 / len([])", "by_zero", "0"),
}
IN_GRAPHS = {
    "numpy()": ("return q.numpy()", "graph_value"),
    "a function of NumPy's": ("return np.exp(q)", "graph_numpy"),
    "unpacking a tensor": ("a, b = q\nreturn a", "graph_loop"),
    "a comprehension": ("return [x for x in q]", "graph_loop"),
    "an index": ("return [1.0, 2.0][0 * tf.argmax(q[0, 0])]", "graph_integer"),
    "kept": ("KEPT.append(q)\nreturn KEPT[0] + 1", "graph_leak"),
}


_numbers = itertools.count()


def function(body):
    """A function of a notebook cell, as IPython would leave it."""
    source = "def f(q, k):\n" + textwrap.indent(body, "    ") + "\n"
    filename = f"<explained {next(_numbers)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    import tensorflow as tf

    names = {"np": np, "tf": tf, "ops": keras.ops, "KEPT": []}
    exec(compile(source, filename, "exec"), names)
    return names["f"]


def error_of(answer, mode="eager", times=1):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(BATCH, n, DIM)).astype("float32") for n in (QUERY, KEY)]
    request = Request(args=tuple(arrays), mode=mode)
    return LocalCandidate(answer).answer([request] * times)[-1].error


@pytest.mark.parametrize("name", RAISING)
def test_an_error_is_explained_with_what_was_there(name):
    body, kind, names = RAISING[name]
    error = error_of(function(body))
    assert error.kind == kind, error
    assert names in text(f"engine.error.{kind}", "en", **error.details)


@pytest.mark.parametrize("name", IN_GRAPHS)
def test_what_only_a_graph_refuses(name):
    body, kind = IN_GRAPHS[name]
    assert error_of(function(body)) is None
    error = error_of(function(body), "graph", times=2)
    assert error.kind == kind, error
    assert error.code in body


def test_every_kind_is_in_a_table():
    met = {kind for _, kind, _ in RAISING.values()}
    met |= {kind for _, kind in IN_GRAPHS.values()}
    # A class of its own each; held by tests/checks and by the next tests.
    assert set(KINDS) - met == {"signature", "own_attribute", "graph_condition"}


def test_another_signature():
    source = "def f(q):\n    return q\n"
    names = {}
    exec(source, names)
    assert error_of(names["f"]).kind == "signature"


def test_what_a_layer_has_not_made():
    class Layer(keras.layers.Layer):
        def call(self, q):
            return q @ self.kernel

    request = Request(args=(np.ones((2, 3), "float32"),), construct={})
    error = LocalCandidate(Layer).answer([request])[0].error
    assert (error.kind, error.details) == ("own_attribute", {"name": "kernel"})


@pytest.mark.parametrize("name", ["not transposed", "added", "reshape", "in place"])
def test_a_graph_s_error_is_in_the_learner_s_words_too(name):
    """TensorFlow wraps it: "in user code: ..." is not what was raised."""
    body, kind, _ = RAISING[name]
    answer = function(body)
    error = error_of(answer, "graph")
    assert error.kind == kind
    assert "user code" not in error.message
    assert "node" not in error.message
    assert error.code == body.splitlines()[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_explanation_is_there(language):
    said = {f"engine.error.{name}" for name in KINDS}
    known = {key for key in catalogue("engine", language) if ".error." in key}
    assert said == known


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        ("ValueError", "the matrix is not what you think"),
        ("RuntimeError", "None of the above"),
        ("AssertionError", ""),
        ("TypeError", "f() got 3 things, shapes (2,) (3,)"),
    ],
)
def test_what_is_not_known_is_not_explained(type_, message):
    assert explain(Scene(type_, message, code="x = q @ k")) == ("", {})
