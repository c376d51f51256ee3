"""SentencePiece's Unigram: the likeliest cut, added up as that library adds."""

import math
import struct

from transformer_tf.text.models.sentence_piece import (
    NORMAL,
    UNUSED,
    USER_DEFINED,
    SentencePieceModel,
)
from transformer_tf.text.models.unigram import UNKNOWN_PENALTY, make_trie

_FLOAT = struct.Struct("f")
_RESET = 100_000.0  # a sum beyond this starts from 0 again, so that it stays exact
_LEAST = 2.0**-126  # the least positive number of 32 bits


def round_single(number):
    """The nearest number that 32 bits hold."""
    return _FLOAT.unpack(_FLOAT.pack(number))[0]


class SentencePieceUnigram(SentencePieceModel):
    """Cuts a whole text into the pieces whose probabilities have the largest product.

    As `UnigramModel`, with what makes SentencePiece's ids its own: the sum is kept in
    32 bits from the beginning of the text on, so that rounding decides between cuts
    that are nearly equal; user-defined pieces always win; unused pieces never do.

    Source: https://arxiv.org/abs/1804.10959, section 3, and `unigram_model.cc`.
    """

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        scores = [piece.score for piece in self.pieces if piece.kind == NORMAL]
        self.unknown_score = round_single(min(scores, default=0.0) - UNKNOWN_PENALTY)
        most = max([*scores, _LEAST])
        found = {
            piece: number
            for piece, number in self.findable.items()
            if self.pieces[number].kind != UNUSED
        }
        self._trie = make_trie(found)
        self._score = [
            round_single(
                round_single(len(piece.piece.encode()) * most) - round_single(0.1)
            )
            if piece.kind == USER_DEFINED
            else piece.score
            for piece in self.pieces
        ]

    def segments(self, text):
        best = [0.0] + [-math.inf] * len(text)
        cut = [(self.unknown_number, 0)] * (len(text) + 1)
        scores, count, reached = self._score, len(text), 0
        for start in range(count):
            if abs(best[start]) > _RESET:
                offset = best[start]
                for end in range(start, reached + 1):
                    best[end] = round_single(best[end] - offset)
            so_far, alone = best[start], False
            node, end = self._trie, start
            while end < count and (node := node.get(text[end])) is not None:
                end += 1
                number = node.get("")
                if number is not None:
                    reached = max(reached, end)
                    total = round_single(so_far + scores[number])
                    alone = alone or end == start + 1
                    if total > best[end]:
                        best[end] = total
                        cut[end] = number, start
            if not alone:
                reached = max(reached, start + 1)
                total = round_single(so_far + self.unknown_score)
                if total > best[start + 1]:
                    best[start + 1] = total
                    cut[start + 1] = self.unknown_number, start
        segments, end = [], count
        while end:
            number, start = cut[end]
            segments.append((number, start, end))
            end = start
        return segments[::-1]
