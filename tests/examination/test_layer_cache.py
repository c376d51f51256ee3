"""Layers that are taken again: as good as new, whatever was asked of them before."""

import random

import keras
import numpy as np
import pytest

from course.examination import Call, LocalCandidate
from course.examination.codec import pack
from course.examination.layer_cache import LayerCache, _set_variables, _way_of_building
from course.examination.request import to_tree

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


class Nested(keras.layers.Layer):
    """Weights of one name at several depths."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = [Counted(2, name=f"inner_{n}") for n in range(2)]

    def build(self, x_shape):
        for layer in self.inner:
            layer.build(x_shape)
        self.kernel = self.add_weight(name="kernel", shape=(3, 2))

    def call(self, x):
        return sum(layer(x) for layer in self.inner) + x @ self.kernel


def test_a_weight_is_the_first_whose_path_ends_with_its_name():
    x, value = np.ones((1, 3), "float32"), np.full((3, 2), 7, "float32")
    request = Call(x).of_layer().request
    (plain,) = LocalCandidate(Nested).answer([request])
    paths = list(plain.weights)
    assert len(paths) == 3
    ends = {p.split("/", n)[-1] for p in paths for n in range(p.count("/") + 1)}
    assert len(ends) == 3  # "kernel" is the end of all
    for end in sorted(ends):
        asked = request.replace(weights={end: value})
        (reply,) = LocalCandidate(Nested).answer([asked])
        set_ = [p for p in paths if (reply.weights[p].values == 7).all()]
        assert set_ == [p for p in paths if f"/{p}".endswith(f"/{end}")][:1]
    (reply,) = LocalCandidate(Nested).answer([request.replace(weights={"nel": value})])
    assert reply.problem[0] == "missing_weight"


def test_a_variable_shares_no_memory_with_what_it_was_set_to():
    """TensorFlow takes over an array that begins at a multiple of 64, uncopied."""
    layer = Counted(4)
    layer(np.ones((2, 3), "float32"))
    room = np.zeros(1024, "uint8")
    start = -room.ctypes.data % 64
    kernel = room[start : start + 48].view("float32").reshape(3, 4)
    values = [v.numpy() for v in layer.variables]
    place = [v.path for v in layer.variables].index(layer.kernels[0].path)
    values[place] = kernel
    kernel[:] = 1
    _set_variables(layer, values, {})
    kernel[:] = 2
    assert (layer.kernels[0].numpy() == 1).all()
    layer.kernels[0].value.assign_sub(np.ones((3, 4), "float32"))
    assert (kernel == 2).all()


def test_training_leaves_what_was_sent_as_it_was():
    kernel = np.ones((3, 4), "float32")
    train = {"steps": 2, "rate": 0.1, "target": np.zeros((2, 4), "float32")}
    training = case().replace(train=train)
    sent = training.replace(weights={"kernel": kernel})
    replies = LocalCandidate(Counted).answer([case(), sent, training, sent, training])
    assert (kernel == 1).all()
    for one, other in ((1, 3), (2, 4)):
        np.testing.assert_array_equal(
            replies[one].output.values, replies[other].output.values
        )


def test_variables_have_names_that_come_again_and_keras_paths_do_not_change():
    """A name that TensorFlow has not met costs it half a millisecond."""
    seen = []

    class Seen(Nested):
        def call(self, x):
            seen.append([(v.value.name, v.path) for v in self.weights])
            return super().call(x)

    x = np.ones((1, 3), "float32")
    for _ in range(2):
        LocalCandidate(Seen).answer([Call(x).of_layer().request])
    first, second = seen[0], seen[-1]
    assert {name for name, _ in first + second} == {"kernel:0"}
    assert [path.partition("/")[2] for _, path in first] == [
        "kernel",
        "inner_0/kernel",
        "inner_1/kernel",
    ]
    assert {path for _, path in first} == {path for _, path in second}


def test_a_sublayer_without_a_name_is_found_whatever_was_made_before():
    class Nameless(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = [Counted(2) for _ in range(2)]

        def build(self, x_shape):
            for layer in self.inner:
                layer.build(x_shape)

        def call(self, x):
            return self.inner[0](x) - self.inner[1](x)

    request = Call(np.ones((1, 3), "float32")).of_layer().request
    weights = {f"counted{n}/kernel": np.ones((3, 2), "float32") for n in ("", "_1")}
    request = request.replace(weights=weights)
    other = request.replace(args=(np.ones((1, 5), "float32"),), weights={})
    Counted(2), Counted(2)
    for related in (False, True):
        candidate = LocalCandidate(Nameless, LayerCache(related))
        replies = candidate.answer([request, other, request])
        assert [reply.problem for reply in replies] == [None] * 3
        assert (replies[0].output.values == 0).all()


def test_the_learners_own_layers_are_counted_on():
    before = keras.layers.Dense(2).name.partition("_")[2]
    LocalCandidate(Waiting).answer([Call(case().args[0]).of_layer().request])
    after = keras.layers.Dense(2).name.partition("_")[2]
    assert int(after) == int(before or 0) + 1


class Cell(keras.layers.SimpleRNNCell):
    """Also a layer by itself, and for a whole sequence."""

    def call(self, x, states=None, training=False):
        if states is None:
            return x @ self.kernel
        return super().call(x, states)


def cell(**changes):
    x = np.ones((2, 3, 4), "float32")
    return Call(x).of_layer(units=4).request.replace(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"construct": {"units": 5}},
        {"dtype": "float64"},
        {"inside": "rnn"},
        {"args": (np.ones((2, 3, 4), "float64"),)},
        {"args": (np.ones((5, 3, 4), "float32"),)},
    ],
    ids=lambda changes: next(iter(changes)),
)
@pytest.mark.parametrize("related", [False, True])
def test_a_layer_is_not_taken_for_a_request_of_another_form(changes, related):
    cache = LayerCache(related)
    told = [cell(), cell(**changes), cell()]
    together = [LocalCandidate(Cell, cache).answer([r])[0] for r in told]
    for request, reply in zip(told, together):
        (alone,) = LocalCandidate(Cell).answer([request])
        assert reply.problem is None and reply.error is None
        assert pack(to_tree(reply)) == pack(to_tree(alone))
    assert len(cache._built) == 2


class Waiting(keras.layers.Layer):
    """Its sublayer is built when it is first called."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(2, name="dense")

    def call(self, x):
        return self.dense(x)


