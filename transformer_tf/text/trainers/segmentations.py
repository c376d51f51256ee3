"""All the ways to cut many words into pieces, summed over, or searched, at once."""

import numpy as np


class Segmentations:
    """The lattices of many words, as flat arrays.

    A word of n characters has n + 1 nodes, between which pieces are edges. All words
    are gone through in step: first the edges that end after one character, then those
    that end after two, and so on.

    Args:
        words: Iterable of strings.
        pieces: List of strings; a piece's place is its number.
        counts: [word] how often each word occurs.
        whole: Whether a word may be one piece.
    """

    def __init__(self, words, pieces, counts, whole=True):
        number_of = {piece: number for number, piece in enumerate(pieces)}
        longest = max(map(len, pieces), default=0)
        edges = []
        first = 0
        self.lengths = np.array([len(word) for word in words], np.int64)
        for word in words:
            size = len(word)
            for end in range(1, size + 1):
                for start in range(max(0, end - longest), end):
                    number = number_of.get(word[start:end])
                    if number is not None and (whole or end - start < size):
                        edges.append((end, first + start, first + end, number))
            first += size + 1
        table = np.array(edges, np.int64).reshape(-1, 4)
        order = np.lexsort((table[:, 2], table[:, 0]))
        self._set(table[order], np.asarray(counts, np.float64), len(pieces))

    def _set(self, table, counts, size):
        self.table, self.counts, self.size = table, counts, size
        turn, self.start, self.end, self.piece = table.T
        last = int(turn[-1]) if len(turn) else 0
        bounds = np.searchsorted(turn, np.arange(1, last + 2))
        self.turns = [slice(*pair) for pair in zip(bounds[:-1], bounds[1:])]
        self.first = np.cumsum(self.lengths + 1) - self.lengths - 1
        self.last = self.first + self.lengths

    def restrict(self, kept):
        """The same words with only the pieces of the ascending numbers `kept`."""
        renumbered = np.full(self.size, -1)
        renumbered[kept] = np.arange(len(kept))
        table = self.table[renumbered[self.piece] >= 0]
        table[:, 3] = renumbered[table[:, 3]]
        same = Segmentations.__new__(Segmentations)
        same.lengths = self.lengths
        same._set(table, self.counts, len(kept))
        return same

    def expected_counts(self, scores):
        """[piece] how often each is expected in all the words, given their scores."""
        forward, edge = self._forward(scores, np.logaddexp.reduceat), scores[self.piece]
        backward = self._backward(edge)
        total = np.repeat(forward[self.last], self.lengths + 1)
        weight = np.repeat(self.counts, self.lengths + 1)
        log = forward[self.start] + edge + backward[self.end] - total[self.start]
        share = np.exp(log) * weight[self.start]
        return np.bincount(self.piece, share, self.size)

    def log_likelihood(self, scores):
        """The log probability of all the words, each summed over its cuts."""
        forward = self._forward(scores, np.logaddexp.reduceat)
        return float(self.counts @ forward[self.last])

    def best_scores(self, scores):
        """[word] the log probability of each word's best cut, -infinity if none."""
        return self._forward(scores, np.maximum.reduceat)[self.last]

    def _forward(self, scores, reduceat):
        """[node] the text up to each node, over all its cuts."""
        node = np.full(self.lengths.sum() + len(self.lengths), -np.inf)
        node[self.first] = 0.0
        edge = scores[self.piece]
        for turn in self.turns:
            end = self.end[turn]
            begins = np.flatnonzero(np.diff(end, prepend=-1))
            with np.errstate(invalid="ignore"):
                paths = reduceat(node[self.start[turn]] + edge[turn], begins)
            node[end[begins]] = paths
        return node

    def _backward(self, edge):
        """[node] the text after each node, over all its cuts."""
        node = np.full(self.lengths.sum() + len(self.lengths), -np.inf)
        node[self.last] = 0.0
        for turn in reversed(self.turns):
            # Edges that end at the same turn leave different nodes: no sum is lost.
            start = self.start[turn]
            path = edge[turn] + node[self.end[turn]]
            node[start] = np.logaddexp(node[start], path)
        return node
