"""TensorFlow's own. One update of a model's weights, on one device or on many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from transformer_tf.keras_internals import gradients_come_summed
from transformer_tf.training.accumulation import accumulate_gradients


def new_step(
    model: Any, optimizer: Any, loss: Any, parts: int = 1, compile: bool = True
) -> Callable[[Any, Any], Any]:
    """A compiled step: inputs and targets of a global batch to its loss.

    On several devices, of this machine or of several, each reads its rows of the batch,
    and all have the weights that one device would have: every target counts once
    wherever it is, and gradients are clipped when they are summed.

    Args:
        model: Built, in the scope of the strategy that is in force now.
        optimizer: Built for `model.trainable_variables`.
        loss: As of `accumulate_gradients`.
        parts: Into how many parts a device's rows are cut; divides them.
        compile: Whether XLA compiles the step; on several devices it does not.

    Returns:
        A function; nests of tensors [batch, ...] to a float32 scalar. `batch` is
        divided by the number of devices.
    """
    strategy = tf.distribute.get_strategy()
    replicas = strategy.num_replicas_in_sync
    if replicas > 1:
        gradients_come_summed(optimizer)

    def on_replica(inputs, targets):
        value, gradients = accumulate_gradients(
            model, loss, inputs, targets, parts, optimizer=optimizer
        )
        if replicas > 1:
            context = tf.distribute.get_replica_context()
            gradients = context.all_reduce(tf.distribute.ReduceOp.SUM, gradients)
        optimizer.apply(gradients, model.trainable_variables)
        return value

    if replicas == 1:
        return tf.function(on_replica, jit_compile=compile)

    @tf.function
    def on_all(inputs, targets):
        values = strategy.run(on_replica, (inputs, targets))
        return strategy.experimental_local_results(values)[0]

    def step(inputs, targets):
        return on_all(*_shares(strategy, (inputs, targets)))

    return step


def _shares(strategy, batch):
    """Every replica's rows of a global batch."""
    replicas = strategy.num_replicas_in_sync

    def share(context):
        number = context.replica_id_in_sync_group

        def rows(tensor):
            size = tensor.shape[0] // replicas
            return tensor[number * size : (number + 1) * size]

        return tf.nest.map_structure(rows, batch)

    return strategy.experimental_distribute_values_from_function(share)
