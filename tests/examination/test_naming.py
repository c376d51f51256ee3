"""A mistake is named only where it was made.

Replies are made up, not computed: those of every misconception, and of the right
answer, with a defect that has nothing to do with it (another container, dtype or shape,
a changed input), and mixtures of two mistakes. Any other name than theirs is earned
only if that misconception itself replies just that, container and dtype included.
"""

import dataclasses
import functools
import itertools

import numpy as np
import pytest

from course.examination import LocalCandidate, Reply, ask, judge_replies
from course.examination.codec import Array
from tests.course_exercises import EXERCISES
from tests.selection import table


def each_array(tree, change):
    if isinstance(tree, Array):
        return change(tree)
    if isinstance(tree, list | tuple):
        return type(tree)(each_array(item, change) for item in tree)
    return tree


def as_floats(array):
    is_float = array.values.dtype.kind not in "biu"
    return array if is_float else Array(array.values.astype("float32"), array.kind)


def as_integers(array):
    if array.values.dtype.kind != "b":
        return array
    return Array(array.values.astype("int32"), array.kind)


def as_float32(array):
    is_narrow = array.dtype in ("bfloat16", "float16")
    return Array(array.values.astype("float32"), array.kind) if is_narrow else array


def with_another_axis(array):
    return Array(array.values[None], array.kind)


def in_another_container(output):
    if isinstance(output, Array):
        return output.values.tolist() if output.dtype != "string" else [output]
    if isinstance(output, list | tuple):
        return dict(enumerate(output))
    return [output]


def as_arrays(output):
    """Lists of numbers as arrays: `lay_out` returning what NumPy makes of them."""
    if isinstance(output, tuple):
        return tuple(map(as_arrays, output))
    try:
        array = np.asarray(output)
    except ValueError:
        return output
    is_list = isinstance(output, list) and array.dtype.kind in "biuf"
    return Array(array, "numpy") if is_list else output


DEFECTS = {
    "floats": lambda output: each_array(output, as_floats),
    "integers for booleans": lambda output: each_array(output, as_integers),
    "float32": lambda output: each_array(output, as_float32),
    "another axis": lambda output: each_array(output, with_another_axis),
    "another container": in_another_container,
    "arrays": as_arrays,
    "nothing": lambda output: None,
}


@functools.cache
def replies_of(name, mistake, seed=0):
    exercise = EXERCISES[name]
    answer = exercise.misconceptions[mistake] if mistake else exercise.reference
    requests = [
        r.replace(forbidden=()) for q in ask(exercise, seed) for r in q.requests
    ]
    return LocalCandidate(answer).answer(requests)


def verdict_on(name, replies):
    exercise = EXERCISES[name]
    return judge_replies(exercise, ask(exercise, 0), replies, seed=0)


def spoilt(reply, defect):
    if reply.error or reply.problem:
        return reply
    if defect == "inputs changed":
        inputs = each_array(
            list(reply.inputs), lambda a: Array(np.ones_like(a.values), a.kind)
        )
        return dataclasses.replace(reply, inputs=tuple(inputs))
    return dataclasses.replace(reply, output=DEFECTS[defect](reply.output))


def identical(one, other):
    """Strictly: containers, dtypes and shapes too."""
    if isinstance(one, Array) and isinstance(other, Array):
        if one.dtype != other.dtype or one.shape != other.shape:
            return False
        if one.values.dtype.kind not in "fc" and one.dtype != "bfloat16":
            return bool((one.values == other.values).all())
        a, b = (x.values.astype("complex128") for x in (one, other))
        return bool(np.allclose(a, b, rtol=0.02, atol=0.02, equal_nan=True))
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(
            identical(one[k], other[k]) for k in one
        )
    if isinstance(one, float):
        return bool(np.isclose(one, other, equal_nan=True))
    return one == other


def earned(name, verdict, replies):
    """Whether the named mistake replies the same in the part that is told of."""
    exercise = EXERCISES[name]
    main = next(f for f in verdict.findings if f.outcome != "right")
    questions = [q.probe for q in ask(exercise, 0) for _ in q.requests]
    theirs = replies_of(name, verdict.diagnosis)
    return all(
        identical(one.output, other.output) and identical(one.inputs, other.inputs)
        for probe, one, other in zip(questions, replies, theirs, strict=True)
        if probe.part == main.part and not (one.error or one.problem)
    )


