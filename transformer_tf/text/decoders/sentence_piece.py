"""SentencePiece's pieces back to text."""

import re

from transformer_tf.text.decoders.byte_fallback import ByteFallback
from transformer_tf.text.decoders.decoder import Decoder

MARK = "▁"
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")


class SentencePieceDecoder(Decoder):
    """Turns marks into spaces, drops those in front, and reads bytes as UTF-8.

    Args:
        drops_first: Whether a mark in front of the text is one that encoding put there.
        drops_all: Whether several marks in front are dropped.
        reads_bytes: Whether tokens such as <0x41> are bytes.
    """

    def __init__(self, drops_first=True, drops_all=True, reads_bytes=False):
        self.drops_first = drops_first
        self.drops_all = drops_all
        self.reads_bytes = reads_bytes

    def __call__(self, tokens):
        parts: list = []
        may_drop = self.drops_first or self.drops_all
        for token in tokens:
            is_byte = self.reads_bytes and _BYTE.fullmatch(token)
            if may_drop and not is_byte:
                rest = token.removeprefix(MARK)
                may_drop = not rest and (self.drops_all or rest == token)
                token = rest
            may_drop = may_drop and not is_byte
            parts.append(token if is_byte else token.replace(MARK, " "))
        return ByteFallback()(parts) if self.reads_bytes else parts

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = object.__hash__
