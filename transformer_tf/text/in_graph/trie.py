"""TensorFlow's own: a vocabulary as a trie that is walked from every place at once."""

import numpy as np
import tensorflow as tf

from transformer_tf.text.in_graph.code_point_map import CODES
from transformer_tf.text.in_graph.pair_table import NOTHING, PairTable

ROOT = 0


class Trie:
    """Finds the pieces that begin at many places of a text, a character a step.

    Args:
        vocabulary: {piece: id}.

    Attributes:
        longest: int, the most characters that a piece has.
        id: [node] int32 constant, the piece that ends at each node, or -1.
    """

    def __init__(self, vocabulary):
        letters = sorted(set().union(*vocabulary))
        order = {letter: number for number, letter in enumerate(letters, 1)}
        children, ids = [{}], [NOTHING]
        for piece, number in vocabulary.items():
            node = ROOT
            for letter in piece:
                if letter not in children[node]:
                    children[node][letter] = len(children)
                    children.append({})
                    ids.append(NOTHING)
                node = children[node][letter]
            ids[node] = number
        edges = [
            (node, order[letter], child)
            for node, below in enumerate(children)
            for letter, child in below.items()
        ]
        left, right, value = np.array(edges, np.int64).reshape(-1, 3).T
        self.dead = len(children)  # a node without children, for walks that ended
        self.child = PairTable(
            left, right, value, len(children) + 1, len(letters) + 1, self.dead
        )
        self.id = tf.constant([*ids, NOTHING], tf.int32)
        self.longest = max(map(len, vocabulary), default=0)
        self._children = children
        letter_of = np.zeros(CODES, np.int32)
        letter_of[[ord(letter) for letter in letters]] = list(order.values())
        self.letter_of = tf.constant(letter_of)

    def node_of(self, prefix):
        """The node that the characters of `prefix` lead to, or None."""
        node = ROOT
        for letter in prefix:
            node = self._children[node].get(letter)
            if node is None:
                return None
        return node

    def letters(self, value):
        """[place] code points -> [place] letters of the trie, 0 for all others."""
        return tf.gather(self.letter_of, value)

    def walk(self, letters, node, room):
        """Goes down the trie from every place at once, one letter a step.

        Args:
            letters: [place] int32, from `letters`.
            node: [place] int32, the node each walk begins at; `dead` for none.
            room: [place] int32, how many letters from there on a piece may have.

        Returns:
            ids: List of `longest` tensors [place] int32: the piece of one letter, of
                two letters, ... that begins at each place, or -1.
        """
        size = tf.size(letters)
        letters = tf.pad(letters, [[0, self.longest]])
        ids = []
        for depth in range(self.longest):
            node = tf.where(room > depth, node, self.dead)
            node = self.child(node, letters[depth : depth + size])
            ids.append(tf.gather(self.id, node))
        return ids

    def first(self, letters):
        """[word, longest] letters, 0 behind -> [word] the shortest piece that each
        word begins with, or -1."""
        node = tf.fill(tf.shape(letters)[:1], ROOT)
        shortest = tf.fill(tf.shape(letters)[:1], NOTHING)
        for depth in range(self.longest):
            node = self.child(node, letters[:, depth])
            found = tf.gather(self.id, node)
            shortest = tf.where(shortest < 0, found, shortest)
        return shortest
