"""What a kind of tokenizer must be able to do with one piece of text."""

from copy import copy

from transformer_tf.text.component import Component

# More ids than this, and than there are tokens, are taken for a fault.
MOST_HOLES = 100_000


class Model(Component, role="model"):
    """Turns one piece of text into tokens of a vocabulary.

    A kind (word, character, BPE, WordPiece, Unigram) subclasses this, keeps its
    `vocabulary` and defines `tokenize`; it gets a `type` when tokenizer.json has one.

    Args:
        vocabulary: {token: id}. Every token has an id of its own; ids may leave holes,
            which no text ever becomes and which cannot be decoded.
        unknown_token: The token that stands for text that has none, or None.

    Attributes:
        hidden: Tokens of the vocabulary that are never found in text, a set: a control
            token that a user spells out is text like any other. See `hide`.

    Raises:
        TypeError: A token is not a string or an id not an int.
        ValueError: Two tokens share an id, an id is negative or far above the others,
            or the unknown token is not in the vocabulary.
    """

    hidden: frozenset = frozenset()

    def __init__(self, vocabulary, unknown_token=None):
        self.vocabulary = check_vocabulary(vocabulary)
        self.unknown_token = unknown_token
        if unknown_token is not None and unknown_token not in vocabulary:
            raise ValueError(
                f"the unknown token {unknown_token!r} is not in the vocabulary; add "
                "it there, or pass unknown_token=None"
            )
        self._tokens = {number: token for token, number in vocabulary.items()}
        self._size = max(self._tokens, default=-1) + 1

    @property
    def unknown_id(self):
        """The id of the unknown token, or None."""
        if self.unknown_token is None:
            return None
        return self.vocabulary[self.unknown_token]

    def __len__(self):
        """One more than the largest id: how many rows an embedding needs."""
        return self._size

    def id_of(self, token):
        """The id of `token`, or None."""
        return self.vocabulary.get(token)

    def token_of(self, number):
        """The token whose id is `number`, or None."""
        return self._tokens.get(number)

    def hide(self, tokens):
        """The same model, except that it never finds some tokens in text.

        Args:
            tokens: Tokens of the vocabulary; others change nothing.
        """
        hidden = copy(self)
        hidden.hidden = frozenset(tokens) & self.vocabulary.keys()
        return hidden

    def find(self, piece):
        """The id of a stretch of text, or None where there is none or it is hidden."""
        return None if piece in self.hidden else self.vocabulary.get(piece)

    def tokenize(self, text):
        """The tokens of one piece.

        Args:
            text: A string that the pre-tokenizer left whole.

        Returns:
            pieces: List of (id, token, start, end): characters [start, end) of `text`
                became the token.
        """
        raise NotImplementedError(f"{type(self).__name__} must define tokenize")

    def can_find(self, token):
        """Whether text could become a token of the vocabulary, were it not hidden."""
        return True

    def opens_word(self, before, token):
        """Whether a token begins another word inside a piece, given the one before.

        A piece is a word where the pre-tokenizer cuts words; models that get a whole
        text say themselves.
        """
        return False

    def find_lost(self, text):
        """(start, end) of the stretches of a piece that become no token at all."""
        return [] if self.tokenize(text) else [(0, len(text))]


def check_vocabulary(vocabulary):
    """The vocabulary itself, once it is known to be {string: id}, each id once."""
    if not isinstance(vocabulary, dict):
        raise TypeError(
            "a vocabulary is a dictionary {token: id}; got "
            f"{type(vocabulary).__name__}"
        )
    seen: dict = {}
    for token, number in vocabulary.items():
        if not isinstance(token, str):
            raise TypeError(f"a token is a string; got {token!r} with id {number!r}")
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError(f"the id of {token!r} must be an int; got {number!r}")
        if number in seen:
            raise ValueError(
                f"{seen[number]!r} and {token!r} share the id {number}: every token "
                "needs its own"
            )
        seen[number] = token
    if seen and min(seen) < 0:
        raise ValueError(f"the id of {seen[min(seen)]!r} is negative: {min(seen)}")
    if seen and max(seen) >= 2 * len(seen) + MOST_HOLES:
        raise ValueError(
            f"the id of {seen[max(seen)]!r} is {max(seen)}, but there are only "
            f"{len(seen)} tokens: an embedding would be nearly all holes"
        )
    return vocabulary


def vocabulary_from_json(value):
    """{token: id} of a `JsonValue`."""
    entries = value.entries()
    for entry in entries.values():
        entry.integer()
    return {token: entry.value for token, entry in entries.items()}
