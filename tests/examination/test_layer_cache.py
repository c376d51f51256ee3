"""Layers that are taken again: as good as new, whatever was asked of them before."""

import keras
import numpy as np

from course.examination import Call, LocalCandidate
from course.examination.layer_cache import LayerCache, _way_of_building

BUILT: list[str] = []


class Counted(keras.layers.Layer):
    """A dense layer and dropout that count how often they are built."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dropping = keras.layers.Dropout(0.5)

    def build(self, x_shape):
        BUILT.append(type(self).__name__)
        self.kernels = [self.new_kernel(x_shape[-1]) for _ in range(1)]

    def new_kernel(self, size):
        return self.add_weight(name="kernel", shape=(size, self.units))

    def call(self, x, training=False):
        return self.dropping(x @ self.kernels[0], training=training)


class Doubled(Counted):
    def call(self, x, training=False):
        return 2 * super().call(x, training=training)


class OtherKernel(Counted):
    def new_kernel(self, size):
        return self.add_weight(
            name="kernel", shape=(size, self.units), initializer="ones"
        )


def case(rows=2, training=False):
    x = np.arange(rows * 3, dtype="float32").reshape(rows, 3)
    return Call(x, training=training).of_layer(units=4).request


def test_is_built_once_for_requests_of_one_form():
    BUILT.clear()
    candidate = LocalCandidate(Counted)
    candidate.answer([case(), case(), case(training=True), case(rows=5)])
    assert len(BUILT) == 2


def test_is_as_new_for_every_request():
    """Weights that were set or trained, and dropout, leave nothing behind."""
    kernel = np.ones((3, 4), "float32")
    train = {"steps": 2, "rate": 0.1, "target": np.zeros((2, 4), "float32")}
    requests = [case(), case(training=True)]
    disturbing = [
        case().replace(weights={"kernel": kernel}),
        case().replace(train=train),
    ]
    candidate = LocalCandidate(Counted)
    fresh = [LocalCandidate(Counted).answer([r])[0] for r in requests]
    again = candidate.answer([*disturbing, *requests])[-2:]
    for one, other in zip(fresh, again):
        np.testing.assert_array_equal(one.output.values, other.output.values)


def test_training_lowers_the_loss():
    train = {"steps": 3, "rate": 0.01, "target": np.zeros((2, 4), "float32")}
    (reply,) = LocalCandidate(Counted).answer([case().replace(train=train)])
    losses = reply.output.values
    assert losses.shape == (4,)
    assert (np.diff(losses) < 0).all()


def test_the_learners_own_chance_goes_on():
    import random

    random.seed(3)
    expected = random.random()
    random.seed(3)
    LocalCandidate(Counted).answer([case()])
    assert random.random() == expected


def test_related_classes_share_a_layer_and_compute_as_themselves():
    BUILT.clear()
    cache = LayerCache(related=True)
    one, two, same = (
        LocalCandidate(kind, cache).answer([case()])[0].output.values
        for kind in (Counted, Doubled, Counted)
    )
    assert len(BUILT) == 1
    np.testing.assert_allclose(two, 2 * one, rtol=1e-6)
    np.testing.assert_array_equal(one, same)


def test_a_class_that_builds_otherwise_gets_a_layer_of_its_own():
    assert _way_of_building(Counted) == _way_of_building(Doubled)
    assert _way_of_building(Counted) != _way_of_building(OtherKernel)


def test_is_built_once_for_requests_built_alike_by_their_arguments_or_apart():
    BUILT.clear()
    apart = Call(np.ones((5, 3), "float32"), training=False)
    apart = apart.of_layer(units=4, build=(case().args[0],)).request
    plain = Call(case().args[0]).of_layer(units=4).request
    LocalCandidate(Counted).answer([plain, apart])
    assert len(BUILT) == 1
