"""Text from ids as they come, in whole characters alone."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence

from transformer_tf.text import ByteFallback, ByteLevelDecoder, TextStream, Tokenizer
from transformer_tf.text.token_bytes import token_bytes


class WholeCharacters:
    """Decodes ids behind a prompt; what is no whole character is never shown.

    Tokens of bytes may hold a part of a character. It waits for the rest; bytes that
    never become a character are left out, where decoding would show U+FFFD for them.

    Args:
        tokenizer: A `Tokenizer`.
        prompt: The ids before: context for spaces, not returned.

    Example:
        >>> tokenizer = CausalLM.from_pretrained("models/decoder").tokenizer
        >>> characters = WholeCharacters(tokenizer)
        >>> [characters.add(number) for number in tokenizer.encode("a ñ").ids]
        ['a', ' ', 'ñ']
    """

    def __init__(self, tokenizer: Tokenizer, prompt: Sequence[int] = ()):
        self._stream: TextStream | None = None
        self._decoder: codecs.IncrementalDecoder
        steps = getattr(tokenizer.decoder, "decoders", [tokenizer.decoder])
        if any(isinstance(step, (ByteLevelDecoder, ByteFallback)) for step in steps):
            special = tokenizer.special_ids
            self._bytes = token_bytes(tokenizer)
            self._begun = any(number not in special for number in prompt)
            self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        else:
            self._stream = TextStream(tokenizer, prompt)

    def add(self, number: int) -> str:
        """The characters that are whole now that an id has come; "" while none is."""
        if self._stream is not None:
            return self._stream.add(number)
        parts = self._bytes.later if self._begun else self._bytes.first
        part = parts[number] if number < len(parts) else b""
        self._begun = self._begun or bool(part)
        return self._decoder.decode(part)

    def text(self, ids: Iterable[int]) -> str:
        """The text of all ids; a last character that is not whole is left out."""
        text = "".join(self.add(number) for number in ids)
        return text if self._stream is None else text + self._stream.close()
