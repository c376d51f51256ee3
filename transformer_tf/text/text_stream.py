"""Ids one after another, turned into text as soon as it cannot change any more."""

from typing import Any

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class TextStream:
    """Decodes ids while they are generated: whole characters, spaces in their places.

    What the pieces that `add` and `close` return join to is what decoding all ids at
    once gives. A character of several tokens waits for the last of them.

    Args:
        tokenizer: A `Tokenizer`.
        prompt: Ids that come before: they are context for spaces, and not returned.
        skip_special_tokens: As in `Tokenizer.decode`.

    Example:
        >>> tokenizer = BytePairTokenizer.train(["café"], vocabulary_size=260)
        >>> stream = TextStream(tokenizer)
        >>> [stream.add(number) for number in tokenizer.encode("a ñ").ids]
        ['a', ' ', '', 'ñ']
        >>> stream.close()
        ''
    """

    def __init__(
        self, tokenizer: Any, prompt: Any = (), skip_special_tokens: bool = True
    ):
        self.tokenizer = tokenizer
        self.skip_special_tokens = skip_special_tokens
        # Text was returned for the ids before `_done`; those from `_begin` on are
        # decoded with what follows, so that a space between the two is seen.
        self._ids = list(prompt)
        self._begin = 0
        self._done = len(self._ids)

    def add(self, number):
        """The text that is certain now that an id has come; "" while none is.

        Args:
            number: The id.
        """
        self._ids.append(number)
        text = self._text(self._begin, len(self._ids))
        if text.endswith(REPLACEMENT):
            return ""
        return self._advance(text)

    def close(self):
        """The rest: what a last character lacks is U+FFFD."""
        return self._advance(self._text(self._begin, len(self._ids)))

    def _advance(self, text):
        known = self._text(self._begin, self._done)
        if len(text) <= len(known):
            return ""
        self._begin, self._done = self._done, len(self._ids)
        return text[len(known) :]

    def _text(self, begin, end):
        return self.tokenizer.decode(self._ids[begin:end], self.skip_special_tokens)
