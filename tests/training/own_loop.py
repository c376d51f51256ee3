"""A training loop of one's own under a strategy, for the tests of several devices."""

import keras
import numpy as np
import tensorflow as tf

import transformer_tf
from tests.training.tiny import tiny_data, tiny_model
from transformer_tf.training import accumulate_gradients

STEPS, ROWS = 3, 8


def batches():
    return [tiny_data(ROWS, np.random.default_rng(step)) for step in range(STEPS)]


def own_loop(strategy, parts, wrap=lambda block: block, dropout=0.0):
    """Weights after some steps of SGD in a loop of our own."""
    with strategy.scope():
        model = tiny_model(dropout, blocks=1, wrap=wrap)
        optimizer = keras.optimizers.SGD(0.5)
        optimizer.build(model.trainable_variables)
    loss = transformer_tf.TokenCrossEntropy()

    def replica_step(inputs, targets):
        _, gradients = accumulate_gradients(model, loss, inputs, targets, parts)
        optimizer.apply(gradients, model.trainable_variables)

    @tf.function
    def step(inputs, targets):
        strategy.run(replica_step, (inputs, targets))

    dataset = tf.data.Dataset.from_generator(
        lambda: iter(batches()),
        output_signature=(tf.TensorSpec([ROWS, None], tf.int64),) * 2,
    )
    options = tf.data.Options()  # there are no files to share among processes
    policy = tf.data.experimental.AutoShardPolicy.DATA
    options.experimental_distribute.auto_shard_policy = policy
    dataset = dataset.unbatch().batch(ROWS, drop_remainder=True).with_options(options)
    for inputs, targets in strategy.experimental_distribute_dataset(dataset):
        step(inputs, targets)
    return model.get_weights()
