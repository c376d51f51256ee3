"""What a vocabulary does not have: how much of a text, and which parts of it."""

from collections import Counter
from typing import Any, NamedTuple


class UnknownReport(NamedTuple):
    """How well a vocabulary covers some texts.

    Args:
        tokens: Number of tokens in the texts.
        unknown: Number of those that stand for text without a token.
        parts: `Counter` {unknown or lost part of the text: how often}.
        lost: Number of stretches of text that became no token at all, as the characters
            do that a byte-pair vocabulary without unknown token lacks.

    Example:
        >>> tokenizer = WordTokenizer.train(["low tide"], vocabulary_size=10)
        >>> report = unknown_report(tokenizer, ["low water", "high tide"])
        >>> report.tokens, report.unknown, report.rate
        (4, 2, 0.5)
    """

    tokens: int
    unknown: int
    parts: Counter
    lost: int = 0

    @property
    def rate(self):
        """The share unknown or lost, of tokens and lost stretches; in [0, 1]."""
        total = self.tokens + self.lost
        return (self.unknown + self.lost) / total if total else 0.0


def unknown_report(tokenizer: Any, texts: Any):
    """Counts what `tokenizer` does not know in `texts`.

    Args:
        tokenizer: A `Tokenizer`.
        texts: Iterable of strings.

    Returns:
        report: An `UnknownReport`.

    Example:
        >>> tokenizer = WordTokenizer.train(["low tide"], vocabulary_size=10)
        >>> report = unknown_report(tokenizer, ["low water", "high water"])
        >>> report.rate, report.parts.most_common(1)
        (0.75, [('water', 2)])
    """
    if isinstance(texts, (str, bytes)):
        raise TypeError("texts must be an iterable of strings; got a single one")
    tokens = lost = 0
    parts: Counter = Counter()
    model = tokenizer.text_model(take_special=False)
    for text in texts:
        encoding = tokenizer.encode_bare(text)
        tokens += len(encoding)
        for (start, end), unknown in zip(encoding.offsets, encoding.unknown_mask):
            if unknown:
                parts[text[start:end]] += 1
        for piece, added in tokenizer.pieces(text):
            if added is None:
                gaps = model.find_lost(piece.text)
                lost += len(gaps)
                for start, end in gaps:
                    parts[text[piece.starts[start] : piece.ends[end - 1]]] += 1
    return UnknownReport(tokens, parts.total() - lost, parts, lost)