class WaitingForTwice(Waiting):
    def call(self, x):
        return self.dense(keras.ops.concatenate([x, x], axis=-1))


class WaitingForNothing(Waiting):
    def call(self, x):
        return x


@pytest.mark.parametrize(
    "kinds",
    [
        (Counted, OtherKernel, Doubled),
        (Waiting, WaitingForTwice, WaitingForNothing, Waiting),
        (WaitingForNothing, WaitingForTwice, Waiting),
    ],
)
def test_classes_reply_from_a_common_cache_as_they_do_alone(kinds):
    sizes = {"units": 4} if Counted in kinds else {}
    request = Call(case().args[0]).of_layer(**sizes).request
    cache = LayerCache(related=True)
    for kind in kinds:
        together, again = LocalCandidate(kind, cache).answer([request, request])
        (alone,) = LocalCandidate(kind).answer([request])
        assert pack(to_tree(together)) == pack(to_tree(alone))
        assert pack(to_tree(again)) == pack(to_tree(alone))
        assert alone.error is None


def test_a_layer_is_the_same_whatever_the_learner_has_drawn():
    replies = []
    for seed in (1, 2):
        random.seed(seed)
        replies += LocalCandidate(Counted).answer([case(training=True)])
    one, other = (reply.output.values for reply in replies)
    np.testing.assert_array_equal(one, other)
