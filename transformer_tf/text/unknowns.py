"""What a vocabulary does not have: how much of a text, and which parts of it."""

from collections import Counter
from typing import NamedTuple


class UnknownReport(NamedTuple):
    """How well a vocabulary covers some texts.

    Args:
        tokens: How many tokens the texts became.
        unknown: How many of them stand for text that has no token.
        parts: `Counter` {unknown part of the text: how often}.
    """

    tokens: int
    unknown: int
    parts: Counter

    @property
    def rate(self):
        """The share of tokens that are unknown, in [0, 1]."""
        return self.unknown / self.tokens if self.tokens else 0.0


def unknown_report(tokenizer, texts):
    """Counts what `tokenizer` does not know in `texts`.

    Args:
        tokenizer: A `Tokenizer`.
        texts: Iterable of strings.

    Returns:
        report: An `UnknownReport`.
    """
    tokens = 0
    parts: Counter = Counter()
    for text in texts:
        encoding = tokenizer.encode_unpadded(text, special_tokens=False)
        tokens += len(encoding)
        for (start, end), unknown in zip(encoding.offsets, encoding.unknown_mask):
            if unknown:
                parts[text[start:end]] += 1
    return UnknownReport(tokens, parts.total(), parts)
