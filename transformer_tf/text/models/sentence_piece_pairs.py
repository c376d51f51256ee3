"""SentencePiece's byte-pair encoding: merges by the score of what they make."""

from heapq import heapify, heappop, heappush

from transformer_tf.text.models.sentence_piece import (
    UNUSED,
    USER_DEFINED,
    SentencePieceModel,
)


class SentencePiecePairs(SentencePieceModel):
    """Merges neighbours of a whole text, the best-scored piece first.

    There is no list of merges: any two neighbours that make a piece may merge, of
    equal scores the leftmost. User-defined pieces are symbols from the beginning and
    merge with nothing. An unused piece may be merged further; what is left of it at
    the end is taken apart again.

    Source: https://arxiv.org/abs/1508.07909, and `bpe_model.cc`.
    """

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        kept = [p.piece for p in self.pieces if p.kind == USER_DEFINED]
        self._kept = sorted(kept, key=len, reverse=True)
        self._first = {piece[0] for piece in kept}

    def segments(self, text):
        starts, frozen = self._symbols(text)
        count = len(starts)
        ends = [*starts[1:], len(text)]
        after, before = list(range(1, count + 1)), list(range(-1, count - 1))
        alive = [True] * count
        parts: dict = {}
        heap = []

        def pair(left, right):
            if left < 0 or right >= count or frozen[left] or frozen[right]:
                return None
            number = self.findable.get(text[starts[left] : ends[right]])
            if number is None:
                return None
            if self.pieces[number].kind == UNUSED:
                parts[text[starts[left] : ends[right]]] = ends[left] - starts[left]
            return -self.pieces[number].score, left, right, ends[right] - starts[left]

        heap = [found for i in range(count - 1) if (found := pair(i, i + 1))]
        heapify(heap)
        while heap:
            _, left, right, size = heappop(heap)
            if not (alive[left] and alive[right]):
                continue
            if ends[right] - starts[left] != size or after[left] != right:
                continue
            ends[left], alive[right] = ends[right], False
            after[left] = after[right]
            if after[left] < count:
                before[after[left]] = left
            for found in (pair(before[left], left), pair(left, after[left])):
                if found:
                    heappush(heap, found)
        spans = [(starts[i], ends[i]) for i in range(count) if alive[i]]
        return [piece for span in spans for piece in self._pieces(text, *span, parts)]

    def _symbols(self, text):
        """Where each first symbol starts, and whether it may merge."""
        starts, frozen, place = [], [], 0
        while place < len(text):
            size, keeps = 1, False
            if text[place] in self._first:
                for piece in self._kept:
                    if text.startswith(piece, place):
                        size, keeps = len(piece), True
                        break
            starts.append(place)
            frozen.append(keeps)
            place += size
        return starts, frozen

    def _pieces(self, text, start, end, parts):
        """The pieces of one symbol: itself, or what an unused one was made of."""
        number = self.findable.get(text[start:end], self.unknown_number)
        first = parts.get(text[start:end])
        if self.pieces[number].kind == UNUSED and first is not None:
            middle = start + first
            yield from self._pieces(text, start, middle, parts)
            yield from self._pieces(text, middle, end, parts)
        else:
            yield number, start, end
