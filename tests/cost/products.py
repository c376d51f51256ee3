"""Counts the floating-point operations of every matrix product that is executed.

TensorFlow tells of each operation that it runs eagerly, with the tensors that went in
and came out; what the calculator says is not asked.
"""

import math

import keras
import tensorflow as tf
from keras import ops
from tensorflow.python.framework import op_callbacks


def executed_flops(call):
    """Operations of the products in a call, a multiplication and an addition each.

    Args:
        call: A function without arguments. Functions that it compiles run eagerly.
    """
    total = 0

    def tell(op_type, inputs, attrs, outputs, op_name=None, graph=None):
        nonlocal total
        name = op_type.decode() if isinstance(op_type, bytes) else op_type
        assert "Einsum" not in name and "Conv" not in name
        if graph is None and "MatMul" in name:
            total += _flops(inputs, attrs, outputs)

    tf.config.run_functions_eagerly(True)
    op_callbacks.add_op_callback(tell)
    try:
        call()
    finally:
        op_callbacks.remove_op_callback(tell)
        tf.config.run_functions_eagerly(False)
    return total


def _flops(inputs, attrs, outputs):
    """Of [..., rows, inner] x [..., inner, columns]; either may come transposed."""
    options = dict(zip(attrs[::2], attrs[1::2]))
    options = {k.decode() if isinstance(k, bytes) else k: options[k] for k in options}
    transposed = options.get("transpose_a") or options.get("adj_x")
    inner = inputs[0].shape[-2 if transposed else -1]
    return 2 * math.prod(outputs[0].shape) * inner


def map_in_python(function, xs):
    """`keras.ops.map` by its definition: Keras calls the function once too often, to
    see what it returns, and a graph leaves that call out."""
    count = keras.tree.flatten(xs)[0].shape[0]

    def part(number):
        return keras.tree.map_structure(lambda x: x[number], xs)

    results = [function(part(number)) for number in range(count)]
    return keras.tree.map_structure(lambda *parts: ops.stack(parts), *results)
