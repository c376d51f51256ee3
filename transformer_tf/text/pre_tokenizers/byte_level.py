"""GPT-2's pre-tokenisation: its pattern, then bytes written as visible characters."""

import re
from functools import cache

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.json_values import BOOLEAN, Field, JsonValue
from transformer_tf.text.normalizers.prepend import Prepend
from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer
from transformer_tf.text.tables import byte_level
from transformer_tf.text.tables.ranges import character_class


@cache
def gpt2_pattern():
    """GPT-2's regular expression, its classes spelt out from the committed table."""
    letter, number, space = map(
        character_class, (byte_level.LETTERS, byte_level.NUMBERS, byte_level.SPACES)
    )
    return re.compile(
        "'s|'t|'re|'ve|'m|'ll|'d"
        f"| ?[{letter}]+| ?[{number}]+| ?[^{space}{letter}{number}]+"
        f"|[{space}]+(?![^{space}])|[{space}]+"
    )


@cache
def byte_characters():
    """The visible character that stands for each byte: a string of 256.

    Printable Latin-1 stands for itself; the other bytes, in order, for the characters
    from U+0100 on, so the space is Ġ and the line break Ċ.
    """
    visible = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    hidden = [byte for byte in range(256) if byte not in visible]
    return "".join(
        chr(byte if byte in visible else 0x100 + hidden.index(byte))
        for byte in range(256)
    )


class ByteLevel(PreTokenizer, type="ByteLevel"):
    """Cuts text as GPT-2 does, a word with the space before it, and goes to bytes.

    Args:
        add_prefix_space: A space is put before a text that does not start with one, so
            that the first word looks like every other.
        use_regex: False leaves the text in one piece.
        trim_offsets: Kept for the file; the post-processor of this name trims.

    Example:
        >>> [piece.text for piece in ByteLevel()(AlignedText("A café"))]
        ['A', 'ĠcafÃ©']

    Source: GPT-2's published encoder.
    """

    fields = {
        "add_prefix_space": BOOLEAN,
        "trim_offsets": BOOLEAN,
        "use_regex": Field(JsonValue.boolean, True),
    }

    def __init__(
        self,
        add_prefix_space: bool = False,
        use_regex: bool = True,
        trim_offsets: bool = True,
    ):
        self.add_prefix_space = add_prefix_space
        self.use_regex = use_regex
        self.trim_offsets = trim_offsets

    def __call__(self, text):
        if self.add_prefix_space and not text.text.startswith(" "):
            text = Prepend(" ")(text)
        if not self.use_regex:
            return [to_bytes(text)]
        return [
            to_bytes(text.slice(*match.span()))
            for match in gpt2_pattern().finditer(text.text)
        ]


@cache
def _table():
    return dict(enumerate(byte_characters()[:128]))


def to_bytes(text):
    """The text with a visible character for each of its UTF-8 bytes."""
    if text.text.isascii():
        return AlignedText(text.text.translate(_table()), text.starts, text.ends)
    shown = byte_characters()
    parts, sources = [], []
    for source, character in enumerate(text.text):
        encoded = character.encode()
        parts += [shown[byte] for byte in encoded]
        sources += [source] * len(encoded)
    return text.rewrite("".join(parts), sources)
