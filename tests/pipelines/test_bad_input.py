"""What no pipeline can answer, of every kind: a clear error, where it is, what came.

Cases are made: each task by each kind of wrong value in each form of input, and each
option of each task by values that it cannot have.
"""

import dataclasses
import math

import numpy as np
import pytest

from tests.pipelines import recorded_calls as recorded
from transformer_tf.pipelines.tasks import TASKS

WRITES = {"max_new_tokens": 2, "do_sample": False, "jit_compile": False}
# Folder, options, and an item that can be answered.
EACH = {
    "feature-extraction": ("feature_extraction", {}, "a fox"),
    "fill-mask": ("fill_mask", {}, "a [MASK]"),
    "question-answering": (
        "question_answering",
        {},
        {"question": "Who?", "context": "Sarah"},
    ),
    "summarization": ("summarization", WRITES, "a fox"),
    "text-classification": ("sentiment_analysis", {}, "a fox"),
    "text-generation": ("text_generation", WRITES, "a fox"),
    "token-classification": ("ner", {}, "a fox"),
    "translation": ("translation_marian", WRITES, "a fox"),
    "zero-shot-classification": ("zero_shot", {"candidate_labels": "a, b"}, "a fox"),
}


class Unprintable:
    """Whose own repr fails, which must hide nothing."""

    def __repr__(self):
        raise RuntimeError("no repr")


# What is no item, and no list of items either.
WRONG = [
    *(None, 3, 2.5, math.nan, True, b"\xff", bytearray(b"x"), {"a": 1}, {}, object),
    *({"a", "b"}, frozenset(), Unprintable(), np.float32(1), 1j, Ellipsis, len),
]
WRONG_ITEMS = [
    *WRONG[:3],
    math.nan,
    False,
    b"\xff",
    {"a": 1},
    [["a"]],
    (),
    Unprintable(),
]
LONE = "a\ud800b"


def made(task):
    folder, options, item = EACH[task]
    return recorded.made(folder), options, item


def lone(item):
    """An item with half a character in it."""
    if isinstance(item, dict):
        return {**item, "context": LONE}
    return item + LONE


def test_every_task_is_here():
    assert EACH.keys() == TASKS.keys()


@pytest.mark.parametrize("task", EACH)
def test_what_is_no_input(task, monkeypatch):
    answer, options, _ = made(task)
    monkeypatch.setattr(answer, "forward", None)  # refused before the model runs
    for wrong in WRONG:
        with pytest.raises((TypeError, ValueError)) as told:
            answer(wrong, **options)
        said = str(told.value)
        if task == "question-answering" and wrong is None:
            assert "needs a question and a context" in said
            continue
        assert "input" in said and ("must" in said or "no UTF-8" in said), said
        came = type(wrong).__name__.removesuffix("32")  # a NumPy number is a number
        assert came in said or "must have a question" in said, said


@pytest.mark.parametrize("task", EACH)
def test_where_the_wrong_item_stands(task, monkeypatch):
    answer, options, item = made(task)
    monkeypatch.setattr(answer, "forward", None)
    for wrong in [*WRONG_ITEMS, lone(item)]:
        with pytest.raises((TypeError, ValueError), match="input 1"):
            answer([item, wrong], **options)
    with pytest.raises(ValueError, match=r"lone surrogate U\+D800"):
        answer(lone(item), **options)


@pytest.mark.parametrize("task", EACH)
def test_what_comes_before_a_failing_source_is_answered(task):
    """The error of a generator is its own; it says how far it came."""
    answer, options, item = made(task)
    (expected,) = answer([item], **options)
    for failing in (KeyError("broke"), None):

        def source(failing=failing):
            yield item
            if failing is not None:
                raise failing
            yield 3

        answers = answer(source(), **options)
        plain = [next(answers)]
        given = [expected]
        assert recorded.differences(as_lists(plain), as_lists(given)) == []
        kind = TypeError if failing is None else KeyError
        with pytest.raises(kind) as told:
            next(answers)
        assert told.value.__notes__ == ["1 inputs came before, and were answered"]
        assert failing is None or told.value is failing


def as_lists(answers):
    return [a.tolist() if isinstance(a, np.ndarray) else a for a in answers]


VALUES = [
    *(None, -1, 0, 2.5, -math.inf, math.nan, "x", "", True, [], [None], ["a"], [[1]]),
    *({"a": 1}, b"x", object, Unprintable()),
]
# Another option may be what an error is about.
ABOUT = {
    "language": "template",
    "return_full_text": "return_",
    "return_text": "return_",
    "return_tensors": "return_",
}


@pytest.mark.parametrize("task", EACH)
def test_options_that_are_refused_are_named(task, monkeypatch):
    """Every option of every task, before the model runs."""
    answer, options, item = made(task)
    if task == "zero-shot-classification":
        item = (item, ["a", "b"])  # as its rows are made
    for field in dataclasses.fields(answer.Options):
        if field.metadata["kind"] is object:
            continue  # a model, a strategy: whatever behaves like one
        refused = 0
        for value in VALUES:
            try:
                changed = answer.options.merge(task, {**options, field.name: value})
                answer.preprocess([item], changed, None)
            except (TypeError, ValueError) as error:
                named = ABOUT.get(field.name, field.name)
                assert named in str(error) or field.name in str(error), (value, error)
                refused += 1
        assert refused > 5 or field.name in ("padding",), field.name


@pytest.mark.parametrize("value", [-1, 0, True, 2.5, "x", None, [], math.nan])
def test_numbers_of_texts_and_answers(value):
    for task, name in [
        ("fill-mask", "top_k"),
        ("question-answering", "top_k"),
        ("question-answering", "max_answer_len"),
        ("summarization", "batch_size"),
    ]:
        answer, options, item = made(task)
        with pytest.raises((TypeError, ValueError), match=name):
            answer(item, **{**options, name: value})


def test_labels_that_are_none():
    classify, _, _ = made("zero-shot-classification")
    for labels in (3, [3], [None], [["a"], [3]], [["a"], "b"], b"ab", ["a", b"b"], {}):
        with pytest.raises((TypeError, ValueError), match="candidate_labels"):
            classify(["a", "b"], labels)
    for name in ("entailment", "contradiction"):
        for wrong in ("yes", "", 7, -1, 1.0, True, [0]):
            with pytest.raises((TypeError, ValueError), match=name):
                classify("a", ["b"], **{name: wrong})


def test_names_of_truncation_that_people_know():
    answer, _, _ = made("text-classification")
    long = "word " * 90
    for name in (True, "longest_first", "only_first"):
        cut = answer.preprocess(
            [long], answer.options.merge(answer.task, {"truncation": name}), None
        )
        assert [len(row) for row in cut[0]] == [answer.reader.limit]
    for name in (False, "do_not_truncate"):
        with pytest.raises(ValueError, match="at most"):
            answer(long, truncation=name)
    with pytest.raises(TypeError, match="truncation must be True or False"):
        answer(long, truncation="only_second")
