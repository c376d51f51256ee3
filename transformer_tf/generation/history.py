"""What has been written so far: the view that logits processors get of the text."""

from typing import Any, NamedTuple

from keras import ops


class History(NamedTuple):
    """The text of every row at one step of decoding.

    Attributes:
        tokens: [rows, slots] int32; a row's text fills the slots from `start` to `end`.
        start: [rows] int32, the first slot of the row's prompt.
        end: [rows] int32, the slot that the next token will fill.
        new_tokens: [rows] int32, how many tokens have been generated.
        limit: A scalar int32, how many tokens will be generated at most.
        finished: [rows] booleans, rows whose next token does not matter; None where
            all do.
    """

    tokens: Any
    start: Any
    end: Any
    new_tokens: Any
    limit: Any
    finished: Any = None

    def seen_ids(self, vocabulary):
        """[rows, vocabulary] booleans: the ids that occur in the row's text."""
        slot = ops.expand_dims(ops.arange(self.tokens.shape[1], dtype="int32"), 0)
        written = (slot >= self.start[:, None]) & (slot < self.end[:, None])
        return mark_ids(self.tokens, written, vocabulary)

    def last(self, count):
        """[rows, count] int32: the last `count` tokens of each row."""
        slot = self.end[:, None] - count + ops.arange(count, dtype="int32")[None]
        return ops.take_along_axis(self.tokens, ops.maximum(slot, 0), axis=1)


def mark_ids(ids, chosen, vocabulary):
    """[rows, n] ids and [rows, n] booleans -> [rows, vocabulary]: the chosen ids."""
    rows, count = ids.shape
    row = ops.repeat(ops.arange(rows, dtype="int32"), count)
    indices = ops.stack([row, ops.reshape(ids, (-1,))], axis=-1)
    counts = ops.scatter(
        indices, ops.cast(ops.reshape(chosen, (-1,)), "int32"), (rows, vocabulary)
    )
    return counts > 0
