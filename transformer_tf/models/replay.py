"""Decoding without a cache: at every step the model reads the whole text again.

For models whose `call` a subclass has changed: what it computes nobody else knows.
"""

from typing import Any, NamedTuple

from keras import ops

from transformer_tf.attention.cache import repeat_rows


class TextCache(NamedTuple):
    """The texts so far; each token stands at its position.

    Attributes:
        ids: [rows, slots + 1] int32; the last column holds nothing that counts.
        real: [rows, slots + 1] booleans: where a token stands.
        first: [rows] int32: how many tokens were read first, the prompt.
    """

    ids: Any
    real: Any
    first: Any


def prepare(source, source_mask, copies):
    """The source, if there is one, for all rows that write for it."""
    if source is None:
        return {}
    return {
        "source_ids": repeat_rows(source, copies),
        "source_padding_mask": repeat_rows(source_mask, copies),
    }


def empty_cache(model, rows, capacity):
    """Room for as many tokens as the model may read."""
    slots = min(capacity, model.max_length or capacity) + 1
    return TextCache(
        ops.zeros((rows, slots), "int32"),
        ops.zeros((rows, slots), "bool"),
        ops.zeros((rows,), "int32"),
    )


def step(model, ids, positions, cache, keep, prepared, padding_mask=None):
    """As `LanguageModel.step`."""
    rows, new = ops.shape(ids)
    last = ops.shape(cache.ids)[1] - 1
    place = ops.where(positions < 0, last, ops.minimum(positions, last))
    row = ops.broadcast_to(ops.arange(rows, dtype="int32")[:, None], (rows, new))
    indices = ops.reshape(ops.stack([row, place], axis=-1), (-1, 2))
    text = ops.scatter_update(
        cache.ids, indices, ops.reshape(ops.cast(ids, "int32"), (-1,))
    )
    # What stands behind the new tokens was a draft that has been given up.
    slot = ops.arange(last + 1, dtype="int32")[None]
    end = ops.max(positions, axis=1, keepdims=True) + 1
    if padding_mask is None:
        padding_mask = ops.ones((rows, new), "bool")
        if model.padding_id is not None:
            padding_mask = ops.not_equal(ids, model.padding_id)
    real = ops.scatter_update(cache.real, indices, ops.reshape(padding_mask, (-1,)))
    real = real & (slot < end) & (slot < last)
    first = ops.where(cache.first == 0, end[:, 0], cache.first)
    if model.config.prefix_lm:
        prepared = {**prepared, "prefix_length": first}
    logits = model(model.whole_text(text[:, :last], real[:, :last], prepared))
    wanted = ops.maximum(place[:, -keep:, None], 0)
    logits = ops.take_along_axis(logits, ops.minimum(wanted, last - 1), axis=1)
    return logits, TextCache(text, real, first)
