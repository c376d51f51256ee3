"""Unigram: of all the ways to cut a word into known pieces, the likeliest."""

import math
from itertools import groupby
from typing import Any

from transformer_tf.text.json_values import Field, JsonError, JsonValue
from transformer_tf.text.models.model import Model

# How much worse than the worst piece a character is that no piece covers.
UNKNOWN_PENALTY = 10.0


class UnigramModel(Model, type="Unigram"):
    """Cuts text into the pieces whose probabilities have the largest product.

    Every piece is drawn by itself (hence the name), so that the best cut of the first
    characters never depends on what follows: one pass from left to right finds it, in
    time linear in the text. Of cuts that are equally likely, the one whose last piece
    is longer wins. Neighbouring characters that no piece covers are one unknown token.

    Args:
        pieces: List of (piece, log probability); a piece's place is its id.
        unknown_id: The id of the unknown token; None makes uncovered text an error.

    Raises:
        ValueError: A piece occurs twice, is empty or has a score that is not finite,
            or `unknown_id` is no id.

    Example:
        >>> pieces = [("<unk>", 0), ("un", -2), ("do", -2.5), ("u", -3), ("ndo", -4)]
        >>> model = UnigramModel(pieces)
        >>> model.tokenize("undo")  # -4.5 is more than -7
        [(1, 'un', 0, 2), (2, 'do', 2, 4)]
        >>> round(model.log_likelihood("undo"), 2)  # both cuts together
        -4.42

    Source: https://arxiv.org/abs/1804.10959, section 3.
    """

    fields = {
        "vocab": Field(lambda value: pieces_from_json(value)),
        "unk_id": Field(JsonValue.integer, None, null=True),
        "byte_fallback": Field(JsonValue.boolean, False),
    }

    def __init__(self, pieces: Any, unknown_id: int = 0):
        self.pieces = [(piece, float(score)) for piece, score in pieces]
        self.scores = [score for _, score in self.pieces]
        if unknown_id is not None and not 0 <= unknown_id < len(self.pieces):
            raise ValueError(
                f"unknown_id={unknown_id} is no id: the {len(self.pieces)} pieces have "
                f"ids 0 .. {len(self.pieces) - 1}"
            )
        vocabulary: dict[str, int] = {}
        for number, (piece, score) in enumerate(self.pieces):
            if piece in vocabulary:
                raise ValueError(
                    f"the piece {piece!r} occurs twice, with ids {vocabulary[piece]} "
                    f"and {number}"
                )
            if not math.isfinite(score):
                raise ValueError(f"the score of {piece!r} is {score}, not finite")
            vocabulary[piece] = number
        unknown = None if unknown_id is None else self.pieces[unknown_id][0]
        super().__init__(vocabulary, unknown)
        self.unknown_score = min(self.scores, default=0.0) - UNKNOWN_PENALTY
        self._trie = make_trie(vocabulary)
        self._hidden_ids: frozenset[int] = frozenset()

    def tokenize(self, text):
        unknown_id = self.unknown_id
        tokens = []
        for _, group in groupby(
            enumerate(self.best_segmentation(text)),
            # Unknown neighbours share a key; every other piece has its own.
            key=lambda item: -1 if item[1][0] == unknown_id else item[0],
        ):
            parts = [part for _, part in group]
            start, end = parts[0][1], parts[-1][2]
            token = text[start:end]
            number = unknown_id if token in self.hidden else self.id_of(token)
            number = unknown_id if number is None else number
            tokens.append((number, token, start, end))
        return tokens

    def hide(self, tokens):
        hidden = super().hide(tokens)
        hidden._hidden_ids = {self.vocabulary[token] for token in hidden.hidden}
        return hidden

    def best_segmentation(self, text):
        """The likeliest cut of a text.

        Returns:
            parts: List of (id, start, end), in order; unknown characters one by one.

        Raises:
            ValueError: No piece covers a character and there is no unknown token.
        """
        best = [0.0] + [-math.inf] * len(text)
        cut = [(0, 0)] * (len(text) + 1)  # (id, start) of the best piece that ends here
        for start in range(len(text)):
            so_far = best[start]
            for number, end, score in self._pieces_at(text, start):
                if so_far + score > best[end]:
                    best[end] = so_far + score
                    cut[end] = number, start
        parts = []
        end = len(text)
        while end:
            number, start = cut[end]
            parts.append((number, start, end))
            end = start
        return parts[::-1]

    def log_likelihood(self, text):
        """The log of the probability of a text, summed over all of its cuts."""
        total = [0.0] + [-math.inf] * len(text)
        for start in range(len(text)):
            for _, end, score in self._pieces_at(text, start):
                total[end] = _log_add(total[end], total[start] + score)
        return total[-1]

    def _pieces_at(self, text, start):
        """(id, end, score) of the pieces that begin at `start`, the shortest first."""
        found: list = []
        node, hidden = self._trie, self._hidden_ids
        for end in range(start, len(text)):
            node = node.get(text[end])
            if node is None:
                break
            number = node.get("")
            if number is not None and number not in hidden:
                found.append((number, end + 1, self.scores[number]))
        if not found or found[0][1] > start + 1:
            if self.unknown_token is None:
                raise ValueError(
                    f"no piece covers the character {text[start]!r} and the model has "
                    "no unknown token: pass unknown_id, or train on more text"
                )
            found.insert(0, (self.unknown_id, start + 1, self.unknown_score))
        return found

    def to_json(self):
        return {
            "type": self.type,
            "unk_id": self.unknown_id,
            "vocab": [list(entry) for entry in self.pieces],
            "byte_fallback": False,
        }

    @classmethod
    def from_json(cls, entry):
        values = entry.read(cls.fields, ["type"])
        if values["byte_fallback"]:
            raise JsonError(f"{entry.place}: byte_fallback=true is not supported")
        return cls(values["vocab"], values["unk_id"])


def pieces_from_json(value):
    """List of (piece, score) of a `JsonValue`."""
    rows = [row.items(2) for row in value.items()]
    return [(piece.string(), score.number()) for piece, score in rows]


def make_trie(vocabulary):
    """Nested dictionaries, one a character; the key "" holds the id of a piece."""
    trie: dict = {}
    for piece, number in vocabulary.items():
        node = trie
        for character in piece:
            node = node.setdefault(character, {})
        node[""] = number
    return trie


def _log_add(one, other):
    """The log of the sum of two numbers given by their logs."""
    if one < other:
        one, other = other, one
    return one if other == -math.inf else one + math.log1p(math.exp(other - one))
