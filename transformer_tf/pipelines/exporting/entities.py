"""TensorFlow's own: token classification as a SavedModel."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from transformer_tf.pipelines.exporting.placed_words import PlacedWords
from transformer_tf.pipelines.exporting.served import Served
from transformer_tf.text.in_graph.placed import PlacedTokenizer


class ServedEntities(Served):
    """`texts` [row] -> `labels`, `scores`, `start`, `end` and `words` [row, found].

    What the pipeline reports, in the order of each text, by its strategy: tokens, or
    entities. Rows are filled with "" and 0; `count` [row] says how many are found. A
    text has to fit into one window.
    """

    def __init__(self, pipeline: Any, settings: Any):
        super().__init__(pipeline, settings)
        self.cut = PlacedTokenizer(self.tokenizer(cuts=settings.truncation))
        self.placed = PlacedWords(pipeline.tokenizer)
        names, scheme = pipeline.names, pipeline.scheme
        ignored = tuple(settings.ignore_labels)
        self._as_tokens = settings.aggregation_strategy == "none"
        kinds = names if self._as_tokens else [scheme.split(name)[1] for name in names]
        self._kinds = tf.constant(kinds)
        self._kept = tf.constant([not scheme.is_ignored(n, ignored) for n in names])
        self._continues = tf.constant(
            np.array([[scheme.continues(a, b) for b in names] for a in names])
        )

    def answer(self, texts: Any) -> dict[str, Any]:
        """The tokens or entities of each text."""
        tokens = self.placed(self.cut(texts), [texts])
        logits = self.call_model(tokens.ids, tokens.attention_mask, tokens.type_ids)
        place = tf.where(tokens.sequence >= 0)
        scores = tf.gather_nd(tf.nn.softmax(logits), place)  # [token, class]
        row = tf.cast(place[:, 0], tf.int32)
        start, end, word = (
            tf.gather_nd(x, place) for x in (tokens.start, tokens.end, tokens.word)
        )
        strategy = self._settings.aggregation_strategy
        if strategy in ("first", "average", "max"):
            scores, row, start, end = self._words(scores, row, start, end, word)
        best, label = tf.reduce_max(scores, 1), tf.argmax(scores, 1, tf.int32)
        if not self._as_tokens:
            best, label, row, start, end = self._groups(best, label, row, start, end)
        kept = tf.gather(self._kept, label)
        if not self._as_tokens:
            kept &= end > start  # a space alone is no entity
        best, label, row, start, end = (
            tf.boolean_mask(x, kept) for x in (best, label, row, start, end)
        )
        words = tf.strings.substr(
            tf.gather(texts, row), start, end - start, unit="UTF8_CHAR"
        )
        rows = tf.size(texts)

        def by_row(values: Any) -> Any:
            return tf.RaggedTensor.from_value_rowids(
                values, row, rows, validate=False
            ).to_tensor()

        count = tf.math.unsorted_segment_sum(tf.ones_like(row), row, rows)
        return {
            "labels": by_row(tf.gather(self._kinds, label)),
            "scores": by_row(best),
            "start": by_row(start),
            "end": by_row(end),
            "words": by_row(words),
            "count": count,
        }

    def _words(self, scores: Any, row: Any, start: Any, end: Any, word: Any) -> Any:
        """Scores and places of words, from those of their pieces."""
        number = _number(tf.not_equal(word[1:], word[:-1]))
        strategy = self._settings.aggregation_strategy
        first = _firsts(number)
        if strategy == "average":
            found = tf.math.segment_mean(scores, number)
        elif strategy == "max":
            best = tf.reduce_max(scores, axis=1)
            top = tf.gather(tf.math.segment_max(best, number), number)
            place = tf.where(best >= top, tf.range(tf.size(number)), tf.size(number))
            found = tf.gather(scores, tf.math.segment_min(place, number))
        else:
            found = tf.gather(scores, first)
        return (
            found,
            tf.gather(row, first),
            tf.gather(start, first),
            tf.math.segment_max(end, number),
        )

    def _groups(self, best: Any, label: Any, row: Any, start: Any, end: Any) -> Any:
        """Neighbours of one entity put together: the mean of their scores."""
        pairs = tf.stack([label[:-1], label[1:]], axis=1)
        opens = ~tf.gather_nd(self._continues, pairs) | tf.not_equal(row[1:], row[:-1])
        number = _number(opens)
        first = _firsts(number)
        return (
            tf.math.segment_mean(best, number),
            tf.gather(label, first),
            tf.gather(row, first),
            tf.gather(start, first),
            tf.math.segment_max(end, number),
        )


def _number(opens: Any) -> Any:
    """[n - 1] where another group begins -> [n] the number of each group."""
    first = tf.zeros(tf.minimum(tf.shape(opens) + 1, 1), tf.int32)
    return tf.cumsum(tf.concat([first, tf.cast(opens, tf.int32)], axis=0))


def _firsts(number: Any) -> Any:
    """[group] the place of the first of each group."""
    return tf.math.segment_min(tf.range(tf.size(number)), number)
