"""TensorFlow's own: a vocabulary as a trie that is walked from every place at once."""

import numpy as np
import tensorflow as tf

from transformer_tf.text.in_graph.code_point_map import CODES
from transformer_tf.text.in_graph.pair_table import NOTHING, PairTable
from transformer_tf.text.in_graph.words import places

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
        self.child = PairTable(left, right, value, len(children), len(letters) + 1)
        self.id = tf.constant(ids, tf.int32)
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
        """[place] code points -> [place] numbers of the trie's letters, 0 for others."""
        return tf.gather(self.letter_of, value)

    def walk(self, letters, place, node, end, found, *state):
        """Goes down the trie from many places at once, one letter a turn.

        Args:
            letters: [place] int32, from `letters`.
            place: [walk] int32, where each walk begins.
            node: [walk] int32, the node it begins at.
            end: [walk] int32, one past the last place it may read.
            found: Called as found(depth, start, number, *state) with the walks that a
                piece ends at: `start` [walk] is where they began, `number` [walk] the
                piece. Returns the new state, a tuple.
            *state: Tensors of one axis.

        Returns:
            state: The tuple that the last call returned.
        """
        letters = tf.concat([letters, [0]], axis=0)

        def step(depth, start, node, end, *state):
            node = self.child(node, tf.gather(letters, start + depth))
            alive = places((node >= 0) & (start + depth < end))
            start, node, end = (tf.gather(x, alive) for x in (start, node, end))
            number = tf.gather(self.id, node)
            hits = places(number >= 0)
            depth += 1
            state = found(
                depth, tf.gather(start, hits), tf.gather(number, hits), *state
            )
            open_end = places(start + depth < end)
            start, node, end = (tf.gather(x, open_end) for x in (start, node, end))
            return (depth, start, node, end, *state)

        shapes = [[], *([None],) * (3 + len(state))]
        _, _, _, _, *state = tf.while_loop(
            lambda depth, start, *_: tf.size(start) > 0,
            step,
            (tf.constant(0), place, node, end, *state),
            shape_invariants=tuple(map(tf.TensorShape, shapes)),
        )
        return state
