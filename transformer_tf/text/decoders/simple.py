"""Small decoders that files put in sequence: replace, fuse, strip, bytes, suffixes."""

import re

from transformer_tf.text.decoders.decoder import Decoder
from transformer_tf.text.pattern import Pattern


class ReplaceDecoder(Decoder, type="Replace"):
    """Puts a string in the place of every match of a pattern, token by token.

    Args:
        pattern: A string or a `Pattern`.
        content: What stands there afterwards.
    """

    fields = ("pattern", "content")

    def __init__(self, pattern, content):
        self.pattern = Pattern(pattern) if isinstance(pattern, str) else pattern
        self.content = content

    def __call__(self, tokens):
        substitute = self.pattern.expression.sub
        return [substitute(lambda _: self.content, token) for token in tokens]

    def to_json(self):
        return {**super().to_json(), "pattern": self.pattern.to_json()}

    @classmethod
    def from_json(cls, values):
        return cls(Pattern.from_json(values["pattern"]), values["content"])


class Fuse(Decoder, type="Fuse"):
    """Joins all tokens into one, so that the next decoder sees the whole text."""

    def __call__(self, tokens):
        return ["".join(tokens)]


class StripDecoder(Decoder, type="Strip"):
    """Takes a character off the ends of each token.

    Args:
        content: The character.
        start: How many at most at the beginning.
        stop: How many at most at the end.
    """

    fields = ("content", "start", "stop")

    def __init__(self, content=" ", start=0, stop=0):
        self.content = content
        self.start = start
        self.stop = stop

    def __call__(self, tokens):
        return [self._strip(token) for token in tokens]

    def _strip(self, token):
        left = len(token) - len(token.lstrip(self.content))
        right = len(token) - len(token.rstrip(self.content))
        return token[min(left, self.start) : len(token) - min(right, self.stop)]


class ByteFallback(Decoder, type="ByteFallback"):
    """Reads runs of byte tokens (<0x41>) as UTF-8; broken bytes become U+FFFD each."""

    def __call__(self, tokens):
        parts, data = [], bytearray()

        def flush():
            try:
                parts.append(data.decode())
            except UnicodeDecodeError:
                parts.extend("\ufffd" * len(data))
            data.clear()

        for token in tokens:
            byte = re.fullmatch(r"<0x([0-9A-Fa-f]{2})>", token)
            if byte:
                data.append(int(byte[1], 16))
                continue
            if data:
                flush()
            parts.append(token)
        if data:
            flush()
        return parts


class BPEDecoder(Decoder, type="BPEDecoder"):
    """Turns the suffix that ends a word into a space.

    Args:
        suffix: What the last piece of a word ends with.
    """

    fields = ("suffix",)

    def __init__(self, suffix="</w>"):
        self.suffix = suffix

    def __call__(self, tokens):
        last = len(tokens) - 1
        return [
            token.replace(self.suffix, "" if i == last else " ")
            for i, token in enumerate(tokens)
        ]
