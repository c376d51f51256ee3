"""TensorFlow's own: question answering as a SavedModel."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from transformer_tf.pipelines.exporting.placed_words import PlacedWords
from transformer_tf.pipelines.exporting.served import Served, texts_input
from transformer_tf.text.in_graph.placed import PlacedTokenizer

LOW = -1e30


class ServedAnswers(Served):
    """`questions` and `contexts` [row] -> `answers`, `scores`, `start`, `end`.

    [row, top_k], best first, as the pipeline gives them; where there are fewer, "" with
    a score of 0. Question and context have to fit into one window.
    """

    def __init__(self, pipeline: Any, settings: Any):
        super().__init__(pipeline, settings)
        self.inputs = [texts_input("questions"), texts_input("contexts")]
        self._limit = pipeline._window(settings)
        self.cut = PlacedTokenizer(self.tokenizer("only_second", settings.truncation))
        self.placed = PlacedWords(pipeline.tokenizer)

    def answer(self, questions: Any, contexts: Any) -> dict[str, Any]:
        """The best answers of each question."""
        tokens = self.placed(self.cut(questions, contexts), [questions, contexts])
        logits = self.call_model(tokens.ids, tokens.attention_mask, tokens.type_ids)
        inside = tf.equal(tokens.sequence, 1)
        # The first token stands for no answer.
        null = tf.equal(tf.range(tf.shape(inside)[1]), 0)[None] & ~inside
        start, end = (
            tf.nn.softmax(tf.where(inside | null, side, LOW)) for side in logits
        )
        nothing = start[:, 0] * end[:, 0]
        start, end = (tf.where(inside, side, 0.0) for side in (start, end))
        score, first, last = self._candidates(start, end)
        begin, stop = self._characters(tokens, first, last)
        score = tf.where(stop > begin, score, 0.0)  # a space by itself answers nothing
        if self._settings.handle_impossible_answer:
            score = tf.concat([score, nothing[:, None]], axis=1)
            zero = tf.zeros_like(begin[:, :1])
            begin, stop = (tf.concat([x, zero], axis=1) for x in (begin, stop))
        score, begin, stop = self._merge(score, begin, stop)
        most = self._settings.top_k
        text = tf.broadcast_to(contexts[:, None], tf.shape(begin))
        return {
            "answers": tf.strings.substr(text, begin, stop - begin, unit="UTF8_CHAR"),
            "scores": score[:, :most],
            "start": begin,
            "end": stop,
        }

    def _candidates(self, start: Any, end: Any) -> Any:
        """[row, candidate] the likeliest spans: score, first token, last token."""
        settings, length = self._settings, tf.shape(start)[1]
        spans = []
        for further in range(settings.max_answer_len):
            ends = tf.pad(end[:, further:], [[0, 0], [0, tf.minimum(further, length)]])
            spans.append(start * ends)
        scores = tf.stack(spans, axis=2)  # [row, first token, further tokens]
        width = settings.max_answer_len
        scores = tf.reshape(scores, [tf.shape(start)[0], length * width])
        most = settings.top_k * 2 + 10 if settings.align_to_words else settings.top_k
        score, place = tf.math.top_k(scores, tf.minimum(most, length * width))
        first, further = place // width, place % width
        return score, first, tf.minimum(first + further, length - 1)

    def _characters(self, tokens: Any, first: Any, last: Any) -> Any:
        """The characters of spans, or of the words they are in."""
        start, end = tokens.start, tokens.end
        if self._settings.align_to_words:
            same = tf.equal(tokens.word[:, :, None], tokens.word[:, None, :])
            start = tf.reduce_min(tf.where(same, start[:, None], tf.int32.max), axis=2)
            end = tf.reduce_max(tf.where(same, end[:, None], 0), axis=2)
        return tf.gather(start, first, batch_dims=1), tf.gather(end, last, batch_dims=1)

    def _merge(self, score: Any, begin: Any, stop: Any) -> Any:
        """Equal spans as one, with the sum of their scores; the best `top_k`."""
        same = tf.equal(begin[:, :, None], begin[:, None]) & tf.equal(
            stop[:, :, None], stop[:, None]
        )
        total = tf.reduce_sum(tf.where(same, score[:, None], 0.0), axis=2)
        number = tf.range(tf.shape(score)[1])
        repeats = tf.reduce_any(same & (number[None, :] < number[:, None]), axis=2)
        total = tf.where(repeats, -1.0, total)
        most = tf.minimum(self._settings.top_k, tf.shape(score)[1])
        best, order = tf.math.top_k(total, most)
        begin, stop = (tf.gather(x, order, batch_dims=1) for x in (begin, stop))
        none = best <= 0.0
        begin, stop = (tf.where(none, 0, x) for x in (begin, stop))
        return tf.maximum(best, 0.0), begin, stop
