"""The examination: every outcome, from answers made for the purpose."""

import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

import course
from course.examination import Call, Exercise, LocalCandidate, Value, examine
from course.examination.codec import MAX_NODES
from course.examination.exercise import REGISTRY
from course.examination.request import Reply, Request
from course.messages import text


def halves(x, y=None):
    """Half of x, and of y: a function with two results."""
    half = x / 2
    return half, ops.exp(half)


class Scaling(layers.Layer):
    """Multiplies by a learned factor; a layer with one weight and one method."""

    def build(self, shape):
        self.factor = self.add_weight(name="factor", shape=(shape[-1],))

    def call(self, x):
        return x * self.factor

    def doubled(self, x):
        return 2 * self.call(x)


@pytest.fixture
def exercise(monkeypatch):
    """A small function exercise with every kind of probe; known as `toy.halves`."""
    monkeypatch.setattr("course.examination.wording.text", lambda key, *_, **d: key)
    made = Exercise(
        "toy.halves",
        unit="99_toy",
        answer="halves",
        reference=halves,
        parts={"values": 2, "order": 1, "learns": 1, "compiles": 1},
        returns={"half": ("row", "column"), "exponential": ("row", "column")},
        intermediates=("half",),
        forbidden=("keras.ops.exp2",),
    )
    x = np.arange(1, 7, dtype="float32").reshape(2, 3)

    @made.probe(part="values")
    def plain(rng):
        last = np.zeros((2, 3), bool)
        last[:, -1] = True
        return Call(x + rng.random()).with_regions(last_column=last)

    @made.property(part="order")
    def keeps_order(rng):
        small, large = yield [Call(x), Call(2 * x)]
        return bool((small.output[0].values < large.output[0].values).all())

    @made.probe(part="learns")
    def gradients(rng):
        return Call(x).asking(gradient=(np.ones((2, 3), "float32"), None))

    @made.probe(part="compiles")
    def graph(rng):
        return Call(x).asking(mode="graph")

    @made.misconception
    def thirds(x, y=None):
        third = x / 3
        return third, ops.exp(third)

    yield made
    del REGISTRY["toy.halves"]


def verdict(exercise, answer, seed=0):
    return examine(exercise, LocalCandidate(answer), seed=seed)


def main_key(found):
    wrong = [f for f in found.findings if f.outcome != "right"]
    return wrong[0].key if wrong else None


class TestOutcomes:
    def test_right(self, exercise):
        found = verdict(exercise, lambda x, y=None: (x * 0.5, tf.exp(x * 0.5)))
        assert (found.outcome, found.score) == ("right", 5)

    def test_not_attempted(self, exercise):
        def stub(x, y=None):
            raise NotImplementedError()

        found = verdict(exercise, stub)
        assert (found.outcome, found.score) == ("not_attempted", 0)

    def test_a_numpy_conversion_error_is_not_a_stub(self, exercise):
        def numpy_inside(x, y=None):
            half = np.asarray(x) / 2
            return half, np.exp(half)

        found = verdict(exercise, numpy_inside)
        parts = {name: part.earned for name, part in found.parts.items()}
        assert parts == {"values": 2, "order": 1, "learns": 0, "compiles": 0}
        assert [f.key for f in found.findings][2:] == ["no_gradient", "raised_graph"]

    def test_raised_in_the_learners_own_line(self, exercise):
        def broken(x, y=None):
            return undefined_name + x  # noqa: F821

        found = verdict(exercise, broken)
        assert found.outcome == "raised"
        details = found.findings[0].details
        assert details["type"] == "NameError"
        assert details["code"].startswith("return undefined_name + x")

    def test_exit_is_contained(self, exercise):
        def leaves(x, y=None):
            raise SystemExit(0)

        assert verdict(exercise, leaves).outcome == "raised"

    @pytest.mark.parametrize(
        ("answer", "outcome", "key"),
        [
            (lambda x, y=None: None, "wrong_type", "not_a_tuple"),
            (lambda x, y=None: (None, x), "wrong_type", "none"),
            (lambda x, y=None: x, "wrong_type", "not_a_tuple"),
            (lambda x, y=None: (x, x, x), "wrong_type", "count"),
            (lambda x, y=None: ("a", "b"), "wrong_type", "type"),
            (lambda x, y=None: (object(), x), "wrong_type", "type"),
            (lambda x, y=None: (x > 0, x), "wrong_dtype", "dtype"),
            (lambda x, y=None: (x[0], x), "wrong_shape", "shape"),
            (lambda x, y=None: (x / 2, x), "wrong_values", "values"),
            (lambda x, y=None: (x / 0 - x / 0, x), "wrong_values", "nan"),
            (7, "wrong_type", "not_callable"),
        ],
        ids=range(11),
    )
    def test_wrong_form(self, exercise, answer, outcome, key):
        found = verdict(exercise, answer)
        assert (found.outcome, main_key(found)) == (outcome, key)

    def test_delegated(self, exercise):
        def delegating(x, y=None):
            ops.exp2(x)
            return halves(x)

        found = verdict(exercise, delegating)
        assert (found.outcome, found.score) == ("delegated", 0)

    def test_changed_inputs(self, exercise):
        @exercise.probe(part="values")
        def array(rng):
            from course.examination.codec import Array

            return Call(Array(np.ones((2, 3), "float32"), "numpy"))

        def in_place(x, y=None):
            half = x / 2
            if isinstance(x, np.ndarray):
                x += 1
            return half, tf.exp(half)

        assert main_key(verdict(exercise, in_place)) == "inputs_changed"


