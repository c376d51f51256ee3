"""Sublayers of mistakes are asked once, and the mistakes reply as they would alone."""

import dataclasses

import keras
import numpy as np
import pytest

from course.checks import exercises
from course.examination import Call, LocalCandidate
from course.examination.codec import pack
from course.examination.examiner import PRACTICE_SEED, ask
from course.examination.layer_cache import LayerCache
from course.examination.request import to_tree
from course.examination.sublayer_calls import KEPT, WORTH, SublayerCalls

ASKED: list[str] = []
SHAPES = {f"kernel_{number}": (3, 3) for number in range(WORTH)}


class Below(keras.layers.Layer):
    """Enough kernels, one after the other."""

    def build(self, x_shape):
        self.kernels = [self.add_weight(name=n, shape=s) for n, s in SHAPES.items()]

    def call(self, x, training=False):
        ASKED.append(self.name)
        for kernel in self.kernels:
            x = x @ kernel
        return x * 2 if training else x


class Dropping(Below):
    """Draws numbers: the same is never computed twice."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dropping = keras.layers.Dropout(0.5)

    def call(self, x, training=False):
        return self.dropping(super().call(x), training=True)


class Counting(Below):
    """Counts its calls in a weight that no gradient reaches."""

    def build(self, x_shape):
        super().build(x_shape)
        self.count = self.add_weight(
            name="count", shape=(), initializer="zeros", trainable=False
        )

    def call(self, x):
        self.count.assign_add(1.0)
        return super().call(x) * self.count


class Hidden(Below):
    """Is not told itself whether it trains; what is inside it is."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = Below(name="inner")

    def build(self, x_shape):
        super().build(x_shape)
        self.inner.build(x_shape)

    def call(self, x):
        return self.inner(super().call(x))


