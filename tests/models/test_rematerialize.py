"""`rematerialize=True` in a config: other memory, the same learning, in every model."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.every_model import (
    NAMES,
    POSITIONAL,
    SMALL,
    inputs_of,
    new_loss,
    new_model,
    targets_of,
)

OFTEN = ("causal_llama", "seq2seq_t5")
DROPOUT = {"dropout": 0.2, "attention_dropout": 0.2, "activation_dropout": 0.1}


def model_of(name, rematerialize):
    """The model of that name, with dropout, two layers and its own random draws."""
    template = new_model(name)
    changes = {**DROPOUT, "num_layers": 2, "rematerialize": rematerialize}
    config = template.get_config()
    body = keras.saving.deserialize_keras_object(config["body"])
    keras.utils.set_random_seed(3)
    if isinstance(body, keras.layers.Layer):
        body = type(body)(body.config.with_changes(**changes))
    else:
        body = body.with_changes(**changes)
    body = keras.saving.serialize_keras_object(body)
    return template.from_config({**config, "body": body})


def gradients(model, name):
    """Loss and gradients of one training step, and how many products it takes."""
    inputs, targets = inputs_of(name), targets_of(name)
    model(inputs)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            outputs = keras.tree.flatten(model(inputs, training=True))
            losses = keras.tree.flatten(new_loss(name))
            loss = sum(
                one(target, output)
                for one, target, output in zip(
                    losses, keras.tree.flatten(targets), outputs, strict=True
                )
            )
        variables = [v.value for v in model.trainable_variables]
        found = tape.gradient(
            loss, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        return loss, [tf.convert_to_tensor(one) for one in found]

    graph = step.get_concrete_function().graph
    products = sum("MatMul" in op.type for op in all_operations(graph))
    return *step(), products


def all_operations(graph):
    """The operations of a graph and of the functions that it calls."""
    yield from graph.get_operations()
    for function in graph._functions.values():
        yield from function.graph.get_operations()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=() if n in OFTEN else pytest.mark.full)
        for n in NAMES
        if n not in POSITIONAL
    ],
)
def test_gradients_are_those_of_the_plain_model(name):
    assert SMALL["dropout"] == 0  # it is turned on here
    loss, expected, products = gradients(model_of(name, False), name)
    again, got, more_products = gradients(model_of(name, True), name)
    np.testing.assert_allclose(again, loss, rtol=1e-5)
    assert more_products > products, "nothing was computed again"
    moved = 0
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
        moved += bool(np.any(other))
    assert moved > len(expected) / 2
