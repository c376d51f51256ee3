"""What encoding a text gives: ids, and everything that belongs to them."""

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Encoding:
    """The tokens of one text (or pair of texts), each field one entry per token.

    Args:
        ids: Numbers of the tokens in the vocabulary, ints in [0, vocabulary).
        tokens: The tokens themselves, strings.
        offsets: (start, end) of each token, in characters of the text it came from;
            (0, 0) for a special token that the template or the padding added.
        special_tokens_mask: 1 for tokens added by template or padding, else 0.
        type_ids: Which segment a token belongs to (BERT's sentence A or B).
        attention_mask: 1 for tokens, 0 for padding.
        word_ids: Which piece of the pre-tokenizer a token came from, counted in its
            own text; None for special tokens.
        sequence_ids: 0 for the first text, 1 for the second, None for special tokens.
        unknown_mask: 1 where the model had no token for the text, else 0.
        overflowing: What truncation cut off, as further encodings.

    Example:
        >>> tokenizer = WordTokenizer.train(["low tide"], vocabulary_size=10)
        >>> encoding = tokenizer.encode("low water")
        >>> encoding.tokens, encoding.ids, encoding.offsets
        (['low', '[UNK]'], [2, 1], [(0, 3), (4, 9)])
        >>> encoding.unknown_count
        1
    """

    ids: list
    tokens: list
    offsets: list
    special_tokens_mask: list
    type_ids: list
    attention_mask: list
    word_ids: list
    sequence_ids: list
    unknown_mask: list
    overflowing: list = field(default_factory=list)

    @classmethod
    def empty(cls):
        """An encoding of no tokens."""
        return cls(*([] for _ in TOKEN_FIELDS))

    @classmethod
    def special(cls, token_id, token, type_id=0, attended=1):
        """One special token, which no text stands behind."""
        return cls(
            [token_id],
            [token],
            [(0, 0)],
            [1],
            [type_id],
            [attended],
            [None],
            [None],
            [0],
        )

    def __len__(self):
        return len(self.ids)

    def __eq__(self, other):
        names = (*TOKEN_FIELDS, "overflowing")
        return isinstance(other, Encoding) and all(
            getattr(self, name) == getattr(other, name) for name in names
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def unknown_count(self):
        """How many tokens stand for text that the vocabulary does not have."""
        return sum(self.unknown_mask)

    def slice(self, start, end):
        """The tokens from `start` up to `end`, without what overflowed."""
        return Encoding(*(getattr(self, name)[start:end] for name in TOKEN_FIELDS))

    def copy(self):
        """The same tokens without what overflowed, their lists free to be replaced."""
        return Encoding(*(getattr(self, name) for name in TOKEN_FIELDS))

    def words(self, sequence=0):
        """Token positions grouped by word: a list of lists, one a word in order."""
        groups: dict = {}
        for position, word in enumerate(self.word_ids):
            if word is not None and self.sequence_ids[position] == sequence:
                groups.setdefault(word, []).append(position)
        return list(groups.values())

    def word_offsets(self, sequence=0):
        """(start, end) of each word in its text, pieces put back together."""
        return [
            (self.offsets[positions[0]][0], self.offsets[positions[-1]][1])
            for positions in self.words(sequence)
        ]

    def token_at(self, character, sequence=0):
        """The position of the token that covers a character, or None."""
        for position, (start, end) in enumerate(self.offsets):
            if self.sequence_ids[position] == sequence and start <= character < end:
                return position
        return None


TOKEN_FIELDS = (
    "ids",
    "tokens",
    "offsets",
    "special_tokens_mask",
    "type_ids",
    "attention_mask",
    "word_ids",
    "sequence_ids",
    "unknown_mask",
)


def concatenate(encodings):
    """One encoding of all the tokens of `encodings`, in their order."""
    return Encoding(
        *(
            [value for encoding in encodings for value in getattr(encoding, name)]
            for name in TOKEN_FIELDS
        )
    )


def join(first, second=None):
    """One encoding of a text, or of a pair with nothing between the two."""
    if second is None:
        return first
    second = second.slice(0, len(second))
    second.type_ids = [1] * len(second)
    second.sequence_ids = [1] * len(second)
    return concatenate([first, second])
