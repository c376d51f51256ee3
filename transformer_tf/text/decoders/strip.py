"""A character taken off the ends of tokens."""

from transformer_tf.text.decoders.decoder import Decoder
from transformer_tf.text.json_values import INTEGER, Field, JsonValue


class StripDecoder(Decoder, type="Strip"):
    """Takes a character off the ends of each token.

    Args:
        content: The character.
        start: Maximum number at the beginning.
        stop: Maximum number at the end.

    Example:
        >>> StripDecoder(start=1)([" low", "  tide"])
        ['low', ' tide']
    """

    fields = {"content": Field(JsonValue.character), "start": INTEGER, "stop": INTEGER}

    def __init__(self, content: str = " ", start: int = 0, stop: int = 0):
        self.content = content
        self.start = start
        self.stop = stop

    def __call__(self, tokens):
        return [self._strip(token) for token in tokens]

    def _strip(self, token):
        left = len(token) - len(token.lstrip(self.content))
        right = len(token) - len(token.rstrip(self.content))
        return token[min(left, self.start) : len(token) - min(right, self.stop)]