class Right(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.below = self.new_below()

    def new_below(self):
        return Below(name="below")

    def build(self, x_shape):
        self.below.build(x_shape)

    def call(self, x, training=False):
        return self.below(x, training=training) + 1


class Wrong(Right):
    def call(self, x, training=False):
        return self.below(x, training=training) - 1


class Twice(Right):
    def call(self, x, training=False):
        return self.below(x) * self.below(x)


def with_below(kind):
    """Answers whose sublayer is a `kind`."""

    class Other(Right):
        def new_below(self):
            return kind(name="below")

        def call(self, x):
            return self.below(x) - self.below(x)

    return Other


X = np.linspace(-1, 1, 6, dtype="float32").reshape(2, 3)


def case(x=X, start=0.0, **changes):
    weights = {
        name: np.linspace(start, 1, 9, dtype="float32").reshape(shape)
        for name, shape in SHAPES.items()
    }
    kwargs = {"training": True} if changes.pop("training", False) else {}
    request = Call(x, **kwargs).of_layer(weights=weights, build=(X,)).request
    return request.replace(**changes)


def computed(*told):
    """How often sublayers compute for pairs of a class and a request.

    That each pair replies as it does alone is asserted on the way.
    """
    cache = LayerCache(related=True)
    for kind, _ in told:  # so that their layers are built
        LocalCandidate(kind, cache).answer([case(X * 0)])
    ASKED.clear()
    together = [LocalCandidate(kind, cache).answer([r])[0] for kind, r in told]
    count = len(ASKED)
    alone = [LocalCandidate(kind).answer([request])[0] for kind, request in told]
    for one, other in zip(together, alone):
        assert one.error is None and one.problem is None
        assert pack(to_tree(one)) == pack(to_tree(other))
    return count


def test_a_sublayer_is_asked_once_by_all_who_ask_the_same():
    assert computed((Right, case()), (Wrong, case()), (Right, case())) == 1
    assert computed((Twice, case())) == 1


@pytest.mark.parametrize(
    "other",
    [
        case(x=X + 1),
        case(x=X[:1]),
        case(x=X[None]),
        case(start=0.5),
        case(training=True),
    ],
    ids=["values", "shape", "axes", "weights", "training"],
)
def test_it_is_asked_again_for_anything_else(other):
    assert computed((Right, case()), (Wrong, other)) == 2


def test_weights_that_an_answer_changes_count():
    class Trains(Right):
        def call(self, x, training=False):
            before = self.below(x)
            self.below.kernels[0].assign(self.below.kernels[0] * 0)
            return before + self.below(x)

    assert computed((Trains, case()), (Right, case())) == 2


COTANGENT = np.ones((2, 3), "float32")
TRAIN = {"steps": 2, "rate": 0.1, "target": np.zeros((2, 3), "float32")}


@pytest.mark.parametrize(
    "changes, calls",
    [
        ({"gradient": COTANGENT}, 1),
        ({"train": TRAIN}, 3),
        ({"mode": "graph"}, 1),
        ({"mode": "xla"}, 1),
    ],
    ids=["gradient", "train", "graph", "xla"],
)
def test_a_gradient_or_a_graph_passes_through_the_sublayer(changes, calls):
    asked = case(**changes)
    told = (Right, case()), (Right, asked), (Wrong, asked), (Wrong, case())
    assert computed(*told) == 1 + 2 * calls


@pytest.mark.parametrize(
    "kind, calls", [(Dropping, 4), (Counting, 4), (Hidden, 8)], ids=lambda x: str(x)
)
def test_what_is_not_told_by_arguments_and_weights_is_computed(kind, calls):
    answer = with_below(kind)
    assert computed((answer, case()), (answer, case())) == calls


def test_two_sublayers_that_are_alike_are_not_confused():
    """Their weights agree; what else they were made with may not."""

    class Scaled(Below):
        def __init__(self, scale, **kwargs):
            super().__init__(**kwargs)
            self.scale = scale

        def call(self, x):
            return self.scale * super().call(x)

    class Two(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.both = [Scaled(scale, name=f"by_{scale}") for scale in (1, 2)]

        def build(self, x_shape):
            for below in self.both:
                below.build(x_shape)

        def call(self, x):
            one, two = (below(x) for below in self.both)
            return one - two

    weights = {
        f"by_{n}/{k}": np.ones(s, "float32") for n in (1, 2) for k, s in SHAPES.items()
    }
    request = Call(X).of_layer(weights=weights).request
    assert computed((Two, request), (Two, request)) == 2


def test_no_more_is_remembered_than_is_kept():
    several = [(Right, case(x=X + n)) for n in range(KEPT + 1)]
    assert computed(*several, several[-1], several[0]) == KEPT + 2


def test_masks_do_not_pass_from_one_answer_to_another():
    class Masking(Right):
        def call(self, x, training=False):
            found = self.below(x)
            found._keras_mask = x[..., 0] > 0
            return found

    class Looking(Right):
        def call(self, x, training=False):
            found = self.below(x)
            return found * float(hasattr(found, "_keras_mask"))

    assert computed((Masking, case()), (Looking, case())) == 1


SOME = ("seq2seq.translator", "decoders.decoder")  # their mistakes stand on blocks
LAYERS = [
    pytest.param(name, marks=[] if name in SOME else pytest.mark.full)
    for name, one in exercises().items()
    if isinstance(next(iter(one.misconceptions.values()), None), type)
]


@pytest.mark.parametrize("name", LAYERS)
def test_mistakes_reply_as_they_do_where_nothing_is_remembered(name, monkeypatch):
    exercise = exercises()[name]
    questions = ask(exercise, PRACTICE_SEED)
    requests = [r for q in questions for r in q.requests if r.mode == "eager"]
    requests = [r.replace(forbidden=(), intermediates=()) for r in requests]
    replies = []
    for remembering in (True, False):
        if not remembering:
            monkeypatch.setattr(SublayerCalls, "attend_to", lambda self, layer: None)
        cache = LayerCache(related=True)
        for mistake in exercise.misconceptions.values():
            replies.append(LocalCandidate(mistake, cache).answer(requests))
    half = len(replies) // 2
    for some, others in zip(replies[:half], replies[half:]):
        for one, other in zip(some, others):
            # An error's message names the layer, and Keras counts layers of a name.
            errors = [reply.error and reply.error.type for reply in (one, other)]
            assert errors[0] == errors[1]
            one, other = (dataclasses.replace(r, error=None) for r in (one, other))
            assert pack(to_tree(one)) == pack(to_tree(other))
