"""Cutting between all characters."""

from transformer_tf.text.pattern import Pattern
from transformer_tf.text.pre_tokenizers.split import Split


class CharacterSplit(Split):
    """Cuts a text into its characters, every one a piece.

    Example:
        >>> [piece.text for piece in CharacterSplit()(AlignedText("añi"))]
        ['a', 'ñ', 'i']
    """

    def __init__(self):
        super().__init__(Pattern(regex=r"[\s\S]"))

    def __call__(self, text):
        return [text.slice(i, i + 1) for i in range(len(text))]
