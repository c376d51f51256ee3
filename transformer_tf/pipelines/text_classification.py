"""Text classification: a label for a text or a pair of texts, such as its sentiment."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from transformer_tf.models import SequenceClassifier
from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.inputs import place
from transformer_tf.pipelines.options import Options, at_least, one_of, option

UNSET = "one"


@dataclasses.dataclass(frozen=True)
class TextClassificationOptions(Options):
    """See `TextClassification`."""

    top_k: Any = option(UNSET, "how many labels, best first; None for all", int)
    function_to_apply: str | None = option(
        None,
        "softmax, sigmoid or none; what the model was trained for if left out",
        str,
    )
    padding: Any = option(True, "accepted: batches are padded, answers the same")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.top_k is not None and self.top_k != UNSET:
            at_least("top_k", self.top_k, 1)
        choices = (None, "softmax", "sigmoid", "none")
        one_of("function_to_apply", self.function_to_apply, choices)


class TextClassification(Pipeline):
    """Names the class of a text, with its score.

    Args:
        model: A `SequenceClassifier`.
        tokenizer: Its `Tokenizer`.
        options: `top_k` (a number, or None for all labels), `function_to_apply`
            ("softmax", "sigmoid", "none"), `truncation`, `batch_size`.

    Call:
        inputs: A string or {"text": ..., "text_pair": ...}, or many; see `Pipeline`.

    Returns:
        For one input a list of {"label", "score"}, best first: one entry unless `top_k`
        asks for more (a pair gives the same form as a string). For a list a list of
        dicts; with `top_k` a list of such lists.

    Raises:
        ValueError: a text longer than the model reads, without `truncation`.

    Scores are softmax probabilities; of a model with one label, or with several that
    may hold together, each label's own (sigmoid); of a regression the number itself.

    Example:
        >>> classify = pipeline("text-classification", "models/classifier", top_k=2)
        >>> for found in classify("set a timer for five minutes"):
        ...     print(found["label"], round(found["score"], 2))
        StartTimer 0.6
        PauseTimer 0.17
    """

    task = "text-classification"
    models = (SequenceClassifier,)
    Options = TextClassificationOptions
    item = 'a string or a dict {"text": ..., "text_pair": ...}'

    def is_item(self, value):
        if isinstance(value, dict):
            return isinstance(value.get("text"), str) and all(
                name == "text" or (name == "text_pair" and isinstance(pair, str))
                for name, pair in value.items()
            )
        return isinstance(value, str)

    def check(self, item, number):
        if isinstance(item, (list, tuple)) and all(isinstance(t, str) for t in item):
            raise TypeError(
                f"{place(number)} is a list of strings, which is no pair: write a pair "
                'as {"text": ..., "text_pair": ...}'
            )
        super().check(item, number)

    def preprocess(self, items, settings, first):
        found: list[Any] = [None] * len(items)
        for with_pair in (False, True):
            numbers = [
                number
                for number, item in enumerate(items)
                if (isinstance(item, dict) and "text_pair" in item) is with_pair
            ]
            if not numbers:
                continue
            chosen = [items[number] for number in numbers]
            texts = [i["text"] if isinstance(i, dict) else i for i in chosen]
            pairs = [i["text_pair"] for i in chosen] if with_pair else None
            encodings = self.reader.encode(texts, pairs, self.truncation(settings))
            for number, encoding in zip(numbers, encodings):
                found[number] = encoding
        self.check_lengths(found, first)
        return [[encoding] for encoding in found]

    def function(self, settings: Any) -> str:
        """Which function makes scores of logits."""
        if settings.function_to_apply is not None:
            return settings.function_to_apply
        problem = self.config.get("problem_type")
        if problem == "regression":
            return "none"
        several = problem == "multi_label_classification"
        return "sigmoid" if several or self.model.num_classes == 1 else "softmax"

    def postprocess(self, item, rows, outputs, settings):
        scores = FUNCTIONS[self.function(settings)](outputs[0])
        order = np.argsort(-scores, kind="stable")
        count = 1 if settings.top_k == UNSET else settings.top_k
        return [
            {"label": self.label(int(number)), "score": float(scores[number])}
            for number in order[:count]
        ]

    def as_many(self, answer, settings):
        return answer[0] if settings.top_k == UNSET else answer


def softmax(logits: np.ndarray) -> np.ndarray:
    """Softmax over the last axis; the maximum is subtracted, so that none overflows."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), by tanh, which does not overflow."""
    return 0.5 * (1 + np.tanh(0.5 * logits))


FUNCTIONS = {"softmax": softmax, "sigmoid": sigmoid, "none": lambda logits: logits}
