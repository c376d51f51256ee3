"""TensorFlow's own: the likeliest pieces of words, compiled to one program by XLA."""

from functools import cache

import numpy as np
import tensorflow as tf

from transformer_tf.text.in_graph.pair_table import NOTHING, SHARE

SHORT, LONG = 11, 127  # characters; nine words of ten are short
# The number of words is rounded up to one of these: each is compiled for itself.
SIZES = [32, 128, 512] + [size << n for n in range(9, 22) for size in (2, 3)]


class CompiledUnigram(tf.Module):
    """Does to words of up to 127 characters what `UnigramPieces` does to all.

    Words lie side by side, their characters below one another, and one loop goes down
    the characters. At each it knows, of every word, the walks down the trie that began
    one, two, ... characters ago, and how good the best pieces before them are. Scores
    are float64 and are added in the order of the definition, so that the pieces are the
    same, those of equally likely cuts too. As operations one by one the loop would be
    hundreds of small ones; XLA makes one program of it, for every shape that it meets.

    Args:
        pieces: The `UnigramPieces` to be equal to; one that `supports` says yes to.
        mark: The code point of the character that every word begins with.

    Methods:
        of_ascii, of_characters: From [word] strings without that mark to

            ids: [place] int32, the ids of all the words with gaps between them.
            begin, length: [word] int32: where each word's ids lie in `ids`.
    """

    def __init__(self, pieces, mark):
        super().__init__(name="compiled_unigram")
        self.mark, self.unknown_id = mark, pieces.unknown_id
        self.longest = pieces.trie.longest
        with tf.device("CPU"):
            self._pack(pieces.trie)
            self._keep(pieces)

    def _keep(self, pieces):
        """Letters of the trie, and scores."""
        trie = pieces.trie
        self.letter_of = trie.letter_of
        # Beyond the ids: no piece, and a character alone that no piece covers.
        self.none, self.uncovered = trie.size, trie.size + 1
        self.id_bits = self.uncovered.bit_length()
        scores, alone = pieces.scores[: self.none], pieces.scores[-1:]
        self.scores = tf.concat([scores, [-np.inf], alone], axis=0)

    @staticmethod
    def supports(pieces):
        """Whether XLA is here, and what shares a number in the program fits there."""
        trie = pieces.trie
        best = (trie.size + 1).bit_length() + trie.longest.bit_length()
        fits = sum(_widths(trie)) < 63 and best < 31
        return fits and bool(np.isfinite(pieces.scores[: trie.size]).all()) and xla()

    def _pack(self, trie):
        """Slots that hold owner, node and where the node's row begins, in an int64."""
        slot = trie.child.slot.numpy()
        offset = trie.child.offset.numpy().astype(np.int64)
        _, self.node_bits, self.row_bits = _widths(trie)

        def pack(owner, node):
            return (((owner << self.node_bits) | node) << self.row_bits) | offset[node]

        owner, node = np.divmod(np.maximum(slot, 0), SHARE)
        self.slot = tf.constant(np.where(slot < 0, NOTHING, pack(owner, node)))
        self.root = tf.constant(pack(0, trie.root), tf.int64)
        self.dead = tf.constant(pack(0, trie.dead), tf.int64)
        # All words begin with the same character.
        first = tf.cast(trie.letter_of[self.mark], tf.int64)
        self.begun = self._down(self.root, first)

    def of_ascii(self, words):
        """Words of at most `SHORT` bytes below 128."""
        code = tf.io.decode_raw(words, tf.uint8, fixed_length=SHORT)
        return self._lay(tf.cast(code, tf.int32), tf.strings.length(words))

    def of_characters(self, words):
        """Words of at most `LONG` characters."""
        words = tf.strings.unicode_transcode(words, "UTF-8", "UTF-32-BE")
        code = tf.io.decode_raw(words, tf.int32, False, fixed_length=4 * LONG)
        return self._lay(code, tf.strings.length(words) // 4)

    def _lay(self, code, length):
        """[word, column] code points, padded to a shape that is compiled."""
        most, count = code.shape[1], tf.size(length)
        size = tf.constant(SIZES)[tf.searchsorted(SIZES, count[None])[0]]
        more = [0, size - count]
        code = tf.pad(code, [more, [1, 0]], constant_values=self.mark)
        with tf.device("CPU"):
            ids, number = self._cut(code, tf.pad(length + 1, [more]))
        begin = tf.range(1, count + 1) * (1 + most) - number[:count]
        return ids, begin, number[:count]

    @tf.function(jit_compile=True, autograph=False)
    def _cut(self, code, length):
        return self._trace_back(self._best_last_pieces(code, length), length)

    def _best_last_pieces(self, code, length):
        """[column, word] int32: of the best last piece up to there, letters and id."""
        columns, size = code.shape[1], tf.shape(code)[0]
        longest, last = min(self.longest, columns), tf.reduce_max(length)
        letters = tf.gather(self.letter_of, tf.transpose(code))
        letters = tf.where(tf.range(columns)[:, None] < length, letters, 0)
        letters = tf.cast(letters, tf.int64)
        many = np.arange(1, longest + 1, dtype=np.int32)[:, None] << self.id_bits

        def step(turn, walks, so_far, best):
            # [letters, word]: the walks that began so many letters ago, from 0 on.
            state = walks[1:]
            ids = tf.cast(tf.minimum(self._node(state), self.none), tf.int32)
            alone = tf.where(ids[:1] < self.none, ids[:1], self.uncovered)
            ids = tf.concat([alone, ids[1:]], axis=0)
            score = so_far + tf.gather(self.scores, ids)
            highest = tf.reduce_max(score, axis=0, keepdims=True)
            # Of pieces that are equally good the longest counts.
            pieces = tf.where(tf.equal(score, highest), many | ids, 0)
            best = best.write(turn, tf.reduce_max(pieces, axis=0))
            so_far = tf.concat([highest, so_far[:-1]], axis=0)
            # XLA would give a gather from a table of this size to two threads, which
            # wait for each other at every turn; what updates an array it gives to one.
            further = self._down(walks[:-1], letters[turn + 1])
            walks = tf.raw_ops.TensorStridedSliceUpdate(
                input=walks, begin=[1], end=[1 + longest], strides=[1], value=further
            )
            return turn + 1, walks, so_far, best

        nothing = tf.fill([longest - 1, size], tf.constant(-np.inf, tf.float64))
        so_far = tf.concat([tf.zeros([1, size], tf.float64), nothing], axis=0)
        begun = [self.root, self.begun] + [self.dead] * (longest - 1)
        walks = tf.repeat(tf.stack(begun)[:, None], size, axis=1)
        start = 0, walks, so_far
        best = tf.TensorArray(tf.int32, columns, element_shape=[None])
        *_, best = tf.while_loop(lambda turn, *_: turn < last, step, (*start, best))
        return best.stack()

    def _down(self, state, letter):
        """The states that letters lead to."""
        found = tf.gather(self.slot, (state & (2**self.row_bits - 1)) + letter)
        owner = _without(found, self.node_bits + self.row_bits)
        return tf.where(tf.equal(owner, self._node(state)), found, self.dead)

    def _node(self, state):
        return _without(state, self.row_bits) & (2**self.node_bits - 1)

    def _trace_back(self, best, length):
        """Each word's ids, at the end of as many places as there are columns."""
        columns, size = best.shape[0], tf.size(length)
        column, word = tf.range(columns)[:, None], tf.range(size)
        best = tf.reshape(best, [-1])

        def step(end, number, later, ids):
            going = end > 0
            piece = tf.gather(best, tf.maximum(end - 1, 0) * size + word)
            found = piece & (2**self.id_bits - 1)
            found = tf.where(tf.equal(found, self.uncovered), self.unknown_id, found)
            # Unknown neighbours are one token.
            again = tf.equal(found, self.unknown_id) & tf.equal(later, found)
            kept = going & ~again
            number += tf.cast(kept, tf.int32)
            ids = tf.where(kept & tf.equal(column, columns - number), found, ids)
            end -= tf.where(going, _without(piece, self.id_bits), 0)
            return end, number, found, ids

        nothing = tf.zeros_like(length)
        ids = tf.zeros([columns, size], tf.int32)
        start = (length, nothing, nothing - 1, ids)
        _, number, _, ids = tf.while_loop(
            lambda end, *_: tf.reduce_any(end > 0), step, start
        )
        return tf.reshape(tf.transpose(ids), [-1]), number


@cache
def xla():
    """Whether this TensorFlow can compile programs for the processor."""
    try:
        with tf.device("CPU"):
            tf.function(tf.negative, jit_compile=True)(0.0)
    except (tf.errors.OpError, ValueError):
        return False
    return True


def _widths(trie):
    """How many bits an owner, a node, and the beginning of a row need."""
    row = int(trie.child.offset.numpy().max())
    return trie.dead.bit_length(), trie.dead.bit_length(), row.bit_length()


def _without(values, bits):
    """Integers without their last bits."""
    return tf.bitwise.right_shift(values, tf.constant(bits, values.dtype))
