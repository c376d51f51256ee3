"""TensorFlow's own: text classification as a SavedModel."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from transformer_tf.pipelines.exporting.served import Served
from transformer_tf.text.in_graph import InGraphTokenizer


class ServedLabels(Served):
    """`texts` [row] -> `labels` [row, label] strings and `scores`, best first.

    All labels are given unless `top_k` says how many.
    """

    def __init__(self, pipeline: Any, settings: Any):
        super().__init__(pipeline, settings)
        self._names = [pipeline.label(n) for n in range(pipeline.model.num_classes)]
        self.cut = InGraphTokenizer(
            self.tokenizer(cuts=settings.truncation), compiled=False
        )
        most = settings.top_k if isinstance(settings.top_k, int) else len(self._names)
        self._most = min(most, len(self._names))

    def answer(self, texts: Any) -> dict[str, Any]:
        """The answer of each text."""
        found = self.cut(texts)
        rows = found["ids"], found["attention_mask"], found["type_ids"]
        logits = self.call_model(*rows)
        function = self._pipeline.function(self._settings)
        apply = {"softmax": tf.nn.softmax, "sigmoid": tf.sigmoid}.get(function)
        scores = logits if apply is None else apply(logits)
        scores, order = tf.math.top_k(scores, self._most)
        return {"labels": tf.gather(tf.constant(self._names), order), "scores": scores}
