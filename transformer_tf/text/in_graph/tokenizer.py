"""TensorFlow's own: a tokenizer made of graph operations, for string inputs."""

import tensorflow as tf

from transformer_tf.text.in_graph.building import unsupported, words_and_pieces
from transformer_tf.text.in_graph.decoding import Decoding
from transformer_tf.text.in_graph.words import checked, places
from transformer_tf.text.padding import Padding

TEXTS = tf.TensorSpec([None], tf.string)
IDS = tf.TensorSpec([None, None], tf.int32)


class InGraphTokenizer(tf.Module):
    """Gives the ids that a tokenizer gives, from TensorFlow operations alone.

    It works in `tf.function`, in `tf.data` and in a SavedModel, where no Python runs.
    GPT-2's steps build, and BERT's (cased and uncased) and T5's; anything that would
    not be done exactly is an error here, not a difference later. Its truncation and
    padding are the tokenizer's; without padding, rows are filled with id 0 up to the
    longest. There are no offsets: use the tokenizer itself where you need them.

    Args:
        tokenizer: A `Tokenizer`.
        longest_word: The most symbols (bytes for GPT-2, else characters) that a word
            between two cuts may have. Time grows with the square of the longest word,
            so there is a limit; a longer word is an error that names its row.

    Call:
        texts: [row] strings, UTF-8.

    Returns:
        Dictionary of [row, length] int32 tensors: `ids`, `attention_mask` (0 where
        padded) and `type_ids`.

    Raises:
        ValueError: The tokenizer has a step or a setting that is not supported.
        tf.errors.InvalidArgumentError: On a call, a text that is not UTF-8 or a word
            that is too long; the message has the number of the row.
    """

    def __init__(self, tokenizer, longest_word=10_000, name=None):
        super().__init__(name=name)
        self.longest_word = longest_word
        self._words, self._pieces = words_and_pieces(tokenizer)
        self._decoding = Decoding(tokenizer)
        self._padding = tokenizer.padding or Padding()
        self._max_length = None
        truncation = tokenizer.truncation
        if truncation is not None:
            if truncation.side != "right" or truncation.overlap:
                raise unsupported("truncation at the left, or with overlap,")
            self._max_length = truncation.max_length
        self._single, self._pair = _layouts(tokenizer.post_processor)

    @tf.function(input_signature=[TEXTS], autograph=False)
    def __call__(self, texts):
        return self._laid_out(self._single, [self._bare(texts)], tf.size(texts))

    @tf.function(input_signature=[TEXTS, TEXTS], autograph=False)
    def pairs(self, texts, others):
        """As a call, for pairs of texts: [row] strings and [row] strings."""
        if self._max_length is not None:
            raise unsupported("truncation of pairs")
        tf.debugging.assert_equal(tf.size(texts), tf.size(others))
        both = [self._bare(texts), self._bare(others)]
        return self._laid_out(self._pair, both, tf.size(texts))

    @tf.function(input_signature=[IDS, IDS], autograph=False)
    def decode(self, ids, attention_mask):
        """[row, length] ids and mask -> [row] strings, without special tokens."""
        return self._decoding(ids, attention_mask)

    def _bare(self, texts):
        """[row] strings -> [piece] ids, [piece] rows, ascending."""
        words = checked(self._words(texts), self.longest_word)
        pieces = self._pieces(words)
        place = places(pieces >= 0)
        return tf.gather(pieces, place), tf.gather(words.row, place)

    def _laid_out(self, layout, texts, rows):
        """The texts' ids among special tokens, as rows of one length."""
        texts = [_truncated(*text, self._room(layout)) for text in texts]
        counts = [
            tf.math.bincount(row, minlength=rows, maxlength=rows) for _, row in texts
        ]
        done = tf.zeros([rows], tf.int32)  # how long each row is so far
        parts = []
        for number, type_id, text in layout:
            if text is None:
                row, ids = tf.range(rows), tf.fill([rows], number)
                column, count = done, 1
            else:
                (ids, row), count = texts[text], counts[text]
                column = _column(row, count) + tf.gather(done, row)
            parts.append((row, column, ids, tf.fill(tf.shape(ids), type_id)))
            done += count
        row, column, ids, type_ids = (tf.concat(part, axis=0) for part in zip(*parts))
        longest = tf.reduce_max(tf.concat([done, [0]], axis=0))
        width = tf.maximum(self._padding.target(longest), longest)
        if self._padding.side == "left":
            column += tf.gather(width - done, row)
        place = tf.stack([row, column], axis=1)

        def filled(values, padding):
            empty = tf.fill(tf.stack([rows, width]), padding)
            return tf.tensor_scatter_nd_update(empty, place, values)

        return {
            "ids": filled(ids, self._padding.id),
            "attention_mask": filled(tf.ones_like(ids), 0),
            "type_ids": filled(type_ids, self._padding.type_id),
        }

    def _room(self, layout):
        """How many tokens of text are kept, or None."""
        if self._max_length is None:
            return None
        return self._max_length - sum(text is None for _, _, text in layout)


def _layouts(template):
    """Lists of (id, type id, None) and (None, type id, which text): single and pair."""
    if template is None or not hasattr(template, "special_tokens"):
        return [(None, 0, 0)], [(None, 0, 0), (None, 1, 1)]
    values = template.to_json()
    layouts = []
    for name in ("single", "pair"):
        layout = []
        for word in values[name]:
            ((kind, entry),) = word.items()
            if kind == "Sequence":
                layout.append((None, entry["type_id"], "AB".index(entry["id"])))
            else:
                number = template.special_tokens[entry["id"]]
                layout.append((number, entry["type_id"], None))
        layouts.append(layout)
    return layouts


def _column(row, count):
    """[piece] ascending rows -> each one's place in its row."""
    begin = tf.cumsum(count, exclusive=True)
    return tf.range(tf.size(row)) - tf.gather(begin, row)


def _truncated(ids, row, room):
    """The first `room` ids of each row."""
    if room is None:
        return ids, row
    kept = places(_column(row, tf.math.bincount(row)) < room)
    return tf.gather(ids, kept), tf.gather(row, kept)
