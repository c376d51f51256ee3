"""Accents taken off, where they stand apart from their letters."""

from functools import cache

from transformer_tf.text.normalizers.normalizer import Normalizer
from transformer_tf.text.tables.classes import COMBINING
from transformer_tf.text.tables.ranges import parse_set


@cache
def _marks():
    return dict.fromkeys(parse_set(COMBINING), "")


class StripAccents(Normalizer, type="StripAccents"):
    """Drops every combining mark; put `NFD` before it, so that accents are marks.

    Example:
        >>> normalizer = NormalizerSequence([NFD(), StripAccents()])
        >>> normalizer(AlignedText("años")).text
        'anos'
    """

    def __call__(self, text):
        return text.replace(_marks())
