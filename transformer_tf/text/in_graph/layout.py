"""TensorFlow's own: texts cut to a length and laid out among special tokens."""

import tensorflow as tf

from transformer_tf.text.in_graph.unsupported import unsupported
from transformer_tf.text.padding import Padding
from transformer_tf.text.preconditions import room_for_text
from transformer_tf.text.templates.byte_level import ByteLevelOffsets
from transformer_tf.text.templates.sequence import PostProcessorSequence
from transformer_tf.text.templates.template import TEXTS, Template


class Layout:
    """Truncation, template and padding of one text, or of a pair of texts.

    Args:
        tokenizer: A `Tokenizer`.
        is_pair: Whether it is for pairs.

    Call:
        texts: List of one or two ragged [row, piece] int32.

    Returns:
        Dictionary of [row, length] int32 tensors: `ids`, `attention_mask`, `type_ids`.

    Raises:
        ValueError: Truncation leaves no room, or asks for windows.
        tf.errors.InvalidArgumentError: On a call, a text that the truncation's strategy
            cannot cut enough of.
    """

    def __init__(self, tokenizer, is_pair):
        self.words = _words(tokenizer.post_processor, is_pair)
        self.padding = tokenizer.padding or Padding()
        truncation = tokenizer.truncation
        added = sum(text is None for _, _, text in self.words)
        self.room = room_for_text(truncation, added)
        self.strategy = truncation and truncation.strategy
        self.cuts_left = truncation is not None and truncation.side == "left"
        if truncation is not None and truncation.overlap:
            raise unsupported("truncation with overlap")

    def __call__(self, texts):
        if self.room is not None:
            texts = self._truncate(texts)
        words, padding = self.words, self.padding
        counts = [tf.cast(text.row_lengths(), tf.int32) for text in texts]
        total = tf.add_n(counts) + (len(words) - len(texts))
        longest = tf.reduce_max(tf.concat([total, [0]], axis=0))
        width = tf.maximum(padding.target(longest), longest)
        column = tf.range(width)

        # What stands in front of the first text, that text, then what follows.
        lead = [text is not None for _, _, text in words].index(True)
        room = tf.stack([-1, width - lead])
        ids = texts[words[lead][2]].to_tensor(padding.id, shape=room)
        type_ids = tf.fill(tf.shape(ids), words[lead][1])
        if lead:
            front = tf.constant([[word[:2] for word in words[:lead]]])
            front = tf.tile(front, [tf.size(total), 1, 1])
            ids = tf.concat([front[:, :, 0], ids], axis=1)
            type_ids = tf.concat([front[:, :, 1], type_ids], axis=1)
        at = counts[words[lead][2]] + lead
        for number, type_id, text in words[lead + 1 :]:
            offset = column - at[:, None]
            length = tf.ones_like(at) if text is None else counts[text]
            inside = (offset >= 0) & (offset < length[:, None])
            if text is not None:
                begin = tf.cast(texts[text].row_starts(), tf.int32)
                place = tf.where(inside, begin[:, None] + offset, 0)
                number = tf.gather(tf.concat([texts[text].values, [0]], 0), place)
            ids = tf.where(inside, number, ids)
            if type_id != words[lead][1]:
                type_ids = tf.where(inside, type_id, type_ids)
            at += length

        kept = column < total[:, None]
        if any(type_id != padding.type_id for _, type_id, _ in words):
            type_ids = tf.where(kept, type_ids, padding.type_id)
        outputs = {
            "ids": ids,
            "attention_mask": tf.cast(kept, tf.int32),
            "type_ids": type_ids,
        }
        if padding.side == "left":
            place = (column - (width - total)[:, None]) % tf.maximum(width, 1)
            for name, values in outputs.items():
                outputs[name] = tf.gather(values, place, batch_dims=1)
        return outputs

    def _truncate(self, texts):
        """The same texts with as many tokens as there is room for."""
        lengths = [tf.cast(text.row_lengths(), tf.int32) for text in texts]
        over = tf.maximum(tf.add_n(lengths) - self.room, 0)
        if self.strategy == "longest_first":
            kept = self._even_out(lengths, over)
        else:
            which = ["only_first", "only_second"].index(self.strategy)
            if which == len(texts):
                self._check(tf.equal(over, 0), "only_second needs a second text")
                return texts
            kept = list(lengths)
            kept[which] = lengths[which] - over
            enough = tf.equal(over, 0) | (kept[which] > 0)
            self._check(enough, f"{self.strategy} cannot cut enough of that text")
        return [self._cut(*part) for part in zip(texts, lengths, kept)]

    def _even_out(self, lengths, over):
        """[row] how many tokens of each text stay: the longer one gives way."""
        if len(lengths) == 1:
            return [lengths[0] - over]
        shorter = tf.minimum(*lengths)
        longer = tf.maximum(shorter, self.room - shorter)
        is_half = shorter + longer > self.room
        shorter = tf.where(is_half, self.room // 2, shorter)
        longer = tf.where(is_half, self.room - self.room // 2, longer)
        first_is_shorter = lengths[0] <= lengths[1]
        kept = [
            tf.where(first_is_shorter, shorter, longer),
            tf.where(first_is_shorter, longer, shorter),
        ]
        return [tf.where(over > 0, *pair) for pair in zip(kept, lengths)]

    def _cut(self, text, length, kept):
        starts = text.row_starts()
        if self.cuts_left:
            starts += tf.cast(length - kept, starts.dtype)
        ends = starts + tf.cast(kept, starts.dtype)
        source = tf.ragged.range(starts, ends, row_splits_dtype=tf.int64)
        return source.with_values(tf.gather(text.values, source.values))

    def _check(self, is_right, message):
        row = tf.where(~is_right)[:1, 0]
        tf.debugging.Assert(
            tf.reduce_all(is_right),
            [f"max_length leaves {self.room} tokens of text: {message}; row", row],
        )


def _words(post_processor, is_pair):
    """List of (id, type id, None) and (None, type id, which text)."""
    steps = [post_processor]
    if isinstance(post_processor, PostProcessorSequence):
        steps = post_processor.processors
    steps = [
        step
        for step in steps
        if step is not None and not isinstance(step, ByteLevelOffsets)
    ]
    if len(steps) > 1 or not all(isinstance(step, Template) for step in steps):
        raise unsupported(f"the post_processor {post_processor!r:.80}")
    if not steps:
        return [(None, 0, 0), (None, 1, 1)] if is_pair else [(None, 0, 0)]
    return [
        (None, type_id, TEXTS.index(name))
        if name in TEXTS
        else (steps[0].special_tokens[name], type_id, None)
        for name, type_id in steps[0].words(is_pair)
    ]
