"""Cutting at one character, which is dropped."""

from transformer_tf.text.json_values import Field, JsonValue
from transformer_tf.text.pre_tokenizers.cutting import character_spans, cut
from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer


class DelimiterSplit(PreTokenizer, type="CharDelimiterSplit"):
    """Cuts a text at every occurrence of a character, and drops it.

    Args:
        delimiter: The character.

    Raises:
        ValueError: It is not one character.

    Example:
        >>> [piece.text for piece in DelimiterSplit("|")(AlignedText("low|tide"))]
        ['low', 'tide']
    """

    fields = {"delimiter": Field(JsonValue.character)}

    def __init__(self, delimiter: str):
        if len(delimiter) != 1:
            raise ValueError(f"delimiter must be one character; got {delimiter!r}")
        self.delimiter = delimiter

    def __call__(self, text):
        return cut(text, character_spans(text.text, self.delimiter), "Removed")
