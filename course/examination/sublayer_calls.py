"""What sublayers of our own mistakes reply: one pass of theirs serves many mistakes."""

import functools
import hashlib
import inspect
import itertools
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

KEPT = 64  # replies that are remembered
WORTH = 4  # weights: a sublayer of fewer computes sooner than it is looked up


class _Untold(Exception):
    """An argument that is no data: two of them cannot be told to be alike."""


class SublayerCalls:
    """Remembers what the sublayers of a layer made of which inputs.

    The mistakes of an exercise share a layer and are asked the same. Most differ in one
    step only: the encoder below it computes the same for each of them. A reply is given
    again where inputs and weights are the same, bit by bit.

    Attributes:
        listening: Whether replies are remembered and given again; not where a gradient
            is wanted or a graph is traced, as a remembered value is a constant in both.
    """

    def __init__(self):
        self.listening = False
        self._said: dict[bytes, Any] = {}
        self._numbers = itertools.count()  # of sublayers: no two have the same

    def attend_to(self, layer: keras.layers.Layer) -> None:
        """Remembers, from now on, what the sublayers just below `layer` reply."""
        for sublayer in layer._flatten_layers(include_self=False, recursive=False):
            if _depends_on_arguments_and_weights(sublayer):
                sublayer.call = self._remember(next(self._numbers), sublayer)

    def _remember(self, number: int, sublayer: keras.layers.Layer) -> Callable:
        call = sublayer.call

        @functools.wraps(call)
        def remembered(*args, **kwargs):
            if not self.listening:
                return call(*args, **kwargs)
            try:
                key = _digest((number, args, kwargs, tuple(sublayer.variables)))
            except _Untold:
                return call(*args, **kwargs)
            if key not in self._said:
                self._said[key] = call(*args, **kwargs)
                if len(self._said) > KEPT:
                    del self._said[next(iter(self._said))]
            # Tensors of its own for each caller: Keras hangs masks on them.
            return keras.tree.map_structure(_copy, self._said[key])

        return remembered


def _copy(value: Any) -> Any:
    return tf.identity(value) if isinstance(value, tf.Tensor) else value


def _depends_on_arguments_and_weights(sublayer: keras.layers.Layer) -> bool:
    """Not if it draws numbers, counts calls, or is told from outside that it trains."""
    if len(sublayer.variables) < WORTH or sublayer.non_trainable_variables:
        return False
    inner = sublayer._flatten_layers(include_self=False)
    return _takes_training(sublayer) or not any(map(_takes_training, inner))


def _takes_training(layer: keras.layers.Layer) -> bool:
    return "training" in inspect.signature(layer.call).parameters


def _digest(tree: Any) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    _tell(tree, digest.update)
    return digest.digest()


def _tell(tree: Any, told: Callable[[bytes], None]) -> None:
    """Says the types and values of a tree, so that two that differ say other things."""
    if isinstance(tree, keras.Variable):
        tree = tree.value  # where layers compute in another dtype, a tensor already
    if isinstance(tree, tf.Variable):
        tree = tf.raw_ops.ReadVariableOp(resource=tree.handle, dtype=tree.dtype)
    if isinstance(tree, tf.Tensor):
        told(f"{tree.dtype.name}{tuple(tree.shape)}:".encode())
        told(tree.numpy().tobytes())
    elif isinstance(tree, list | tuple):
        told(f"{type(tree).__name__}{len(tree)}:".encode())
        for item in tree:
            _tell(item, told)
    elif isinstance(tree, dict):
        told(f"dict{len(tree)}:".encode())
        for key, item in tree.items():
            _tell(key, told)
            _tell(item, told)
    elif tree is None or type(tree) in (bool, int, float, str):
        told(f"{type(tree).__name__}{tree!r}:".encode())
    else:
        raise _Untold
