"""Perplexity of a text that is read segment by segment."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops


def perplexity_of_text(
    model: Any, ids: Any, segment_length: int, carry_memory: bool = True
) -> float:
    """Among how many tokens, on average, a model with a memory chooses the next.

    Every token but the first is predicted once: from its segment, and from the memory
    of the segments before.

    Args:
        model: A `CausalLM` of a config with `memory_length`.
        ids: [batch, length] integers, texts of two tokens or more.
        segment_length: How many tokens are read at once.
        carry_memory: Whether the memory goes on from segment to segment; without it
            each begins as a text does.

    Returns:
        A float, exp of the mean of -log p.

    Raises:
        ValueError: texts of other axes or too short, a length that is not positive, or
            a model without a memory.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2, "cutoffs": None}
        >>> config = transformer_xl_config(vocabulary_size=9, memory_length=4, **sizes)
        >>> model, ids = CausalLM(config), np.array([[1, 2, 3, 4, 5, 6, 7, 8]])
        >>> print(round(perplexity_of_text(model, ids, segment_length=4)))  # untrained
        9

    Source: https://arxiv.org/abs/1901.02860, section 3.2.
    """
    ids = np.asarray(ids)
    if ids.ndim != 2 or ids.shape[1] < 2:
        raise ValueError(
            f"ids must be [batch, length], two tokens or more; got shape {ids.shape}"
        )
    if segment_length < 1:
        raise ValueError(f"segment_length must be positive; got {segment_length}")
    if model.config.memory_length is None:
        raise ValueError(f"{type(model).__name__} has no memory: no memory_length")
    if not model.built:
        model.build()
    read, predicted = ids[:, :-1], ids[:, 1:]
    start = memory = model.body.empty_cache(len(ids))
    total = 0.0
    for first in range(0, read.shape[1], segment_length):
        segment = slice(first, first + segment_length)
        states, after = model.body(read[:, segment], cache=memory)
        memory = after if carry_memory else start
        loss = keras.losses.sparse_categorical_crossentropy(
            predicted[:, segment], model.logits(states), from_logits=True
        )
        total += float(ops.sum(loss))
    return math.exp(total / predicted.size)