def names(exercises):
    return pytest.mark.parametrize("name", exercises)


class TestSideDefects:
    """Right values, or a mistake, and another defect on top."""

    # One exercise of three: most exercises of a unit return values of the same kind.
    @names(table(EXERCISES, list(EXERCISES)[::3]))
    def test_on_right_values(self, name):
        self.no_false_name(name, [None])

    # In the last, the shape of one part once had the name of another mistake's.
    @names(
        ["map.pad_batch", "attention.read_map", "encoding.lay_out", "blocks.rotary"]
        + ["seq2seq.alignment"]
    )
    def test_on_every_mistake(self, name):
        self.no_false_name(name, EXERCISES[name].misconceptions)

    @pytest.mark.full
    @names(EXERCISES)
    def test_on_every_mistake_of_every_exercise(self, name):
        self.no_false_name(name, EXERCISES[name].misconceptions)

    def no_false_name(self, name, mistakes):
        defects = [*DEFECTS, "inputs changed"]
        for mistake, defect in itertools.product(mistakes, defects):
            replies = [spoilt(r, defect) for r in replies_of(name, mistake)]
            verdict = verdict_on(name, replies)
            if verdict.diagnosis not in (None, mistake):
                told = mistake, defect, verdict.message
                assert earned(name, verdict, replies), told


class TestPairs:
    """One mistake in one part, another in the rest."""

    @names(["encoding.padded", "map.pad_batch"])
    def test_only_one_of_the_two_is_named(self, name):
        self.one_of_the_two(name)

    @pytest.mark.full
    @names(EXERCISES)
    def test_only_one_of_the_two_is_named_in_every_exercise(self, name):
        self.one_of_the_two(name)

    def one_of_the_two(self, name):
        exercise = EXERCISES[name]
        parts = [q.probe.part for q in ask(exercise, 0) for _ in q.requests]
        for one, other in itertools.permutations(exercise.misconceptions, 2):
            first = parts[0]
            both = zip(parts, replies_of(name, one), replies_of(name, other))
            replies = [a if part == first else b for part, a, b in both]
            verdict = verdict_on(name, replies)
            if verdict.diagnosis not in (None, one, other):
                assert earned(name, verdict, replies), (one, other, verdict.message)


def test_two_mistakes_that_reply_alike_are_neither(monkeypatch):
    exercise = EXERCISES["map.pad_batch"]
    twin = exercise.misconceptions["padding_is_zero"]
    monkeypatch.setitem(exercise.misconceptions, "a_twin", lambda *a: twin(*a))
    verdict = verdict_on(
        "map.pad_batch", replies_of("map.pad_batch", "padding_is_zero")
    )
    assert not verdict.right
    assert verdict.diagnosis is None


@pytest.mark.parametrize(
    ("name", "defect"),
    [
        ("map.pad_batch", "floats"),
        ("encoding.lay_out", "arrays"),
        ("attention.read_map", "floats"),
    ],
)
def test_these_were_once_told_what_they_had_not_done(name, defect):
    replies = [spoilt(reply, defect) for reply in replies_of(name, None)]
    if defect == "floats":  # the booleans stay what they are
        right = replies_of(name, None)
        replies = [mixed(a, b) for a, b in zip(replies, right, strict=True)]
    assert verdict_on(name, replies).diagnosis is None


def mixed(one: Reply, right: Reply) -> Reply:
    """The first output of one, the others as they should be."""
    output = (one.output[0], *right.output[1:])
    return dataclasses.replace(one, output=output)


def test_a_cast_back_to_the_right_dtype_is_not_told_of_float32():
    """A NumPy answer, right in all its values: no gradient, and no graph."""
    name = "attention.scaled_dot_product"
    replies = [
        dataclasses.replace(r, gradients=dict.fromkeys(r.gradients))
        for r in replies_of(name, None)
    ]
    verdict = verdict_on(name, replies)
    assert verdict.parts["dtype"].earned
    assert verdict.diagnosis is None
