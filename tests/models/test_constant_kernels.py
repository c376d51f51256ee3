"""A graph that holds the kernels of projections computes what the model does."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.every_model import NAMES, POSITIONAL, inputs_of, new_model
from tests.selection import table
from transformer_tf import ConstantKernels, MicroBatches
from transformer_tf.projection import Projection, constant_kernels

OFTEN = "encoder", "choice", "seq2seq_t5"


def assert_same(got, expected):
    got, expected = (keras.tree.flatten(x) for x in (got, expected))
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def projection(dtype=None):
    layer = Projection(3, dtype=dtype)
    layer.build((None, 8))
    return layer


def kernels(graph):
    """The types of the operations that every product of a graph reads its kernel from.

    Calls are followed, and what only passes a tensor on.
    """
    types = []
    for op in graph.get_operations():
        if op.type.endswith("PartitionedCall"):
            types += kernels(graph._get_function(op.get_attr("f").name).graph)
        elif op.type == "MatMul":
            kernel = op.inputs[1].op
            while kernel.type in ("Identity", "Cast"):
                kernel = kernel.inputs[0].op
            types.append(kernel.type)
    return types


def graph_of(call, *inputs):
    return tf.function(call, autograph=False).get_concrete_function(*inputs).graph


@pytest.mark.parametrize("name", table(NAMES, OFTEN))
def test_every_model_gives_what_it_gives_with_variables(name):
    model, inputs = new_model(name), inputs_of(name)
    given = tuple(inputs.values()) if name in POSITIONAL else (inputs,)
    expected = model(*given)
    constant = ConstantKernels(model)
    graph = tf.function(lambda *given: constant(*given), autograph=False)
    assert_same(graph(*given), expected)
    assert_same(MicroBatches(constant, parts=2)(*given), expected)


@pytest.mark.parametrize("dtype", ["bfloat16", "mixed_bfloat16"])
def test_sixteen_bits_are_as_near_to_the_exact_states(dtype):
    """Constants choose other kernels of oneDNN; a layer norm merged wrongly is 0.5 off.

    The bound is that of `bfloat16`'s eight bits, 2^-8, on states of about 1, summed
    over a layer's few roundings.
    """
    model, ids = new_model("encoder"), inputs_of("encoder")["ids"]
    exact = model(ids)
    half = type(model)(model.config, dtype=dtype)
    half.build()
    half.set_weights(model.get_weights())
    in_parts = MicroBatches(ConstantKernels(half), parts=2)(ids)
    assert in_parts.dtype == "bfloat16"
    assert 0 < np.abs(tf.cast(in_parts, "float32") - exact).max() < 0.06


def test_every_product_of_a_projection_reads_a_constant():
    model, ids = new_model("sequence"), tf.constant(inputs_of("sequence")["ids"])
    model(ids)
    projections = [x for x in model._flatten_layers() if isinstance(x, Projection)]
    expected = ["Const"] * len(projections)
    assert len(projections) >= 6  # 4 of attention, 2 of feed-forward
    found = kernels(graph_of(lambda ids: ConstantKernels(model)(ids), ids))
    assert found == expected
    assert "Const" not in kernels(graph_of(lambda ids: model(ids), ids))
    in_parts = MicroBatches(ConstantKernels(model), parts=2)
    assert kernels(graph_of(lambda ids: in_parts(ids), ids)) == 2 * expected


def test_other_weights_stay_variables():
    """Scales that are constants let TensorFlow merge a layer norm to a wrong one."""
    model, ids = new_model("encoder"), tf.constant(inputs_of("encoder")["ids"])
    model(ids)
    constant = ConstantKernels(model)
    graph = tf.function(lambda ids: constant(ids), autograph=False)
    captured = {id(x) for x, _ in graph.get_concrete_function(ids).graph.captures}
    for weight in model.weights:
        is_captured = id(weight.value.handle) in captured
        assert is_captured != weight.path.endswith("/kernel"), weight.path


def test_a_graph_keeps_the_kernel_of_its_time():
    layer, x = projection(), tf.ones((2, 8))
    constant = ConstantKernels(layer)
    first = tf.function(lambda: constant(x), autograph=False)
    before = layer(x)
    assert_same(first(), before)
    layer.kernel.assign(2 * layer.kernel)
    assert_same(first(), before)
    assert_same(tf.function(lambda: constant(x), autograph=False)(), 2 * before)
    assert_same(constant(x), 2 * before)  # outside of a graph


def test_an_adapter_is_part_of_the_constant():
    layer, x = projection(), tf.ones((2, 8))
    layer.enable_lora(2)
    layer.lora_kernel_b.assign(np.ones((2, 3)))
    graph = tf.function(lambda: ConstantKernels(layer)(x), autograph=False)
    assert_same(graph(), np.ones((2, 8)) @ np.array(layer.kernel))
    assert kernels(graph.get_concrete_function().graph) == ["Const"]


def test_eight_bits_stay_as_they_are():
    layer, x = projection(), np.random.default_rng(0).normal(size=(2, 8))
    layer.quantize("int8")
    graph = tf.function(lambda x: ConstantKernels(layer)(x), autograph=False)
    assert_same(graph(x.astype("float32")), layer(x))


def test_constants_end_with_the_block_even_after_an_error():
    layer, x = projection(), tf.ones((2, 8))
    with pytest.raises(RuntimeError), constant_kernels():
        raise RuntimeError
    assert kernels(graph_of(layer, x)) != ["Const"]


def test_a_function_is_refused():
    """It may hold graphs already."""
    with pytest.raises(TypeError, match="a layer or a model; got function"):
        ConstantKernels(lambda x: x)
    with pytest.raises(TypeError, match="got MicroBatches. Wrap the model first"):
        ConstantKernels(MicroBatches(projection(), parts=2))


def test_weights_must_be_there_first():
    model, ids = new_model("encoder"), inputs_of("encoder")["ids"]
    in_parts = MicroBatches(ConstantKernels(model), parts=2)
    with pytest.raises(ValueError, match="build it, or call it once"):
        in_parts(ids)
    expected = model(ids)
    assert_same(in_parts(ids), expected)


def test_another_backend_is_named(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match="tensorflow backend; got jax"):
        ConstantKernels(projection())
