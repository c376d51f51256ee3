"""TensorFlow's own: zero-shot classification as a SavedModel."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from transformer_tf.pipelines.exporting.served import Served, texts_input
from transformer_tf.text.in_graph import InGraphTokenizer


class ServedZeroShot(Served):
    """`texts` [row], `candidate_labels` [label] -> `labels`, `scores` [row, label].

    Best first, as the pipeline; template and `multi_label` are those of the export.
    """

    def __init__(self, pipeline: Any, settings: Any):
        super().__init__(pipeline, settings)
        self.inputs = [texts_input(), texts_input("candidate_labels")]
        self.cut = InGraphTokenizer(
            self.tokenizer("only_first", settings.truncation), compiled=False
        )
        self._before, self._after = settings.hypothesis("\0").split("\0")
        self._yes = pipeline._class(settings.entailment, "entail")
        self._no = pipeline._class(settings.contradiction, "contradict")

    def answer(self, texts: Any, candidate_labels: Any) -> dict[str, Any]:
        """The labels of each text."""
        labels = tf.size(candidate_labels)
        hypotheses = tf.strings.join([self._before, candidate_labels, self._after])
        pairs = tf.repeat(texts, labels), tf.tile(hypotheses, [tf.size(texts)])
        found = self.cut.pairs(*pairs)
        logits = self.call_model(
            found["ids"], found["attention_mask"], found["type_ids"]
        )
        logits = tf.reshape(logits, [tf.size(texts), labels, logits.shape[-1]])
        yes, no = logits[:, :, self._yes], logits[:, :, self._no]
        alone = tf.nn.softmax(tf.stack([no, yes], axis=-1))[:, :, 1]
        if not self._settings.multi_label:
            alone = tf.cond(labels > 1, lambda: tf.nn.softmax(yes), lambda: alone)
        scores, order = tf.math.top_k(alone, labels)
        return {"labels": tf.gather(candidate_labels, order), "scores": scores}
