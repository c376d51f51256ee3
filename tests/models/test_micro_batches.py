"""The parts of a batch, computed side by side, are the batch."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2,
)

from tests.models.every_model import NAMES, POSITIONAL, inputs_of, new_model
from tests.selection import table
from transformer_tf import MicroBatches
from transformer_tf.projection import Projection, rows_in_parts

OFTEN = "encoder", "choice", "span", "seq2seq_t5"  # a tensor, more axes, a tuple, two


def assert_same(got, expected):
    got, expected = (keras.tree.flatten(x) for x in (got, expected))
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def products_before(tensor):
    """The names of all products that a tensor of a graph waits for."""
    seen, waiting = set(), [tensor.op]
    while waiting:
        op = waiting.pop()
        if op.name not in seen:
            seen.add(op.name)
            waiting += [x.op for x in op.inputs] + list(op.control_inputs)
    return {name for name in seen if "MatMul" in name}


def parts_of(function, *inputs):
    """What the last operation of a graph joins."""
    graph = tf.function(function, autograph=False).get_concrete_function(*inputs)
    (output,) = convert_variables_to_constants_v2(graph).outputs  # and calls inlined
    while output.op.type != "ConcatV2":
        output = output.op.inputs[0]
    return output.op.inputs[:-1]


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("name", table(NAMES, OFTEN))
def test_every_model_gives_what_it_gives_for_the_whole_batch(name, rows):
    model, inputs = new_model(name), inputs_of(name, batch=rows)
    given = tuple(inputs.values()) if name in POSITIONAL else (inputs,)
    assert_same(MicroBatches(model, parts=3)(*given), model(*given))


def test_parts_wait_for_nothing_of_each_other():
    model, ids = new_model("encoder"), inputs_of("encoder")["ids"]
    parts = parts_of(MicroBatches(model, parts=2), tf.constant(ids))
    one, other = map(products_before, parts)
    assert len(one) == len(other) > 0
    assert not one & other


def test_fewer_rows_than_parts_are_products_on_some_positions():
    layer, x = Projection(3), np.ones((1, 9, 5), "float32")
    layer.build(x.shape)
    parts = parts_of(MicroBatches(layer, parts=2), tf.constant(x))
    assert [part.shape for part in parts] == [(4, 3), (5, 3)]
    one, other = map(products_before, parts)
    assert len(one) == len(other) == 1
    assert one != other


@pytest.mark.parametrize("shape", [(2, 8), (1, 1, 8), (0, 5, 8), (2, 3, 5, 8)])
def test_positions_in_parts_give_the_same_products(shape):
    layer = Projection(3, activation="gelu")
    layer.build((None, 8))
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    with rows_in_parts(4):
        in_parts = layer(x)
    assert in_parts.shape == (*shape[:-1], 3)
    expected = x @ np.array(layer.kernel)
    np.testing.assert_allclose(in_parts, keras.ops.gelu(expected, False), atol=1e-5)


def test_parts_of_positions_end_with_the_block_even_after_an_error():
    layer, x = Projection(3), np.ones((1, 9, 5), "float32")
    with pytest.raises(RuntimeError), rows_in_parts(2):
        raise RuntimeError
    graph = tf.function(layer, autograph=False).get_concrete_function(x).graph
    assert [op.type for op in graph.get_operations()].count("MatMul") == 1


def test_a_graph_of_any_batch_takes_batches_smaller_than_its_parts():
    model = new_model("encoder")
    in_parts = MicroBatches(model, parts=3)
    serve = tf.function(
        lambda ids: in_parts(ids),
        input_signature=[tf.TensorSpec([None, None], "int32")],
        autograph=False,
    )
    for rows in (0, 1, 2, 5):
        ids = inputs_of("encoder", batch=rows)["ids"]
        assert_same(serve(ids), model(ids))


def test_few_graphs_serve_all_sizes():
    traced = []

    def double(x):
        traced.append(x.shape)
        return {"twice": 2 * x}

    in_parts = MicroBatches(double, parts=2)
    for rows in (1, 2, 3, 4, 7):
        for length in (3, 5, 8):
            x = np.random.default_rng(0).normal(size=(rows, length))
            np.testing.assert_array_equal(in_parts(x=x)["twice"], 2 * x)
    # One row: two graphs, with one call. More: three, with two calls each.
    assert len(traced) <= 2 + 3 * 2


def test_weights_that_change_are_read():
    model, ids = new_model("encoder"), inputs_of("encoder")["ids"]
    in_parts = MicroBatches(model, parts=2)
    before = in_parts(ids)
    model.set_weights([1.5 * weight for weight in model.get_weights()])
    assert np.abs(before - in_parts(ids)).max() > 0.01
    assert_same(in_parts(ids), model(ids))


@pytest.mark.parametrize(
    "inputs, said",
    [
        ((), "no inputs"),
        ((np.float32(3),), r"first axis; got shapes \(\)"),
        ((np.ones((2, 3)), np.ones((3, 3))), r"\(2, 3\), \(3, 3\)"),
    ],
)
def test_inputs_without_a_common_batch_are_refused(inputs, said):
    with pytest.raises(ValueError, match=said):
        MicroBatches(lambda *x: x, parts=2)(*inputs)


@pytest.mark.parametrize("parts", [0, -1, 1.5, True, None])
def test_parts_must_be_a_positive_number(parts):
    with pytest.raises((TypeError, ValueError), match="parts must be"):
        MicroBatches(lambda x: x, parts)


def test_another_backend_is_named(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match="tensorflow backend; got jax"):
        MicroBatches(lambda x: x, parts=2)
