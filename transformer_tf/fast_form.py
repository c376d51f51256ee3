"""Fast forms: what a decoding loop may compute in place of a layer's `call`.

A layer that owns weights may arrange them once for all steps (`prepare`) and compute a
step from that (`step`). A class vouches only for itself: a subclass that changes `call`
has no fast form unless it defines one, and neither has a layer whose parts were
exchanged or quantized. Their `call` runs instead, with the same cache. (LoRA is plain:
a kernel is read with what its factors add.)
"""

import functools
import inspect
from typing import Any

import keras
from keras import ops

from transformer_tf.projection import Projection

KEPT_BY_KERAS = {"build", "quantize", "loss"}
"""Names of methods under which Keras itself keeps something on an instance."""


def prepare(layer, *arguments):
    """Arranges the layer's weights for its `step`.

    Args:
        layer: Any layer.
        *arguments: What its `prepare` takes.

    Returns:
        A dict of tensors, {} where only `call` computes what this layer computes.
    """
    return layer.prepare(*arguments) if has_fast_form(layer) else {}


def has_fast_form(layer):
    """Whether the layer's own class defines one, and nobody replaced a method since."""
    kind = type(layer)
    if "prepare" not in vars(kind):
        return False
    trusted = {"keras", "transformer_tf", kind.__module__.split(".")[0]}
    methods = {name: m for name, m in vars(kind).items() if inspect.isfunction(m)}
    if any(m.__module__.split(".")[0] not in trusted for m in methods.values()):
        return False
    return not replaced_methods(layer)


def is_overridden(layer, name):
    """Whether a method of this library was replaced, in a subclass or anywhere else."""
    method = getattr(type(layer), name)
    return name in vars(layer) or method.__module__.split(".")[0] != "transformer_tf"


def replaced_methods(layer):
    """The methods that were exchanged on this one layer, by name."""
    kind: Any = type(layer)
    # Names first: a layer has dozens of attributes, and generation asks at every call.
    names = _names_in(kind)
    return {
        name: value
        for name, value in vars(layer).items()
        if name in names and callable(value) and callable(getattr(kind, name))
    }


@functools.cache
def _names_in(kind):
    """What a class and its bases define, but for what Keras keeps on an instance."""
    names = {name for base in kind.__mro__ for name in vars(base)}
    return frozenset(names - KEPT_BY_KERAS)


def is_plain(dense, dtype):
    """Whether a projection is x @ kernel + bias in this dtype, and nothing else."""
    return (
        type(dense) in (Projection, keras.layers.Dense)
        and not replaced_methods(dense)
        and dense.activation is keras.activations.linear
        and dense.quantization_mode is None
        and dense.compute_dtype == dtype
    )


def prepare_dense(dense):
    """The kernel and the negated bias of a plain Dense layer.

    XLA on a CPU merges a sum with the product of a matrix and a vector into a loop of
    one thread, a difference it leaves to all of them. Where there is no bias, zeros
    that the compiler does not know to be zeros.
    """
    kernel = ops.cast(dense.kernel, dense.compute_dtype)
    if dense.bias is None:
        return kernel, kernel[0] * 0.0
    return kernel, -ops.cast(dense.bias, dense.compute_dtype)


def join(*prepared):
    """Several prepared projections of one input as a single one."""
    return tuple(ops.concatenate(parts, axis=-1) for parts in zip(*prepared))


def project(x, prepared):
    """[..., dim] -> [..., units]"""
    kernel, negated_bias = prepared
    return ops.matmul(x, kernel) - negated_bias
