"""Bytes written as visible characters, back to text."""

from functools import cache

from transformer_tf.text.decoders.decoder import Decoder
from transformer_tf.text.json_values import BOOLEAN, Field, JsonValue
from transformer_tf.text.pre_tokenizers.byte_level import byte_characters


class ByteLevelDecoder(Decoder, type="ByteLevel"):
    """Puts the bytes of all tokens in a row and reads them as UTF-8.

    What is not UTF-8 (half a character, when ids were cut) becomes U+FFFD.

    Args:
        add_prefix_space: Kept for the file; decoding does not use it.
        trim_offsets: Kept for the file; decoding does not use it.
        use_regex: Kept for the file; decoding does not use it.

    Example:
        >>> ByteLevelDecoder()(["A", "ĠcafÃ", "©"])
        ['A café']
    """

    fields = {
        "add_prefix_space": BOOLEAN,
        "trim_offsets": BOOLEAN,
        "use_regex": Field(JsonValue.boolean, True),
    }

    def __init__(
        self,
        add_prefix_space: bool = False,
        trim_offsets: bool = True,
        use_regex: bool = True,
    ):
        self.add_prefix_space = add_prefix_space
        self.trim_offsets = trim_offsets
        self.use_regex = use_regex

    def __call__(self, tokens):
        table = _bytes()
        data = bytearray()
        for token in tokens:
            if all(character in table for character in token):
                data += bytes(table[character] for character in token)
            else:
                data += token.encode()
        return [data.decode(errors="replace")]


@cache
def _bytes():
    return {character: byte for byte, character in enumerate(byte_characters())}
