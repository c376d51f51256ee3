"""What a kind of tokenizer must be able to do with one piece of text."""

from transformer_tf.text.component import Component


class Model(Component, role="model"):
    """Turns one piece of text into tokens of a vocabulary.

    A kind (word, character, BPE, WordPiece, Unigram) subclasses this, keeps its
    `vocabulary` and defines `tokenize`; it gets a `type` when tokenizer.json has one.

    Args:
        vocabulary: {token: id}. Ids are 0 .. size - 1, each once.
        unknown_token: The token that stands for text that has none, or None.

    Raises:
        TypeError: A token is not a string or an id not an int.
        ValueError: Two tokens share an id, ids leave holes, or the unknown token is
            not in the vocabulary.
    """

    def __init__(self, vocabulary, unknown_token=None):
        self.vocabulary = checked_vocabulary(vocabulary)
        self.unknown_token = unknown_token
        if unknown_token is not None and unknown_token not in vocabulary:
            raise ValueError(
                f"the unknown token {unknown_token!r} is not in the vocabulary; add "
                "it there, or pass unknown_token=None"
            )
        self._tokens = {number: token for token, number in vocabulary.items()}

    @property
    def unknown_id(self):
        """The id of the unknown token, or None."""
        if self.unknown_token is None:
            return None
        return self.vocabulary[self.unknown_token]

    def __len__(self):
        return len(self.vocabulary)

    def id_of(self, token):
        """The id of `token`, or None."""
        return self.vocabulary.get(token)

    def token_of(self, number):
        """The token whose id is `number`, or None."""
        return self._tokens.get(number)

    def tokenize(self, text):
        """The tokens of one piece.

        Args:
            text: A string that the pre-tokenizer left whole.

        Returns:
            pieces: List of (id, token, start, end): characters [start, end) of `text`
                became the token.
        """
        raise NotImplementedError(f"{type(self).__name__} must define tokenize")


def checked_vocabulary(vocabulary):
    """The vocabulary itself, once it is known to be {string: 0 .. size - 1}."""
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
    if seen and (min(seen) < 0 or max(seen) >= len(seen)):
        missing = next(number for number in range(len(seen) + 1) if number not in seen)
        raise ValueError(
            f"ids must be 0 .. {len(seen) - 1} without holes; {missing} is missing "
            f"and the largest is {max(seen)}"
        )
    return vocabulary