class TestDiagnosis:
    def test_names_the_misconception(self, exercise):
        found = verdict(exercise, lambda x, y=None: (x / 3, ops.exp(x / 3)), seed=5)
        assert found.diagnosis == "thirds"
        assert "toy.halves.mistake.thirds" in found.message

    def test_never_guesses(self, exercise):
        found = verdict(exercise, lambda x, y=None: (x / 4, ops.exp(x / 3)))
        assert found.diagnosis is None
        assert "engine.no_match" in found.message

    def test_half_the_same_is_not_the_same(self, exercise):
        """Like the misconception where it was failed, unlike it elsewhere."""

        def mixed(x, y=None):
            if float(x[0, 0]) == 1.0:
                return halves(x)
            return x / 3, ops.exp(x / 3)

        found = verdict(exercise, mixed)
        assert found.score < exercise.points
        assert found.diagnosis is None

    def test_says_where(self, exercise):
        def last_column_wrong(x, y=None):
            half = x / 2 + tf.constant([0.0, 0.0, 1.0])
            return half, tf.exp(half)

        details = verdict(exercise, last_column_wrong).findings[0].details
        assert (details["where"], details["region"]) == ("region", "last_column")
        assert details["right"] == 66

    def test_names_the_first_intermediate_that_differs(self, exercise):
        def wrong_half(x, y=None):
            half = x / 2 + 1
            return half, tf.exp(half)

        details = verdict(exercise, wrong_half).findings[0].details
        assert (details["first"], details["fine"]) == ("half", "")


class TestLayers:
    def ask(self, **fields):
        request = Request(args=(np.ones((2, 3), "float32"),), construct={}, **fields)
        (reply,) = LocalCandidate(Scaling).answer([request])
        return reply

    def test_weights_are_set_by_name(self):
        reply = self.ask(weights={"factor": np.array([1, 2, 3], "float32")})
        assert reply.output.values.tolist() == [[1, 2, 3], [1, 2, 3]]
        assert list(reply.weights) == ["factor"]

    def test_a_missing_weight_is_named(self):
        reply = self.ask(weights={"bias": np.zeros(3, "float32")})
        details = {"name": "bias", "present": ["factor"]}
        assert reply.problem == ("missing_weight", details)

    def test_a_weight_of_another_shape_is_named(self):
        reply = self.ask(weights={"factor": np.zeros(4, "float32")})
        assert reply.problem[0] == "weight_shape"

    def test_methods_are_called_by_name(self):
        reply = self.ask(
            weights={"factor": np.array([1, 2, 3], "float32")}, method="doubled"
        )
        assert reply.output.values[0].tolist() == [2, 4, 6]
        assert self.ask(method="tripled").problem == (
            "missing_method",
            {"name": "tripled"},
        )

    def test_gradients_reach_inputs_and_weights(self):
        reply = self.ask(
            weights={"factor": np.array([1, 2, 3], "float32")},
            gradient=np.ones((2, 3), "float32"),
        )
        assert reply.gradients["args.0"].values[0].tolist() == [1, 2, 3]
        assert reply.gradients["factor"].values.tolist() == [2, 2, 2]

    @pytest.mark.parametrize("mode", ["eager", "graph", "xla"])
    def test_modes_agree(self, mode):
        reply = self.ask(weights={"factor": np.array([1, 2, 3], "float32")}, mode=mode)
        assert reply.output.values[1].tolist() == [1, 2, 3]

    def test_saved_and_loaded(self):
        reply = self.ask(
            weights={"factor": np.array([1, 2, 3], "float32")}, save_and_load=True
        )
        assert reply.output.values[1].tolist() == [1, 2, 3]

    def test_iterators_are_bounded(self):
        def forever():
            number = 0
            while True:
                yield number
                number += 1

        (reply,) = LocalCandidate(forever).answer([Request(iterate=3)])
        assert reply.output == [0, 1, 2]


