"""TensorFlow's own: a precompiled character map, applied to clusters of characters."""

import tensorflow as tf

from transformer_tf.text import clusters
from transformer_tf.text.in_graph.code_point_map import (
    CODES,
    CodePointMap,
    code_point_table,
)
from transformer_tf.text.in_graph.trie import Trie
from transformer_tf.text.in_graph.words import after, before, opens_row, places

LINE_FEED, CARRIAGE_RETURN = 0x0A, 0x0D


class ClusterMap:
    """Does to the texts of a batch what the normalizer `Precompiled` does to one.

    Without joining characters every character is looked up alone. Where there are
    some, clusters of less than six bytes are looked up whole; one that begins with an
    entry becomes one number of its own, which the table replaces as it does the rest.

    Args:
        replacements: {entry: replacement}, entries of one character or more.

    Call:
        value: [character] int32 code points.
        row: [character] int32, the text that each comes from.
        *spans: Left out, or [character] int32 start and stop: what of the texts each
            character stands for.

    Returns:
        value, row, *spans: the same after replacement, [new character].
    """

    def __init__(self, replacements):
        alone = {key: text for key, text in replacements.items() if len(key) == 1}
        longer = {key: text for key, text in replacements.items() if len(key) > 1}
        self.map = CodePointMap(alone, [*longer.values()])
        numbers = {key: ord(key) for key in alone}
        numbers.update({key: CODES + turn for turn, key in enumerate(longer)})
        self.entries = Trie(numbers)
        by_kind: dict = {}
        for code, kind in clusters.kinds_by_code().items():
            by_kind.setdefault(kind, []).append(chr(code))
        self.kind = code_point_table(by_kind)
        pairs = [
            [(a, b) in clusters.PAIRS for b in clusters.KINDS] for a in clusters.KINDS
        ]
        self.pairs = tf.constant(pairs)
        self.may_join = tf.constant(
            [
                kind in clusters.JOINING or kind == clusters.PREPEND
                for kind in clusters.KINDS
            ]
        )

    def __call__(self, value, row, *spans):
        kind = tf.cast(tf.gather(self.kind, value), tf.int32)
        joining = tf.gather(self.may_join, kind) | tf.equal(value, CARRIAGE_RETURN)
        found = tf.cond(
            tf.reduce_any(joining),
            lambda: self._replace_clusters(value, row, kind, spans),
            lambda: (value, row, *spans),
        )
        return self.map(*found)

    def _replace_clusters(self, value, row, kind, spans):
        """Short clusters that begin with an entry -> one number each."""
        opens = opens_row(row)
        begin = places(~self._joins(value, row, kind, opens))
        end = tf.concat([begin[1:], [tf.size(value)]], axis=0)
        size = 1 + sum(
            tf.cast(value >= least, tf.int32) for least in (0x80, 0x800, 0x10000)
        )
        total = tf.concat([[0], tf.cumsum(size)], axis=0)
        size = tf.gather(total, end) - tf.gather(total, begin)
        short = (size < 6) & (end - begin > 1)
        begin, end = tf.boolean_mask(begin, short), tf.boolean_mask(end, short)

        letters = self.entries.letters(value)
        found = tf.fill(tf.shape(begin), -1)
        for longer in self.entries.walk_words(letters, begin, end - begin):
            found = tf.where(found < 0, longer, found)  # the shortest entry counts
        entry = tf.tensor_scatter_nd_update(
            tf.fill(tf.shape(value), -1), begin[:, None], found
        )
        replaced = tf.gather(entry, begin) >= 0
        begin, end = tf.boolean_mask(begin, replaced), tf.boolean_mask(end, replaced)
        one = tf.ones_like(begin)
        change = tf.scatter_nd(begin[:, None] + 1, one, [tf.size(value) + 1])
        change -= tf.scatter_nd(end[:, None], one, [tf.size(value) + 1])
        kept = places(tf.equal(tf.cumsum(change)[:-1], 0))
        value = tf.where(entry >= 0, entry, value)
        if spans:  # a cluster stands for all of its characters
            start, stop = spans
            last = tf.gather(stop, end - 1)
            spans = start, tf.tensor_scatter_nd_update(stop, begin[:, None], last)
        return tuple(tf.gather(values, kept) for values in (value, row, *spans))

    def _joins(self, value, row, kind, opens):
        """[character] bools: where a character belongs to the cluster before it."""
        ahead = tf.where(opens, clusters.CONTROL, before(kind, clusters.CONTROL))
        joins = tf.gather_nd(self.pairs, tf.stack([ahead, kind], axis=1))
        is_line_end = tf.equal(before(value, 0), CARRIAGE_RETURN) & ~opens
        joins |= is_line_end & tf.equal(value, LINE_FEED)

        # Rule GB11: pictograph, accents, joiner, pictograph.
        accents = (clusters.EXTEND, clusters.LINKER, clusters.NON_JOINER)
        base = _last_but(accents, kind)
        is_chain = self._is_at(clusters.PICTOGRAPH, kind, row, base)
        is_chain = before(is_chain & ~after(opens, True), False)  # up to the one before
        joined = before(tf.equal(kind, clusters.JOINER) & is_chain, False) & ~opens
        joins |= joined & tf.equal(kind, clusters.PICTOGRAPH)

        # Rule GB9c: consonant, marks with at least one linker among them, consonant.
        base = _last_but((clusters.EXTEND, clusters.LINKER, clusters.JOINER), kind)
        linkers = tf.cumsum(tf.cast(tf.equal(kind, clusters.LINKER), tf.int32))
        is_chain = self._is_at(clusters.CONSONANT, kind, row, base)
        is_chain &= linkers > tf.gather(linkers, base)
        joined = before(is_chain, False) & ~opens
        return joins | (joined & tf.equal(kind, clusters.CONSONANT))

    def _is_at(self, wanted, kind, row, base):
        """[character] bools: whether its base is of a kind, and in the same text."""
        same_text = tf.equal(tf.gather(row, base), row)
        return same_text & tf.equal(tf.gather(kind, base), wanted)


def _last_but(skipped, kind):
    """[character] the place of the last character up to there of no skipped kind."""
    skips = tf.reduce_any(tf.equal(kind[:, None], tf.constant(skipped)), axis=1)
    stays = places(~skips)
    turn = tf.cumsum(tf.cast(~skips, tf.int32)) - 1
    return tf.gather(tf.concat([[0], stays], axis=0), turn + 1)
