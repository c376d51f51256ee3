"""The likeliest spans of a text, from logits of where a span begins and ends."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from transformer_tf.pipelines.text_classification import softmax


class Spans(NamedTuple):
    """What was found.

    Attributes:
        spans: A list of (score, first token, last token), best first.
        null: The score of no answer.
    """

    spans: list
    null: float


def best_spans(logits: np.ndarray, settings: Any) -> Spans:
    """The best spans by the product of both probabilities.

    Args:
        logits: [1 + token, 2] floats: of beginning and of ending, that of no answer
            first.
        settings: `top_k`, `max_answer_len` and `align_to_words`. More candidates than
            `top_k` are returned where several may be one and the same in words.

    Returns:
        A `Spans`.
    """
    start, end = softmax(logits.T)
    null = float(start[0] * end[0])
    start, end = start[1:], end[1:]
    most = min(settings.max_answer_len, len(start))
    scores = np.zeros((len(start), max(most, 1)))  # [first token, further tokens]
    for further in range(most):
        scores[: len(start) - further, further] = (
            start[: len(start) - further] * end[further:]
        )
    count = settings.top_k * 2 + 10 if settings.align_to_words else settings.top_k
    flat = scores.ravel()
    order = np.argsort(-flat, kind="stable")[:count]
    first, more = np.divmod(order, scores.shape[1])
    last = first + more
    inside = last < len(start)
    found = zip(flat[order][inside], first[inside], last[inside])
    return Spans([(float(s), int(a), int(b)) for s, a, b in found], null)
