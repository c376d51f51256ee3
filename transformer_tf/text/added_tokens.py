"""Tokens that stand beside a model: special ones, and words added later."""

import re
from dataclasses import asdict, dataclass
from functools import cache

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.json_values import BOOLEAN, INTEGER, STRING
from transformer_tf.text.tables.classes import SPACES, WORDS
from transformer_tf.text.tables.ranges import parse_set

_SPACES = "".join(sorted(parse_set(SPACES)))


@dataclass(frozen=True)
class AddedToken:
    """A token that is found in the text before the model sees it.

    Args:
        content: The text of the token.
        id: Its number in the vocabulary.
        special: True for control tokens ([CLS], </s>): text that merely looks like
            one stays text unless the caller asks otherwise, and decoding may skip it.
        lstrip: The token takes the white space before it along.
        rstrip: The token takes the white space after it along.
        normalized: It is looked for in the normalized text, not in the raw one.
        single_word: It is found only where no letter, digit or underscore touches it.

    Example:
        >>> mask = AddedToken("[MASK]", id=2, special=True)
        >>> words = WordModel({"Paris": 0, "is": 1}, unknown_token=None)
        >>> tokenizer = Tokenizer(words, None, WhiteSpace(), added_tokens=[mask])
        >>> tokenizer.encode("Paris is [MASK]", take_special=True).tokens
        ['Paris', 'is', '[MASK]']
    """

    content: str
    id: int
    special: bool = True
    lstrip: bool = False
    rstrip: bool = False
    normalized: bool = False
    single_word: bool = False

    def to_json(self):
        """What tokenizer.json holds for this token."""
        return asdict(self)

    @classmethod
    def from_json(cls, entry):
        """The token that one entry of "added_tokens" describes, a `JsonValue`."""
        return cls(**entry.read(_FIELDS))


_FLAGS = ("special", "lstrip", "rstrip", "normalized", "single_word")
_FIELDS = {"content": STRING, "id": INTEGER, **dict.fromkeys(_FLAGS, BOOLEAN)}


class AddedTokenFinder:
    """Cuts a text at the added tokens it contains, the longest match first.

    Args:
        tokens: The `AddedToken`s to look for.
        normalizer: What their text goes through first, for normalized tokens.

    Call:
        text: An `AlignedText`.
        take_special: Whether special tokens in the text count.

    Returns:
        parts: List of (AlignedText, AddedToken or None), None for ordinary text.
    """

    def __init__(self, tokens, normalizer=None):
        self._by_text = {}
        for token in tokens:
            self._by_text[_normalize(token.content, normalizer)] = token
        self._by_text.pop("", None)
        texts = sorted(self._by_text, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, texts))) if texts else None

    def __call__(self, text, take_special=False):
        if self._pattern is None:
            return [(text, None)]
        parts, done = [], 0
        for match in self._pattern.finditer(text.text):
            token = self._by_text[match[0]]
            start, end = match.span()
            if (token.special and not take_special) or start < done:
                continue
            if token.single_word and _touches_a_word(text.text, start, end):
                continue
            if token.lstrip:
                start = max(done, len(text.text[:start].rstrip(_SPACES)))
            if token.rstrip:
                end = len(text) - len(text.text[end:].lstrip(_SPACES))
            if start > done:
                parts.append((text.slice(done, start), None))
            parts.append((text.slice(start, end), token))
            done = end
        if done < len(text):
            parts.append((text.slice(done, len(text)), None))
        return parts


def _touches_a_word(text, start, end):
    """Whether a letter, digit or underscore stands right beside text[start:end]."""
    words = _words()
    return text[start - 1 : start] in words or text[end : end + 1] in words


@cache
def _words():
    return parse_set(WORDS)


def _normalize(content, normalizer):
    return content if normalizer is None else normalizer(AlignedText(content)).text
