"""TensorFlow's own: a tokenizer made of graph operations, for string inputs."""

import tensorflow as tf

from transformer_tf.text.in_graph.building import pieces_of_texts, unsupported
from transformer_tf.text.in_graph.decoding import Decoding
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
        compiled: Whether kernels of tensorflow-text, where it is installed, may do
            the texts for which they are proven equal (BERT's). What is saved then
            needs `import tensorflow_text` before it is loaded; without them it
            needs TensorFlow alone.

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

    def __init__(self, tokenizer, longest_word=10_000, compiled=True, name=None):
        super().__init__(name=name)
        self.longest_word = longest_word
        self._encode = pieces_of_texts(tokenizer, longest_word, compiled)
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
        return self._laid_out(self._single, [self._encode(texts)])

    @tf.function(input_signature=[TEXTS, TEXTS], autograph=False)
    def pairs(self, texts, others):
        """As a call, for pairs of texts: [row] strings and [row] strings."""
        if self._max_length is not None:
            raise unsupported("truncation of pairs")
        tf.debugging.assert_equal(tf.size(texts), tf.size(others))
        both = [self._encode(texts), self._encode(others)]
        return self._laid_out(self._pair, both)

    @tf.function(input_signature=[IDS, IDS], autograph=False)
    def decode(self, ids, attention_mask):
        """[row, length] ids and mask -> [row] strings, without special tokens."""
        return self._decoding(ids, attention_mask)

    def _laid_out(self, layout, texts):
        """The texts' ids among special tokens, as rows of one length."""
        room = self._room(layout)
        if room is not None:
            texts = [text[:, :room] for text in texts]
        counts = [tf.cast(text.row_lengths(), tf.int32) for text in texts]
        total = tf.add_n(counts) + (len(layout) - len(texts))
        longest = tf.reduce_max(tf.concat([total, [0]], axis=0))
        width = tf.maximum(self._padding.target(longest), longest)
        column = tf.range(width)

        # What stands in front of the first text, that text, then what follows.
        lead = [text is not None for _, _, text in layout].index(True)
        ids = texts[0].to_tensor(-1, shape=tf.stack([-1, width - lead]))
        if lead:
            front = tf.constant([[number for number, _, _ in layout[:lead]]])
            front = tf.tile(front, [tf.size(total), 1])
            ids = tf.concat([front, ids], axis=1)
        type_ids = tf.fill(tf.shape(ids), layout[0][1])
        at = counts[0] + lead
        for number, type_id, text in layout[lead + 1 :]:
            offset = column - at[:, None]
            length = tf.ones_like(at) if text is None else counts[text]
            inside = (offset >= 0) & (offset < length[:, None])
            if text is not None:
                begin = tf.cast(texts[text].row_starts(), tf.int32)
                place = tf.where(inside, begin[:, None] + offset, 0)
                number = tf.gather(tf.concat([texts[text].values, [0]], 0), place)
            ids = tf.where(inside, number, ids)
            if type_id != layout[0][1]:
                type_ids = tf.where(inside, type_id, type_ids)
            at += length

        kept = ids >= 0
        padding = self._padding
        if padding.type_id != layout[0][1] or len(texts) > 1:
            type_ids = tf.where(kept, type_ids, padding.type_id)
        outputs = {
            "ids": tf.where(kept, ids, padding.id),
            "attention_mask": tf.cast(kept, tf.int32),
            "type_ids": type_ids,
        }
        if padding.side == "left":
            place = (column - (width - total)[:, None]) % tf.maximum(width, 1)
            for name, values in outputs.items():
                outputs[name] = tf.gather(values, place, batch_dims=1)
        return outputs

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
