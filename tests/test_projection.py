"""`Projection` beside Keras' `Dense`: the same numbers, in one operation of a graph."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.every_model import NAMES, call, inputs_of, new_model
from tests.selection import table
from transformer_tf import FeedForward
from transformer_tf.projection import Projection

OFTEN = "encoder", "encoder_decoder", "causal", "masked", "transformer_xl"


def pair(**options):
    """A projection and Keras' own layer with the same weights, [..., 8] -> [..., 3]."""
    ours, theirs = Projection(3, **options), keras.layers.Dense(3, **options)
    for layer in (ours, theirs):
        layer.build((None, None, 8))
    rng = np.random.default_rng(0)
    for weight, other in zip(ours.weights, theirs.weights):
        weight.assign(rng.normal(size=weight.shape))
        other.assign(weight)
    return ours, theirs


@pytest.mark.parametrize("shape", [(8,), (5, 8), (2, 5, 8), (2, 3, 5, 8), (0, 5, 8)])
@pytest.mark.parametrize("options", [{}, {"activation": "gelu"}, {"use_bias": False}])
def test_any_number_of_axes_gives_what_dense_gives(shape, options):
    ours, theirs = pair(**options)
    x = np.random.default_rng(1).normal(size=shape).astype("float32")
    if len(shape) == 1:
        with pytest.raises(ValueError, match="ndim"):
            ours(x)
        return
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("mode", ["int8", "int4", "float8"])
def test_it_is_quantized_as_dense_is(mode):
    ours, theirs = pair()
    for layer in (ours, theirs):
        layer.quantize(mode)
    x = np.random.default_rng(2).normal(size=(2, 5, 8)).astype("float32")
    assert ours.quantization_mode == mode
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-6, atol=1e-6)


def test_low_rank_factors_join_the_kernel():
    ours, theirs = pair()
    for layer in (ours, theirs):
        layer.enable_lora(2)
        layer.lora_kernel_a.assign(np.ones((8, 2)))
        layer.lora_kernel_b.assign(np.ones((2, 3)))
    x = np.random.default_rng(3).normal(size=(2, 5, 8)).astype("float32")
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-5, atol=1e-5)


def test_a_model_of_it_is_saved_and_loaded(tmp_path):
    inputs = keras.Input((None, 8))
    model = keras.Model(inputs, Projection(3, activation="relu")(inputs))
    model.save(tmp_path / "model.keras")
    x = np.random.default_rng(4).normal(size=(2, 5, 8)).astype("float32")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(x), model(x))


def operations(graph):
    """(kind, kinds of the inputs) of all operations, of called functions too."""
    definition = graph.as_graph_def()
    functions = [function.node_def for function in definition.library.function]
    for nodes in (definition.node, *functions):
        kinds = {node.name: node.op for node in nodes}
        for node in nodes:
            yield node.op, [kinds.get(name.split(":")[0]) for name in node.input]


@pytest.mark.parametrize("name", table(NAMES, OFTEN))
def test_a_bias_follows_its_product_in_the_graph_of_every_model(name):
    """So that an optimizer may merge the two; and then it computes the same."""
    model, inputs = new_model(name), inputs_of(name)
    compiled = tf.function(lambda: call(model, name, inputs), autograph=False)
    graph = compiled.get_concrete_function().graph
    biased = {inputs[0] for kind, inputs in operations(graph) if kind == "BiasAdd"}
    assert biased <= {"MatMul"}  # T5 has no biases
    for one, other in zip(
        tf.nest.flatten(compiled()), tf.nest.flatten(call(model, name, inputs))
    ):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("activation", ["relu", "gelu", "gelu_tanh"])
def test_an_activation_follows_the_bias(activation):
    layer = FeedForward(16, activation)
    layer.build((None, None, 8))
    compiled = tf.function(layer, autograph=False)
    graph = compiled.get_concrete_function(tf.TensorSpec([None, None, 8])).graph
    reshaped = {inputs[0] for kind, inputs in operations(graph) if kind == "Reshape"}
    assert "BiasAdd" in reshaped  # of the second product alone
    activated = [kind for kind, inputs in operations(graph) if "BiasAdd" in inputs]
    assert activated.count("Reshape") == 1


def test_an_activation_that_is_a_function_sees_all_axes():
    seen = []

    def activation(x):
        seen.append(len(x.shape))
        return x

    FeedForward(16, activation)(np.ones((2, 5, 8), "float32"))
    assert set(seen) == {3}


def test_what_stands_in_for_the_first_product_is_followed_by_the_activation():
    layer = FeedForward(16, "relu")
    layer.build((None, None, 8))
    layer.up_projection = lambda x: keras.ops.concatenate([-x, -x], axis=-1)
    assert len(layer.expand(np.ones((2, 5, 8), "float32")).shape) == 3
    np.testing.assert_array_equal(layer.expand(np.ones((2, 5, 8), "float32")), 0.0)
