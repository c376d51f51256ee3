"""Prefix constraint: a Python function says which ids may follow a text."""

import dataclasses
from collections.abc import Callable
from typing import ClassVar

import keras
import numpy as np
from keras import ops

from transformer_tf.generation.checks import check_below, check_ids
from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor


@dataclasses.dataclass(frozen=True, eq=False)
class PrefixConstraint(LogitsProcessor):
    """Leaves those ids possible that a function allows after the text so far.

    The function is called for every row at every step, outside the compiled program:
    on TensorFlow, which cannot do that under XLA, `generate` then runs the plain graph,
    and such a program cannot be exported. Where the allowed texts can be listed,
    `AllowedSequences` is faster.

    Args:
        allowed: A function of (row, ids): the number of the row in the batch (with
            beams a row for each, those of one prompt side by side) and the list of its
            ids so far, prompt included. It returns the ids that may come next, at least
            one.

    Raises:
        TypeError: `allowed` is not a function.
        ValueError: while generating, that the function allows no id, or one outside
            the vocabulary. (TensorFlow wraps it in an InvalidArgumentError.)

    Example:
        >>> def count_up(row, ids):
        ...     return [ids[-1] + 1]
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=16, **sizes))
        >>> generate(model, [[2, 3]], 4, processors=[PrefixConstraint(count_up)])
        [[4, 5, 6, 7]]

    Source: https://arxiv.org/abs/2010.00904, section 3.2.
    """

    allowed: Callable
    calls_python: ClassVar[bool] = True

    def __post_init__(self):
        if not callable(self.allowed):
            raise TypeError(
                "allowed must be a function from (row, ids) to the ids that may come "
                f"next; got {self.allowed!r}"
            )

    def __call__(self, logits, history):
        rows, vocabulary = logits.shape
        finished = history.finished
        if finished is None:
            finished = ops.zeros((rows,), "bool")

        def mask(tokens, start, end, finished):
            possible = np.ones((rows, vocabulary), bool)
            for row in np.flatnonzero(~np.asarray(finished)):
                text = np.asarray(tokens)[row, int(start[row]) : int(end[row])]
                possible[row] = self._possible(int(row), text.tolist(), vocabulary)
            return possible

        given = history.tokens, history.start, history.end, finished
        possible = call_outside(mask, given, (rows, vocabulary))
        return ops.where(possible, logits, FORBIDDEN)

    def _possible(self, row, ids, vocabulary):
        """[vocabulary] booleans: what the function allows after these ids."""
        allowed = check_ids("what `allowed` returns", self.allowed(row, ids))
        if not allowed:
            raise ValueError(f"`allowed` returned no id for row {row} after {ids}")
        check_below("what `allowed` returns", allowed, vocabulary)
        possible = np.zeros(vocabulary, bool)
        possible[list(allowed)] = True
        return possible


def call_outside(function, given, shape):
    """Calls a NumPy function of arrays from a compiled program.

    Args:
        function: It takes arrays and returns booleans of the given shape.
        given: A tuple of tensors.
        shape: Of the result.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.ensure_shape(tf.numpy_function(function, given, tf.bool), shape)
    if backend == "jax":
        import jax

        return jax.pure_callback(function, jax.ShapeDtypeStruct(shape, bool), *given)
    return ops.convert_to_tensor(function(*map(ops.convert_to_numpy, given)))
