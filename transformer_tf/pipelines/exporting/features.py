"""TensorFlow's own: feature extraction as a SavedModel."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from transformer_tf.pipelines.exporting.served import Served
from transformer_tf.text.in_graph import InGraphTokenizer


class ServedFeatures(Served):
    """`texts` [row] -> `vectors`: [row, dim] with pooling, else one for each token.

    Without pooling `vectors` is [row, length, dim], 0 behind a text's own tokens, and
    `length` [row] says how many those are.
    """

    def __init__(self, pipeline: Any, settings: Any):
        super().__init__(pipeline, settings)
        if not settings.tokenizer_setting(
            "add_special_tokens", settings.add_special_tokens
        ):
            raise ValueError("a served extractor adds special tokens")
        cuts = settings.tokenizer_setting("truncation", settings.truncation)
        self.cut = InGraphTokenizer(self.tokenizer(cuts=cuts), compiled=False)

    def answer(self, texts: Any) -> dict[str, Any]:
        """The vectors of each text."""
        found = self.cut(texts)
        mask = found["attention_mask"]
        states = self.call_model(found["ids"], mask, found["type_ids"])
        length, pooling = tf.reduce_sum(mask, axis=1), self._settings.pooling
        states *= tf.cast(mask, tf.float32)[:, :, None]
        if pooling == "mean":
            count = tf.maximum(tf.cast(length, tf.float32), 1.0)
            states = tf.reduce_sum(states, axis=1) / count[:, None]
        elif pooling is not None:
            place = tf.zeros_like(length) if pooling == "first" else length - 1
            states = tf.gather(states, place, batch_dims=1)
        if self._settings.normalize:
            norm = tf.norm(states, axis=-1, keepdims=True)
            states /= tf.maximum(norm, 1e-12)
        if pooling is not None:
            return {"vectors": states}
        return {"vectors": states, "length": length}
