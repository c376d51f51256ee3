"""The bytes that compiled programs of a shape ask TensorFlow for."""

import keras
import numpy as np
import tensorflow as tf

import transformer_tf as t
from benchmarks.allocated import UNTOLD, peak_bytes

LOSSES = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def measured_bytes(shape, folder):
    """(bytes of a forward pass, bytes of a training step) beside the weights.

    What is too small for the profiler is added where it is known: the output, and the
    gradients, which the step hands out.

    Args:
        shape: A `Shape`.
        folder: For the profiler's files.
    """
    model = shape.kind(shape.config, **shape.head)
    model.build()
    ids, targets, inputs = _inputs(shape)
    forward = tf.function(lambda x: model(x, training=False), jit_compile=True)
    outputs = tf.nest.flatten(forward(inputs))
    of_forward = peak_bytes(lambda: forward(inputs), folder / "forward")

    def step(inputs):
        with tf.GradientTape() as tape:
            loss = _loss(model(inputs, training=True), shape, ids, targets)
        variables = [v.value for v in model.trainable_variables]
        gradients = tape.gradient(loss, variables)
        # Those of tables that are looked up in, too, as optimizers need them. Global
        # projections have none where no position is global.
        dense = [tf.convert_to_tensor(x) for x in gradients if x is not None]
        return loss, dense

    step = tf.function(step, jit_compile=True)
    step(inputs)
    of_step = peak_bytes(lambda: step(inputs), folder / "step")
    weights = model.trainable_variables
    return of_forward + _untold(outputs), of_step + _untold(weights)


def _untold(arrays):
    sizes = [4 * int(np.prod(x.shape)) for x in arrays]
    return sum(size for size in sizes if size < UNTOLD)


def _inputs(shape):
    rng = np.random.default_rng(0)

    def draw(length):
        size = shape.config.vocabulary_size
        return tf.constant(rng.integers(5, size, (shape.batch, length)))

    ids = draw(shape.length)
    if shape.target is None:
        return ids, ids, ids
    targets = draw(shape.target)
    return ids, targets, {"source_ids": ids, "target_ids": targets}


def _loss(outputs, shape, ids, targets):
    kind, classes = shape.kind, shape.head.get("num_classes", 2)
    if kind is t.SequenceClassifier:
        return LOSSES(ids[:, 0] % classes, outputs)
    if kind is t.TokenClassifier:
        return LOSSES(ids % classes, outputs)
    if kind is t.ReplacedTokenDetector:
        told = tf.cast(ids % 2, outputs.dtype)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(told, outputs))
    if kind is t.SpanQuestionAnswerer:
        starts, ends = outputs["start"], outputs["end"]
        return LOSSES(ids[:, 0] % 2, starts) + LOSSES(ids[:, 0] % 2, ends)
    if kind is t.PretrainingModel:
        tokens, pairs = tf.nest.flatten(outputs)
        return LOSSES(ids, tokens) + LOSSES(ids[:, 0] % 2, pairs)
    return LOSSES(targets, outputs)
