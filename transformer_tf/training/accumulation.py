"""A large batch in small parts. TensorFlow's own (GradientTape, tf.distribute)."""

from typing import Any

import keras
import tensorflow as tf

from transformer_tf.annotations import Tensor
from transformer_tf.attention.implicit_mask import implicit_mask


def accumulate_gradients(
    model: Any,
    loss: Any,
    inputs: Any,
    targets: Tensor,
    parts: int,
    sample_weight: Tensor = None,
    optimizer: Any = None,
):
    """The gradients of a batch that need not fit in memory as a whole.

    The batch is read in equal parts, one after the other. Each part counts as much as
    it has targets that count, so that the result is the whole batch's gradient also
    where padding is spread unevenly; an average of the parts' averages is not.

        value, gradients = accumulate_gradients(model, loss, ids, targets, parts=4)
        optimizer.apply(gradients, model.trainable_variables)

    Works eagerly, in `tf.function`, under XLA, and inside `strategy.run` of a
    `tf.distribute.MirroredStrategy`, where `optimizer.apply` sums the replicas'
    gradients: their targets are counted together, so that the sum is the gradient of
    the global batch. (Keras' `gradient_accumulation_steps` fails there; several
    machines, where `fit` fails too, are in `distribution.md` beside this file.)
    Dropout draws anew for each part, as it would for separate batches.

    Args:
        model: A built model or layer, called with `training=True`.
        loss: A `keras.losses.Loss` that averages, over the targets that count as those
            of this library do, or as Keras' own, padding masks included.
        inputs, targets: Tensors, or nests of tensors for the inputs; axis 0 is batch.
        parts: Number of parts; divides the batch.
        sample_weight: [batch] or [batch, length] floats, optional.
        optimizer: Under mixed_float16 the one that will apply the gradients: it scales
            the loss before them.

    Returns:
        value: A float32 scalar, the loss of the global batch.
        gradients: A list, one tensor for each of `model.trainable_variables`.

    Raises:
        ValueError: `parts` does not divide the batch, or is not positive; the loss
            sums or does not reduce.

    Example:
        >>> sizes = {"vocabulary_size": 9, "dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(max_length=6, **sizes))
        >>> model.build((None, 4))
        >>> ids, targets = np.array([[[1, 2, 3]] * 4, [[2, 3, 4]] * 4])
        >>> loss, gradients = accumulate_gradients(
        ...     model, TokenCrossEntropy(), ids, targets, parts=2
        ... )
        >>> optimizer = keras.optimizers.Adam()
        >>> optimizer.apply(gradients, model.trainable_variables)
    """
    check_loss(loss)
    batch = {"x": inputs, "y": targets, "w": sample_weight}
    batch = {name: part for name, part in batch.items() if part is not None}
    batch = tf.nest.map_structure(lambda x: split(x, parts), batch)
    variables = [v.value for v in model.trainable_variables]
    replicas = tf.distribute.get_strategy().num_replicas_in_sync

    def add_part(number, weights, values, sums):
        part = tf.nest.map_structure(lambda x: x[number], batch)
        x, y, sample_weight = part["x"], part["y"], part.get("w")
        with tf.GradientTape() as tape:
            outputs = model(x, training=True)
            # Keras divides by the number of replicas, which the last line covers.
            mean = loss(y, outputs, sample_weight) * replicas + sum(model.losses)
            weight = part_weight(loss, y, sample_weight, implicit_mask(outputs))
            scaled = mean if optimizer is None else optimizer.scale_loss(mean)
            scaled *= weight
        gradients = tape.gradient(
            scaled, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        sums = [total + gradient for total, gradient in zip(sums, gradients)]
        return number + 1, weights + weight, values + mean * weight, sums

    nothing = tf.constant(0.0)
    _, weights, values, sums = tf.while_loop(
        lambda number, *_: number < parts,
        add_part,
        (0, nothing, nothing, [tf.zeros_like(v) for v in variables]),
        parallel_iterations=1,
        maximum_iterations=parts,
    )
    if replicas > 1:
        context = tf.distribute.get_replica_context()
        both = context.all_reduce(tf.distribute.ReduceOp.SUM, [weights, values])
        weights, values = both
    value = tf.math.divide_no_nan(values, weights)
    return value, [tf.math.divide_no_nan(total, weights) for total in sums]


def check_loss(loss):
    if getattr(loss, "reduction", None) in (None, "none", "sum"):
        raise ValueError(
            "loss must average, as reduction='mean_with_sample_weight' does; got "
            f"{loss!r} with reduction={getattr(loss, 'reduction', None)!r}"
        )


def split(tensor, parts):
    """[batch, ...] -> [parts, batch / parts, ...]"""
    tensor = tf.convert_to_tensor(tensor)
    batch = tensor.shape[0]
    if parts < 1 or (batch is not None and batch % parts):
        raise ValueError(f"parts must divide the batch; got {parts} parts of {batch}")
    sizes = tf.concat([[parts, tf.shape(tensor)[0] // parts], tf.shape(tensor)[1:]], 0)
    return tf.ensure_shape(
        tf.reshape(tensor, sizes),
        (parts, None if batch is None else batch // parts, *tensor.shape[1:]),
    )


def part_weight(loss, targets, sample_weight, mask):
    """How much a part's average weighs: the share of it that the loss averaged."""
    if hasattr(loss, "counts"):
        counts = loss.counts(targets, sample_weight)
    elif sample_weight is not None and loss.reduction == "mean_with_sample_weight":
        counts = keras.ops.cast(sample_weight, "float32")
    else:
        counts = tf.constant(1.0)
    if mask is not None:
        counts *= keras.ops.cast(mask, "float32")
    return tf.reduce_mean(counts)
