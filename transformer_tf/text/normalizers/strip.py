"""White space taken off the ends of a text."""

from functools import cache

from transformer_tf.text.json_values import BOOLEAN
from transformer_tf.text.normalizers.normalizer import Normalizer
from transformer_tf.text.tables.classes import SPACES
from transformer_tf.text.tables.ranges import parse_set


@cache
def _spaces():
    return "".join(sorted(parse_set(SPACES)))


class Strip(Normalizer, type="Strip"):
    """Takes the white space off the ends.

    Args:
        strip_left: At the beginning.
        strip_right: At the end.

    Example:
        >>> Strip(strip_right=False)(AlignedText("  low ")).text
        'low '
    """

    fields = {"strip_left": BOOLEAN, "strip_right": BOOLEAN}

    def __init__(self, strip_left: bool = True, strip_right: bool = True):
        self.strip_left = strip_left
        self.strip_right = strip_right

    def __call__(self, text):
        start, end = 0, len(text)
        if self.strip_right:
            end = len(text.text.rstrip(_spaces()))
        if self.strip_left:
            start = len(text) - len(text.text.lstrip(_spaces()))
        return text.slice(start, max(start, end))
