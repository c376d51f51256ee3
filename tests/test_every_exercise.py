"""What every exercise owes, checked from the definitions: no exceptions.

The checks are classifiers: right answers must be accepted, wrong ones refused and
named, under every seed, with nothing near the border.
"""

import functools

import numpy as np
import pytest

import course
from course.examination import LocalCandidate, ask, judge_replies
from course.examination.codec import Array
from course.examination.diagnose import reply_of
from course.examination.judge import asked_dtype
from course.examination.tolerance import deviation
from tests.course_exercises import EXERCISES

SEEDS = (0, 1, 20261122)
AGAIN = set(list(EXERCISES)[::4])  # the others are under many seeds
MANY_SEEDS = (*SEEDS, *(7 * 11**number for number in range(30)))


def pairs(kind):
    """(exercise, name) of every misconception or alternative of every exercise.

    Those of one exercise run in one process, which then has the truth at hand.
    """
    return [
        pytest.param(e, name, marks=pytest.mark.xdist_group(e.name))
        for e in EXERCISES.values()
        for name in getattr(e, kind)
    ]


def label(value):
    return value.name if hasattr(value, "grade_id") else str(value)


every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=label)


@every_exercise
class TestEveryExercise:
    def test_reference_earns_every_point_and_again(self, exercise):
        verdict = course.examine(exercise.name, exercise.reference)
        assert verdict.right, verdict.message
        assert verdict.score == exercise.points
        if exercise.name in AGAIN:
            assert course.examine(exercise.name, exercise.reference) == verdict

    @pytest.mark.full
    def test_reference_earns_every_point_under_other_seeds(self, exercise):
        for seed in SEEDS[1:]:
            verdict = course.examine(exercise.name, exercise.reference, seed=seed)
            assert verdict.right, verdict.message
            assert verdict.score == exercise.points

    def test_has_enough_of_everything(self, exercise):
        assert len(exercise.misconceptions) >= 5
        assert len(exercise.alternatives) >= 3
        assert exercise.hints >= 3
        assert 1 <= exercise.difficulty <= 5
        assert 1 <= exercise.importance <= 5
        assert exercise.minutes > 0

    def test_every_part_has_a_probe(self, exercise):
        assert {probe.part for probe in exercise.probes} == set(exercise.parts)

    def test_traces_at_most_one_graph_and_one_program(self, exercise):
        modes = [r.mode for q in ask(exercise, 0) for r in q.requests]
        assert modes.count("graph") <= 1
        assert modes.count("xla") <= 1

    def test_seeds_change_values_and_never_shapes(self, exercise):
        """A promise may draw lengths of its own: it is asked eagerly."""
        drawn = {probe for p in exercise.promises for probe in probes_of(exercise, p)}
        one, other = (
            [r for q in ask(exercise, n) for r in q.requests if q.probe not in drawn]
            for n in (0, 1)
        )
        assert [shapes(r.args) for r in one] == [shapes(r.args) for r in other]
        assert [shapes(r.kwargs) for r in one] == [shapes(r.kwargs) for r in other]

    def test_nothing_there_is_not_attempted(self, exercise):
        from course.examination import MissingCandidate

        verdict = course.examine(exercise.name, MissingCandidate())
        assert (verdict.outcome, verdict.score) == ("not_attempted", 0)

    def test_the_library_itself_is_no_answer(self, exercise):
        if exercise.original is exercise.reference:
            pytest.skip("the answer is a value: there is nothing to delegate to")
        if not exercise.original.__module__.startswith("transformer_tf"):
            pytest.skip("the reference is staged, not the library's own")
        verdict = course.examine(exercise.name, exercise.original)
        assert (verdict.outcome, verdict.score) == ("delegated", 0)


@pytest.mark.parametrize(("exercise", "name"), pairs("alternatives"), ids=label)
def test_alternative_is_accepted(exercise, name):
    verdict = course.examine(exercise.name, exercise.alternatives[name])
    assert verdict.right, verdict.message


@pytest.mark.full
@pytest.mark.parametrize(("exercise", "name"), pairs("alternatives"), ids=label)
def test_alternative_is_accepted_under_many_seeds(exercise, name):
    for seed in MANY_SEEDS:
        verdict = course.examine(exercise.name, exercise.alternatives[name], seed=seed)
        assert verdict.right, verdict.message


@pytest.mark.parametrize(("exercise", "name"), pairs("misconceptions"), ids=label)
class TestEveryMisconception:
    def test_is_refused_and_named_and_far_from_right(self, exercise, name):
        """Far: ten tolerances away somewhere, unless it fails by form or error."""
        questions = ask(exercise, 0)
        requests = [request for q in questions for request in q.requests]
        replies = replies_of(exercise, name, requests)
        verdict = judge_replies(exercise, questions, replies, 0)
        assert verdict.diagnosis == name, verdict.message
        assert verdict.score < exercise.points
        if verdict.outcome not in ("wrong_type", "wrong_dtype", "wrong_shape"):
            distances = [
                distance(seen(one), seen(other), request)
                for request, one, other in zip(
                    requests, replies, truth_of(exercise), strict=True
                )
            ]
            assert max(distances) >= 10

    @pytest.mark.full
    def test_many_seeds_make_no_difference(self, exercise, name):
        """Refused, named, and worth the same under every seed: luck earns nothing."""
        answer, scores = exercise.misconceptions[name], set()
        for seed in MANY_SEEDS:
            verdict = course.examine(exercise.name, answer, seed=seed)
            assert verdict.diagnosis == name, verdict.message
            scores.add(verdict.score)
        assert len(scores) == 1
        assert scores.pop() < exercise.points


def replies_of(exercise, name, requests):
    """What a misconception replies: one of each exercise as a learner's, watched.

    The others as the diagnosis knows them, which asks each misconception once for all
    with which it is compared; under many seeds they are learners' answers, too.
    """
    if name == next(iter(exercise.misconceptions)):
        return LocalCandidate(exercise.misconceptions[name]).answer(requests)
    return [reply_of(exercise, name, request) for request in requests]


@functools.cache
def truth_of(exercise):
    """What the reference replies in float64 to every request."""
    requests = [
        request.in_float64().replace(forbidden=(), intermediates=())
        for question in ask(exercise, 0)
        for request in question.requests
    ]
    return LocalCandidate(exercise.reference).answer(requests)


def probes_of(exercise, promise):
    names = {f"{promise.name}_{n + 1}" for n in range(len(promise.choices()))}
    return [probe for probe in exercise.probes if probe.name in names]


def seen(reply):
    return [reply.output, reply.inputs, reply.gradients, reply.error, reply.problem]


def distance(one, other, request) -> float:
    """The largest deviation between two trees; inf where their forms differ."""
    if isinstance(one, Array) and isinstance(other, Array):
        if one.shape != other.shape:
            return np.inf
        far = deviation(one, other, asked_dtype(request))
        return float(far.max(initial=0))
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        if len(one) != len(other):
            return np.inf
        return max((distance(a, b, request) for a, b in zip(one, other)), default=0)
    if isinstance(one, dict) and isinstance(other, dict):
        if one.keys() != other.keys():
            return np.inf
        return max((distance(one[k], other[k], request) for k in one), default=0)
    return 0.0 if one == other else np.inf


def shapes(tree):
    if isinstance(tree, Array):
        return (tree.dtype, tree.shape)
    if isinstance(tree, dict):
        # Its keys may be values too: the words of a vocabulary.
        return [shapes(item) for item in tree.values()]
    if isinstance(tree, list | tuple):
        return [shapes(item) for item in tree]
    return type(tree)
