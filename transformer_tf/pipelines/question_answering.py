"""Question answering: the part of a text that answers a question."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import numpy as np

from transformer_tf.models import SpanQuestionAnswerer
from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.inputs import describe, place
from transformer_tf.pipelines.options import Options, at_least, option
from transformer_tf.pipelines.spans import best_spans
from transformer_tf.pipelines.windows import Whole
from transformer_tf.text import Truncation

USUAL_WINDOW = 384


@dataclasses.dataclass(frozen=True)
class QuestionAnsweringOptions(Options):
    """See `QuestionAnswering`."""

    top_k: int = option(1, "how many answers, best first")
    doc_stride: int | None = option(
        None, "how many tokens the windows of a long context share", int
    )
    max_answer_len: int = option(15, "the most tokens of an answer")
    max_seq_len: int | None = option(
        None, "the tokens of a window, question included", int
    )
    max_question_len: int = option(64, "a longer question is cut to so many tokens")
    handle_impossible_answer: bool = option(
        False, "let no answer compete, as an empty one"
    )
    align_to_words: bool = option(True, "widen answers to whole words")
    padding: Any = option("longest", "accepted: padding never changes an answer")

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least("top_k", self.top_k, 1)
        at_least("max_answer_len", self.max_answer_len, 1)
        at_least("max_question_len", self.max_question_len, 1)
        if self.max_seq_len is not None:
            at_least("max_seq_len", self.max_seq_len, 1)
        if self.doc_stride is not None:
            at_least("doc_stride", self.doc_stride, 0)
            if self.max_seq_len is not None and self.doc_stride > self.max_seq_len:
                raise ValueError(
                    f"doc_stride {self.doc_stride} is larger than max_seq_len "
                    f"{self.max_seq_len}: a window cannot share more than it has"
                )


class QuestionAnswering(Pipeline):
    """Finds the answer to a question in a context.

    A long context is read in windows that overlap. Each token is judged once, where it
    is farthest from a window's edge, by its logits less the window's null logit (that
    of the first token, which stands for "no answer here"); one softmax over all tokens
    of the context and one null makes probabilities of them. So a window without an
    answer does not offer one with a high score, an answer may cross the edge of a
    window, and the scores of all answers together are at most 1.

    Args:
        model: A `SpanQuestionAnswerer`.
        tokenizer: Its `Tokenizer`.
        options: `top_k`, `max_answer_len` (in tokens, before the answer is widened to
            words), `align_to_words`, `handle_impossible_answer`, `max_seq_len` (the
            model's limit, 384 at most, when left out), `doc_stride` (the overlap, half
            a window and at most 128 when left out), `max_question_len`.

    Call:
        question: A string, or a list of them.
        context: A string, or a list of as many; one context serves all questions.
        inputs: In place of the two: a dict {"question": ..., "context": ...}, or many;
            see `Pipeline`.

    Returns:
        For one question {"score", "start", "end", "answer"}, with `top_k` above 1 a
        list of them, best first; `answer` is context[start:end]. Answers that differ
        in their pieces and are the same in words are one, so that there may be fewer
        than asked for; equal texts in different places stay apart. No answer, where it
        may compete, is "" from 0 to 0.

    Raises:
        ValueError: an empty question or context, an option outside its range.

    Example:
        >>> answer = pipeline("question-answering", "models/answerer")
        >>> found = answer(question="area", context="turn off the radio in the kitchen")
        >>> found["answer"], found["start"], round(found["score"], 2)
        ('kitchen', 26, 1.0)
    """

    task = "question-answering"
    models = (SpanQuestionAnswerer,)
    Options = QuestionAnsweringOptions
    item = 'a dict {"question": ..., "context": ...}'

    def __call__(
        self, inputs: Any = None, question: Any = None, context: Any = None, **options
    ) -> Any:
        if inputs is None:
            inputs = _pair(question, context)
        elif question is not None or context is not None:
            raise TypeError("give question= and context=, or dicts with both; got both")
        return super().__call__(inputs, **options)

    def is_item(self, value):
        return isinstance(value, dict)

    def check(self, item, number):
        super().check(item, number)
        for name in ("question", "context"):
            value = item.get(name)
            if not isinstance(value, str):
                raise TypeError(
                    f"{place(number)} must have a {name}, a string; got "
                    f"{describe(value)}"
                )
            if not value.strip():
                raise ValueError(f"the {name} of {place(number)} is empty")

    def preprocess(self, items, settings, first):
        window = self._window(settings)
        truncation = None
        if window is not None:
            overlap = self._overlap(settings)
            truncation = Truncation(window, "only_second", overlap)
        questions = [item["question"] for item in items]
        for number, encoding in enumerate(
            self.reader.encode(questions, special_tokens=False)
        ):
            if len(encoding) > settings.max_question_len:
                end = encoding.offsets[settings.max_question_len - 1][1]
                questions[number] = questions[number][:end]
        contexts = [item["context"] for item in items]
        try:
            encodings = self.reader.encode(questions, contexts, truncation)
        except ValueError as error:
            raise ValueError(
                f"a window of {window} tokens has no room for the question, the "
                f"context and {self._overlap(settings)} tokens of overlap ({error}); "
                "give a larger max_seq_len or a smaller max_question_len or doc_stride"
            ) from None
        return [[encoding, *encoding.overflowing] for encoding in encodings]

    def _window(self, settings: Any) -> int | None:
        limit = self.reader.limit
        if settings.max_seq_len is None:
            return None if limit is None else min(limit, USUAL_WINDOW)
        if limit is not None and settings.max_seq_len > limit:
            raise ValueError(
                f"max_seq_len {settings.max_seq_len} is more than the {limit} tokens "
                "that the model reads; leave it out"
            )
        return settings.max_seq_len

    def _overlap(self, settings: Any) -> int:
        window = self._window(settings) or USUAL_WINDOW
        if settings.doc_stride is not None:
            if settings.doc_stride >= window:
                raise ValueError(
                    f"doc_stride {settings.doc_stride} must be smaller than a window, "
                    f"which has {window} tokens"
                )
            return settings.doc_stride
        return min(window // 2, 128)

    def _outputs_of(self, rows, outputs):
        return [
            np.stack([start[: len(row)], end[: len(row)]], axis=1)
            for row, start, end in zip(rows, *outputs)
        ]

    def postprocess(self, item, rows, outputs, settings):
        encoding = copy.copy(rows[0])
        encoding.overflowing = rows[1:]
        whole = Whole(encoding, self._overlap(settings), sequence=1)
        whole.place_in(item["context"], self.tokenizer)
        null = np.zeros((1, 2), "float32")
        if rows[0].special_tokens_mask[0]:
            logits = whole.stitch([output - output[:1] for output in outputs])
        else:
            logits, null = whole.stitch(outputs), null - np.inf
        found = best_spans(np.concatenate([null, logits]).astype("float64"), settings)
        answers: dict = {}
        for score, first, last in found.spans:
            span = self._characters(whole, first, last, settings.align_to_words)
            if span[0] < span[1]:  # a space by itself answers nothing
                answers[span] = answers.get(span, 0.0) + score
        if settings.handle_impossible_answer:
            answers[0, 0] = found.null
        ranked = sorted(answers.items(), key=lambda answer: -answer[1])
        results = [
            {
                "score": float(score),
                "start": start,
                "end": end,
                "answer": item["context"][start:end],
            }
            for (start, end), score in ranked[: settings.top_k]
        ]
        if settings.top_k > 1:
            return results
        return (
            results[0]
            if results
            else {"score": 0.0, "start": 0, "end": 0, "answer": ""}
        )

    @staticmethod
    def _characters(whole, first, last, align_to_words):
        """The characters from one token to another, or of the words they are in."""
        if align_to_words:
            words = whole.word_ids
            while first > 0 and words[first - 1] == words[first] is not None:
                first -= 1
            while last + 1 < len(words) and words[last + 1] == words[last] is not None:
                last += 1
        return whole.offsets[first][0], whole.offsets[last][1]


def _pair(question: Any, context: Any) -> Any:
    """Dicts of what was given as `question` and `context`."""
    if question is None or context is None:
        raise TypeError("question-answering needs a question and a context")
    question, context = _as_list("question", question), _as_list("context", context)
    if isinstance(question, str) and isinstance(context, str):
        return {"question": question, "context": context}
    if isinstance(context, str):
        context = [context] * len(question)
    if isinstance(question, str):
        question = [question] * len(context)
    if len(question) != len(context):
        raise ValueError(
            f"{len(question)} questions cannot be asked of {len(context)} contexts; "
            "give as many, or one context for all"
        )
    return [{"question": q, "context": c} for q, c in zip(question, context)]


def _as_list(name: str, given: Any) -> Any:
    """A string, or a list of what an array or a column holds."""
    if hasattr(given, "tolist"):  # NumPy's strings and pandas' columns
        given = given.tolist()
    if not isinstance(given, (str, list, tuple)):
        raise TypeError(
            f"{name} must be a string or a list of strings; got {describe(given)}"
        )
    return given
