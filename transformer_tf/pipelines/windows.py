"""Long texts in windows: each token judged once, where it is farthest from an edge."""

from __future__ import annotations

from typing import Any

import numpy as np

from transformer_tf.pipelines.words import cuts_at_spaces, trim, word_numbers
from transformer_tf.text import Encoding, Tokenizer


class Whole:
    """A text that was read in windows, put together again.

    A token in the overlap of two windows was judged twice. The judgement that counts
    is that of the window where it has the most text on its nearer side; where the text
    itself begins or ends there is no edge.

    Args:
        encoding: An `Encoding` whose other windows are its `overflowing`.
        overlap: How many tokens each window repeats of the one before.
        sequence: Which text of a pair was cut: 0 or 1.

    Attributes:
        windows: The encodings, first to last.
        owner: [token] int: the window that judges each token of the text.
        place: [token] int: the token's position in that window.
        offsets: A list of (start, end), one a token: its characters in the text.
        word_ids: A list: the word that each token belongs to.
    """

    def __init__(self, encoding: Encoding, overlap: int = 0, sequence: int = 0):
        self.windows = [encoding, *encoding.overflowing]
        inside = [
            [i for i, owner in enumerate(window.sequence_ids) if owner == sequence]
            for window in self.windows
        ]
        step = max(len(inside[0]) - overlap, 1)
        count = step * (len(self.windows) - 1) + len(inside[-1])
        distance = np.full((len(self.windows), count), -1)
        self.place = np.zeros((len(self.windows), count), int)
        for number, positions in enumerate(inside):
            first, size = number * step, len(positions)
            left = np.arange(size) if number else np.full(size, count)
            last = number == len(self.windows) - 1
            right = np.full(size, count) if last else np.arange(size)[::-1]
            distance[number, first : first + size] = np.minimum(left, right)
            self.place[number, first : first + size] = positions
        self.owner = distance.argmax(axis=0)
        self.place = self.place[self.owner, np.arange(count)]
        self.offsets = [w.offsets[i] for w, i in self._tokens()]
        self.word_ids = [w.word_ids[i] for w, i in self._tokens()]

    def __len__(self) -> int:
        return len(self.owner)

    def _tokens(self) -> Any:
        return ((self.windows[w], i) for w, i in zip(self.owner, self.place))

    def place_in(self, text: str, tokenizer: Tokenizer) -> None:
        """Takes spaces off the ends of tokens; finds words where only spaces did."""
        self.offsets = trim(text, self.offsets)
        if cuts_at_spaces(tokenizer):
            self.word_ids = word_numbers(text, self.offsets)

    def stitch(self, outputs: list[np.ndarray]) -> np.ndarray:
        """The model's outputs for each token of the text: [token, ...].

        Args:
            outputs: For each window an array [position, ...].
        """
        found = [outputs[w][i] for w, i in zip(self.owner, self.place)]
        return np.stack(found) if found else outputs[0][:0]
