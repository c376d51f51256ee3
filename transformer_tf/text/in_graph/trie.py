"""TensorFlow's own: a vocabulary as a trie that is walked from every place at once."""

import numpy as np
import tensorflow as tf

from transformer_tf.text.in_graph.code_point_map import CODES
from transformer_tf.text.in_graph.pair_table import NOTHING, PairTable


class Trie:
    """Finds the pieces that begin at many places of a text, a character per step.

    Args:
        vocabulary: {piece: id}.

    Attributes:
        longest: int, the most characters that a piece has.
        size: int, above every id. The node where a piece ends has the piece's id as
            its number; the numbers from `size` on are for all other nodes.
        root, dead: int, the node of no letters, and the one of walks that ended.
    """

    def __init__(self, vocabulary):
        letters = sorted(set().union(*vocabulary))
        order = {letter: number for number, letter in enumerate(letters, 1)}
        self.longest = max(map(len, vocabulary), default=0)
        self.size = max(vocabulary.values(), default=-1) + 1
        self.root = self.size
        self._nodes = {"": self.root}
        for piece in vocabulary:
            for end in range(1, len(piece) + 1):
                beginning = piece[:end]
                if beginning not in self._nodes:
                    number = self.size + len(self._nodes)
                    self._nodes[beginning] = vocabulary.get(beginning, number)
        self.dead = self.size + len(self._nodes)
        edges = [
            (self._nodes[beginning[:-1]], order[beginning[-1]], node)
            for beginning, node in self._nodes.items()
            if beginning
        ]
        left, right, value = np.array(edges, np.int64).reshape(-1, 3).T
        self.child = PairTable(
            left, right, value, self.dead + 1, len(letters) + 1, self.dead
        )
        letter_of = np.zeros(CODES, np.int32)
        letter_of[[ord(letter) for letter in letters]] = list(order.values())
        self.letter_of = tf.constant(letter_of)

    def node_of(self, prefix):
        """The node that the characters of `prefix` lead to, or None."""
        return self._nodes.get(prefix)

    def letters(self, value):
        """[place] code points -> [place] letters of the trie, 0 for all others."""
        return tf.gather(self.letter_of, value)

    def walk(self, letters, node, room):
        """Goes down the trie from every place at once, one letter per step.

        Args:
            letters: [place] int32, from `letters`.
            node: [place] int32, the node each walk begins at.
            room: [place] int32, how many letters from there on a piece may have.

        Returns:
            ids: List of `longest` tensors [place] int32: the piece of one letter, of
                two letters, ... that begins at each place, or -1.
        """
        size = tf.size(letters)
        letters = tf.pad(letters, [[0, self.longest]])
        rows = (letters[depth : depth + size] for depth in range(self.longest))
        return self._down(node, room, rows)

    def walk_words(self, letters, begin, length):
        """As `walk`, from the root and the beginnings of words only."""
        letters = tf.pad(letters, [[0, self.longest]])
        rows = (tf.gather(letters, begin + depth) for depth in range(self.longest))
        return self._down(tf.fill(tf.shape(begin), self.root), length, rows)

    def _down(self, node, room, rows):
        ids = []
        for depth, letters in enumerate(rows):
            node = tf.where(room > depth, node, self.dead)
            node = self.child(node, letters)
            ids.append(tf.where(node < self.size, node, NOTHING))
        return ids