def test_replies_must_be_as_many_as_requests(exercise):
    class Forgetful:
        def answer(self, requests):
            return [Reply()]

    with pytest.raises(ValueError, match="requests, but 1 replies"):
        examine(exercise, Forgetful())


def test_nothing_reaches_stdout_or_stderr(exercise, capfd):
    import os
    import sys
    import warnings

    def noisy(x, y=None):
        print("out")
        print("err", file=sys.stderr)
        os.write(2, b"from C")
        warnings.warn("careful", stacklevel=2)
        return halves(x)

    assert verdict(exercise, noisy).right
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("got", "where"),
    [
        ({"b": 2, "a": 1}, None),
        ({"a": 1, "b": 3}, {"where": "entries", "wrong": 1, "count": 2}),
        ({"a": 1, "c": 2, "d": 3}, {"where": "keys", "missing": 1, "extra": 2}),
    ],
    ids=["right", "a value", "the keys"],
)
def test_dicts_are_compared_by_key(got, where):
    assert where_it_differs(got, {"a": 1, "b": 2}) == where


@pytest.mark.parametrize(
    ("got", "expected", "where"),
    [
        (["a", "c"], ["a", "b"], {"where": "entry", "place": 1}),
        (["a"], ["a", "b"], {"where": "length", "count": 1, "expected": 2}),
        ("año", "ano", {"where": "entry", "place": 1}),
    ],
    ids=["an entry", "the length", "a character"],
)
def test_lists_and_texts_are_compared_in_order(got, expected, where):
    assert where_it_differs(got, expected) == where


@pytest.mark.parametrize("number", [float, np.float32, np.float64, tf.constant])
def test_rows_of_numbers_are_an_array_whatever_the_numbers_are(number):
    rows = [[number(1.0), number(2.0), number(3.0)], [number(4.0), 5.0, 6.0]]
    expected = np.arange(1, 7, dtype="float32").reshape(2, 3)
    assert where_it_differs(rows, expected) is None
    assert where_it_differs([[*rows[0], *rows[1]]], expected) is not None


def where_it_differs(got, expected):
    """What a finding says about data: where it is wrong, or None if it is right."""
    made = Exercise(
        "toy.data",
        unit="99_toy",
        answer="data",
        reference=expected,
        parts={"value": 1},
        returns={"data": ()},
    )
    del REGISTRY["toy.data"]
    made.probe(part="value")(lambda rng: Value())
    (finding,) = examine(made, LocalCandidate(got)).findings
    assert finding.details.pop("output", "data") == "data"
    return dict(finding.details) or None


@pytest.mark.parametrize(
    ("answer", "language"),
    [
        (lambda draws, size: np.zeros((9000, 9000), bool), "en"),
        (lambda draws, size: [0] * (MAX_NODES + 1), "es"),
    ],
)
def test_a_result_that_is_far_too_large_is_said_to_be(answer, language):
    """What fits through no pipe is refused, in a notebook as when graded."""
    verdict = course.examine("bias.splits", answer, language=language)
    assert verdict.score == 0
    assert {finding.key for finding in verdict.findings} == {"too_large"}
    assert verdict.message == text("engine.too_large", language)


def test_what_comes_beside_it_counts():
    def right_where_small(draws, size):
        right = np.argsort(np.argsort(draws)) < size
        return np.zeros((9000, 9000)) if len(draws) > 100 else right

    verdict = course.examine("bias.splits", right_where_small)
    assert 0 < verdict.score < verdict.points
