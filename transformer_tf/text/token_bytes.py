"""What each id adds to a text, in bytes: the text of half a character included."""

import re
from functools import cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

from transformer_tf.text.decoders.byte_fallback import ByteFallback
from transformer_tf.text.decoders.byte_level import ByteLevelDecoder
from transformer_tf.text.decoders.sequence import DecoderSequence
from transformer_tf.text.pre_tokenizers.byte_level import byte_characters

BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


class TokenBytes(NamedTuple):
    """The bytes of every id, in order.

    Attributes:
        first: A list of bytes: where the id is the first of a text.
        later: A list of bytes: where it is not. (Many decoders drop a space in front
            of a text.)
    """

    first: list
    later: list


def token_bytes(tokenizer):
    """The bytes that each id adds to a decoded text.

    Decoding ids one by one does not give them: where a character of several bytes is
    spread over ids, each of them alone is U+FFFD.

    Args:
        tokenizer: A `Tokenizer`. Its decoder may treat the first token apart from the
            others. A suffix that ends a word counts as the space that it stands for.

    Returns:
        A `TokenBytes`. Special tokens and ids without a token add nothing.
    """
    special = tokenizer.special_ids
    # Many calls ask for the same, a server's for instance; added tokens change it.
    key = len(tokenizer), frozenset(special), tokenizer.decoder
    if _FOUND.get(tokenizer, (None,))[0] != key:
        _FOUND[tokenizer] = key, _token_bytes(tokenizer, special)
    return _FOUND[tokenizer][1]


_FOUND: WeakKeyDictionary = WeakKeyDictionary()


def _token_bytes(tokenizer, special):
    tokens = [
        None if number in special else tokenizer.id_to_token(number)
        for number in range(len(tokenizer))
    ]
    decoder = tokenizer.decoder
    if isinstance(decoder, ByteLevelDecoder):
        parts = [b"" if t is None else bytes_of_characters(t) for t in tokens]
        return TokenBytes(parts, parts)
    decode = " ".join if decoder is None else lambda tokens: "".join(decoder(tokens))
    # Another token behind it, so that it is never the last, and perhaps one before it.
    end = decode(["x", "x"]).removeprefix(decode(["x"]))
    falls_back = any(isinstance(step, ByteFallback) for step in _steps(decoder))

    def added(token, before):
        if token is None:
            return b""
        byte = BYTE.fullmatch(token) if falls_back else None
        if byte and int(byte[1], 16) >= 128:  # a part of a character
            return bytes([int(byte[1], 16)])
        text = decode([*before, token, "x"])
        return text.removeprefix(decode(before)).removesuffix(end).encode()

    return TokenBytes(
        [added(token, []) for token in tokens],
        [added(token, ["x"]) for token in tokens],
    )


def bytes_of_characters(token):
    """The bytes of a token whose characters stand for bytes (GPT-2's way)."""
    table = _byte_of_character()
    if all(character in table for character in token):
        return bytes(table[character] for character in token)
    return token.encode()  # an added token


@cache
def _byte_of_character():
    return {character: byte for byte, character in enumerate(byte_characters())}


def _steps(decoder):
    return decoder.decoders if isinstance(decoder, DecoderSequence) else [decoder]
