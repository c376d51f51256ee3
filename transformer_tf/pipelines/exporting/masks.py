"""TensorFlow's own: fill-mask as a SavedModel."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from transformer_tf.pipelines.exporting.served import Served
from transformer_tf.text.in_graph import InGraphTokenizer
from transformer_tf.text.in_graph.layout import Layout


class ServedMasks(Served):
    """`texts` [row], each with one mask -> `tokens`, `token_strings`, `scores`.

    [row, top_k], best first, and `sequences` [row, top_k]: the texts with the mask
    filled. A text with no mask, or with several, is an error that names its row.
    """

    def __init__(self, pipeline: Any, settings: Any):
        super().__init__(pipeline, settings)
        if settings.targets is not None:
            raise ValueError("targets cannot be served: filter what is served")
        tokenizer = self.tokenizer()
        self.parts = InGraphTokenizer(tokenizer, compiled=False)
        self.layout = Layout(tokenizer, is_pair=False)
        size = pipeline.model.config.vocabulary_size
        self._strings = tf.constant([pipeline.token_text(n) for n in range(size)])
        glued = [self._continues(n) for n in range(size)]
        self._glued = tf.constant(glued)
        self._most = min(settings.top_k, size)

    def _continues(self, number: int) -> bool:
        """Whether a token joins the word before the mask; see `FillMask`."""
        pipeline = self._pipeline
        if pipeline.is_word_piece:
            token = pipeline.tokenizer.id_to_token(number) or ""
            return token.startswith(pipeline.tokenizer.model.prefix)
        special = number in pipeline.tokenizer.special_ids
        return pipeline.takes_space and not special

    def answer(self, texts: Any) -> dict[str, Any]:
        """The tokens for the mask of each text."""
        sides = self._sides(texts)
        before, after = sides[:, 0], sides[:, 1]
        shown = before
        if self._pipeline.takes_space:
            shown = tf.strings.regex_replace(before, r"\s+$", "")
        left, right = self.parts._encode(shown), self.parts._encode(after)
        mask = tf.fill([tf.size(texts), 1], self._pipeline.mask_id)
        mask = tf.RaggedTensor.from_tensor(mask, row_splits_dtype=tf.int64)
        found = self.layout([tf.concat([left, mask, right], axis=1)])
        opened = tf.argmax(tf.equal(found["ids"], self._pipeline.mask_id), axis=1)
        logits = self.call_model(
            found["ids"],
            found["attention_mask"],
            found["type_ids"],
            mask_positions=tf.cast(opened, tf.int32)[:, None],
        )[:, 0]
        scores, tokens = tf.math.top_k(tf.nn.softmax(logits), self._most)
        strings = tf.gather(self._strings, tokens)
        return {
            "tokens": tokens,
            "token_strings": strings,
            "scores": scores,
            "sequences": self._fill(before, strings, tokens, after),
        }

    def _sides(self, texts: Any) -> Any:
        """[row, 2] what stands before the mask, and what behind it."""
        parts = tf.strings.split(texts, self._pipeline.mask)
        wrong = tf.where(tf.not_equal(parts.row_lengths(), 2))[:1, 0]
        check = tf.debugging.Assert(
            tf.equal(tf.size(wrong), 0),
            ["The text of row", wrong, "must have one", self._pipeline.mask],
        )
        with tf.control_dependencies([check] if check is not None else []):
            return parts.to_tensor(shape=[None, 2])

    def _fill(self, before: Any, strings: Any, tokens: Any, after: Any) -> Any:
        glued = tf.gather(self._glued, tokens)
        bare = tf.strings.regex_replace(before, " +$", "")
        front = tf.where(glued, bare[:, None], before[:, None])
        opens = tf.equal(before, "")[:, None]
        spaced = tf.strings.regex_replace(strings, "^ +", "")
        piece = tf.where(opens, spaced, strings)
        behind = tf.broadcast_to(after[:, None], tf.shape(piece))
        return tf.strings.join([front, piece, behind])
