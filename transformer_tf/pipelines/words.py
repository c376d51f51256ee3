"""Words where a tokenizer cuts at spaces alone, as SentencePiece's do.

There "London." is one word with its full stop, and a whole clause of Chinese is one.
Here spaces belong to no word; punctuation is a word by itself, but between letters or
digits ("don't", "5.975,74"); of scripts without spaces each piece is a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from transformer_tf.text import Tokenizer
from transformer_tf.text.models.sentence_piece import SentencePieceModel
from transformer_tf.text.pre_tokenizers.metaspace import Metaspace
from transformer_tf.text.tables import bert, classes
from transformer_tf.text.tables.ranges import parse_set

LETTER, SPACE, PUNCTUATION, ALONE = range(4)
# Thai, Lao, Tibetan, Burmese, Khmer, kana; Chinese characters are BERT's.
WITHOUT_SPACES = "e00-eff f00-fff 1000-109f 1780-17ff 3040-30ff 31f0-31ff ff66-ff9d"


@cache
def kinds() -> dict[str, int]:
    """{character: SPACE, PUNCTUATION or ALONE}; all others are LETTER."""
    alone = parse_set(bert.CHINESE) | parse_set(WITHOUT_SPACES)
    return {
        **dict.fromkeys(alone, ALONE),
        **dict.fromkeys(parse_set(bert.PUNCTUATION), PUNCTUATION),
        **dict.fromkeys(parse_set(classes.SPACES), SPACE),
    }


def cuts_at_spaces(tokenizer: Tokenizer) -> bool:
    """Whether a tokenizer's own words are what stands between spaces."""
    steps = getattr(
        tokenizer.pre_tokenizer, "pre_tokenizers", [tokenizer.pre_tokenizer]
    )
    by_marks = any(isinstance(step, Metaspace) for step in steps)
    return by_marks or isinstance(tokenizer.model, SentencePieceModel)


def trim(text: str, offsets: Sequence[Any]) -> list[tuple[int, int]]:
    """(start, end) of each token without the spaces at its ends."""
    known = kinds()
    found = []
    for start, end in offsets:
        while start < end and known.get(text[start]) == SPACE:
            start += 1
        while start < end and known.get(text[end - 1]) == SPACE:
            end -= 1
        found.append((start, end))
    return found


def word_numbers(text: str, offsets: Sequence[Any]) -> list[int]:
    """The number of the word that each token begins in."""
    known = kinds()
    found = [known.get(character, LETTER) for character in text]
    around = [SPACE, *found, SPACE]
    apart = [  # whether a character is no part of a longer word
        kind != LETTER and not (kind == PUNCTUATION and before == after == LETTER)
        for before, kind, after in zip(around, found, around[2:])
    ]
    opens = [one or other for one, other in zip(apart, [True, *apart])]
    numbers = [*accumulate(opens), sum(opens) + 1]
    return [numbers[start] for start, _ in offsets]
