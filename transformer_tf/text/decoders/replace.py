"""One thing replaced by another, token by token."""

from typing import Any

from transformer_tf.text.decoders.decoder import Decoder
from transformer_tf.text.json_values import STRING, Field
from transformer_tf.text.pattern import Pattern


class ReplaceDecoder(Decoder, type="Replace"):
    """Puts a string in the place of every match of a pattern, token by token.

    Args:
        pattern: A string or a `Pattern`.
        content: What stands there afterwards.

    Example:
        >>> ReplaceDecoder("▁", " ")(["▁low", "▁tide"])
        [' low', ' tide']
    """

    fields = {"pattern": Field(Pattern.from_json), "content": STRING}

    def __init__(self, pattern: Any, content: str):
        self.pattern = Pattern(pattern) if isinstance(pattern, str) else pattern
        self.content = content

    def __call__(self, tokens):
        substitute = self.pattern.expression.sub
        return [substitute(lambda _: self.content, token) for token in tokens]

    def to_json(self):
        return {**super().to_json(), "pattern": self.pattern.to_json()}
