"""Something put before a text."""

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.json_values import STRING
from transformer_tf.text.normalizers.normalizer import Normalizer


class Prepend(Normalizer, type="Prepend"):
    """Puts a string before every text that is not empty.

    Args:
        prepend: The string; it stands for the first character of the text.

    Example:
        >>> Prepend("▁")(AlignedText("low")).text
        '▁low'
    """

    fields = {"prepend": STRING}

    def __init__(self, prepend: str):
        self.prepend = prepend

    def __call__(self, text):
        if not text.text:
            return text
        count = len(self.prepend)
        return AlignedText(
            self.prepend + text.text,
            [text.starts[0]] * count + [*text.starts],
            [text.ends[0]] * count + [*text.ends],
        )
