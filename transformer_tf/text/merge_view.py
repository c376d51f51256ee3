"""Byte-pair training, merge by merge: what was merged, and what it was good for."""

from typing import Any, NamedTuple

import numpy as np

from transformer_tf.text.pre_tokenizers.byte_level import ByteLevel, byte_characters
from transformer_tf.text.trainers.merges import merge_steps, starting_symbols
from transformer_tf.text.training import count_pieces


class MergeStep(NamedTuple):
    """One merge of byte-pair training.

    Args:
        left: The token on the left.
        right: The token on the right.
        times: How often they were merged.
        vocabulary_size: Number of tokens after the merge.
        tokens_per_word: Average number of tokens per word after the merge.
    """

    left: str
    right: str
    times: int
    vocabulary_size: int
    tokens_per_word: float


class MergeView:
    """The history of training a byte-level byte-pair tokenizer.

    Args:
        texts: Iterable of strings to train on.
        merges: Number of merges to make.

    Attributes:
        steps: List of `MergeStep`, first to last.
        start: Tokens per word before the first merge: its bytes.

    Example:
        >>> view = MergeView(["low lower lowest"], merges=2)
        >>> print(view.table())
         merge  pair                        times  tokens per word
             1  l + o                           3  4.333
             2  lo + w                          3  3.333
        >>> ["-".join(pieces) for pieces in view.stages("low")]
        ['l-o-w', 'lo-w', 'low']
    """

    def __init__(self, texts: Any, merges: Any):
        counts = count_pieces(texts, None, ByteLevel())
        if not counts:
            raise ValueError("there is no text to train on")
        tokens, words = starting_symbols(counts, (), byte_characters(), None, "", "")
        word_count = sum(counts.values())
        total = sum(len(word) * count for word, count in counts.items())
        self.start = total / word_count
        self.steps = []
        for left, right, merged in merge_steps(tokens, words, range(merges)):
            total -= merged
            step = MergeStep(left, right, merged, len(tokens), total / word_count)
            self.steps.append(step)

    def curve(self):
        """Vocabulary sizes and tokens per word, two arrays, from the first byte on."""
        sizes = [256, *(step.vocabulary_size for step in self.steps)]
        rates = [self.start, *(step.tokens_per_word for step in self.steps)]
        return np.array(sizes), np.array(rates)

    def stages(self, word):
        """The word after each merge that changed it: list of lists of tokens."""
        table = byte_characters()
        symbols = [table[byte] for byte in word.encode()]
        stages = [symbols]
        for step in self.steps:
            merged, i = [], 0
            while i < len(symbols):
                if symbols[i : i + 2] == [step.left, step.right]:
                    merged.append(step.left + step.right)
                    i += 2
                else:
                    merged.append(symbols[i])
                    i += 1
            if len(merged) < len(symbols):
                symbols = merged
                stages.append(symbols)
        return stages

    def table(self, first=20):
        """The first merges as lines of text."""
        lines = [f"{'merge':>6}  {'pair':<24}{'times':>9}  tokens per word"]
        for number, step in enumerate(self.steps[:first], 1):
            pair = f"{step.left} + {step.right}"
            rate = f"{step.tokens_per_word:.3f}"
            lines.append(f"{number:>6}  {pair:<24}{step.times:>9,}  {rate}")
        return "\n".join(lines)

    def plot(self, axes=None, label=None):
        """Draws vocabulary size against tokens per word; needs matplotlib."""
        if axes is None:
            from matplotlib import pyplot

            _, axes = pyplot.subplots()
        axes.plot(*self.curve(), label=label)
        axes.set_xscale("log", base=2)
        axes.set_xlabel("vocabulary size")
        axes.set_ylabel("tokens per word")
        return axes
