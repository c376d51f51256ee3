"""A batch as a model takes it: rectangles of ids, masks and types."""

from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from transformer_tf.text.padding import Padding


class Batch:
    """Encodings side by side, each field an array that is made when asked for.

    Args:
        encodings: List of `Encoding`, not padded.
        padding: The `Padding` of the arrays; to the longest row when left out.

    Attributes:
        ids: [batch, length] int32.
        attention_mask: [batch, length] booleans, True for tokens, False for padding.
        type_ids: [batch, length] int32.
        special_tokens_mask: [batch, length] booleans, True for tokens that the
            template or the padding added.
        offsets: [batch, length, 2] int32, (start, end) in the text.
        lengths: [batch] int32, how many tokens each row has without padding.
        texts: [batch] int32, which text each row came from (see `windows`).

    Example:
        >>> tokenizer = CharacterTokenizer.train(["abc"])
        >>> batch = tokenizer.batch(["a", "cab"])
        >>> print(batch.ids)
        [[2 0 0]
         [4 2 3]]
        >>> print(batch.attention_mask.astype(int), batch.lengths)
        [[1 0 0]
         [1 1 1]] [1 3]
    """

    def __init__(self, encodings: Any, padding: Any = None, texts: Any = None):
        self.encodings = encodings
        self.padding = padding or Padding()
        if texts is None:
            texts = range(len(encodings))
        self.texts = np.array(texts, np.int32)

    def __len__(self):
        return len(self.encodings)

    def windows(self):
        """The same batch with a row for every window of a text that was truncated."""
        rows = [
            (window, text)
            for text, encoding in zip(self.texts, self.encodings)
            for window in (encoding, *encoding.overflowing)
        ]
        encodings = [window for window, _ in rows]
        return Batch(encodings, self.padding, [text for _, text in rows])

    @cached_property
    def lengths(self):
        return np.array([len(encoding) for encoding in self.encodings], np.int32)

    @cached_property
    def attention_mask(self):
        width = self.padding.target(int(self.lengths.max(initial=0)))
        width = max(width, int(self.lengths.max(initial=0)))
        columns = np.arange(width, dtype=np.int32)
        if self.padding.side == "left":
            columns = columns[::-1]
        return columns[None] < self.lengths[:, None]

    @cached_property
    def ids(self):
        return self._fill("ids", self.padding.id)

    @cached_property
    def type_ids(self):
        return self._fill("type_ids", self.padding.type_id)

    @cached_property
    def special_tokens_mask(self):
        return self._fill("special_tokens_mask", 1).astype(bool)

    @cached_property
    def offsets(self):
        starts, ends = (
            self._rectangle(
                [offset[side] for e in self.encodings for offset in e.offsets], 0
            )
            for side in (0, 1)
        )
        return np.stack([starts, ends], -1)

    def ragged(self, name="ids"):
        """A field without padding: its values in a row, and where each row starts.

        Returns:
            values: [tokens] int32.
            row_splits: [batch + 1] int64; row i is values[row_splits[i] :
                row_splits[i + 1]].
        """
        values = chain.from_iterable(getattr(e, name) for e in self.encodings)
        splits = np.concatenate([[0], np.cumsum(self.lengths, dtype=np.int64)])
        return np.fromiter(values, np.int32, int(splits[-1])), splits

    def _fill(self, name, missing):
        return self._rectangle(self.ragged(name)[0], missing)

    def _rectangle(self, values, missing):
        mask = self.attention_mask
        rectangle = np.full(mask.shape, missing, np.int32)
        rectangle[mask] = values
        return rectangle
