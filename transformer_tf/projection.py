"""A dense layer whose product, bias and activation can run as one operation."""

from contextlib import contextmanager
from contextvars import ContextVar

import keras
from keras import ops

from transformer_tf.initializers import initializer_for

_parts: ContextVar[int] = ContextVar("parts", default=1)
"""In how many operations, each on a part of the rows, `on_rows` computes."""

_kernels_are_constants: ContextVar[bool] = ContextVar("constants", default=False)
"""Whether a graph that is traced takes the kernels as they are now, as constants."""


@keras.saving.register_keras_serializable(package="transformer_tf")
class Projection(keras.layers.Dense):
    """Keras' `Dense`, which multiplies the positions of all sequences as rows.

    A product of three axes and two is a reshape, a product and a reshape in TensorFlow.
    Keras adds the bias after the second one, where a graph's optimizer no longer merges
    it with the product. Here bias and activation follow the product, on two axes.

    Args:
        units: Features of the output.
        **kwargs: As for `keras.layers.Dense`.

    Call:
        inputs: [..., features] floats.

    Returns:
        [..., units] floats.

    Example:
        >>> layer = Projection(3, activation="relu")
        >>> print(layer(ops.ones((2, 7, 8))).shape)
        (2, 7, 3)
    """

    def call(self, inputs, training=None):
        return on_rows(super().call, inputs)

    @property
    def kernel(self):
        if not _kernels_are_constants.get():
            return super().kernel
        import tensorflow as tf

        if tf.executing_eagerly():
            return super().kernel
        with tf.init_scope():  # outside of the graph, where the kernel has numbers
            kernel = ops.convert_to_numpy(super().kernel)
        return tf.constant(kernel)

    def quantize(self, mode=None, type_check=True, config=None):
        # Keras quantizes no subclass unless told that it may.
        super().quantize(mode, type_check=False, config=config)


def new_projection(layer, name, input_shape, units, use_bias=True):
    """A projection, built, that is a part of `layer`: of its dtypes and initializer."""
    projection = Projection(
        units,
        use_bias=use_bias,
        kernel_initializer=initializer_for(layer.kernel_initializer, name),
        dtype=layer.dtype_policy,
        name=name,
    )
    projection.build(input_shape)
    return projection


def on_rows(compute, inputs):
    """[..., features] -> [..., units]: a function of [rows, features], on all rows.

    Under another backend than TensorFlow the inputs keep their axes: XLA merges what
    follows a product on any.
    """
    *leading, features = ops.shape(inputs)
    if len(leading) < 2 or keras.backend.backend() != "tensorflow":
        return compute(inputs)
    outputs = _in_parts(compute, ops.reshape(inputs, (-1, features)))
    return ops.reshape(outputs, (*leading, outputs.shape[-1]))


@contextmanager
def rows_in_parts(parts):
    """Products in a graph that is traced here take the rows in parts, side by side."""
    before = _parts.set(parts)
    try:
        yield
    finally:
        _parts.reset(before)


@contextmanager
def constant_kernels():
    """A graph that is traced here holds the kernels of projections as constants."""
    before = _kernels_are_constants.set(True)
    try:
        yield
    finally:
        _kernels_are_constants.reset(before)


def _in_parts(compute, x):
    """[rows, features] -> [rows, units]"""
    parts = _parts.get()
    if parts == 1:
        return compute(x)
    rows = ops.shape(x)[0]
    ends = [rows * part // parts for part in range(parts + 1)]
    outputs = [compute(x[start:end]) for start, end in zip(ends, ends[1:])]
    return ops.concatenate(outputs, axis=0)
