"""Initializers as objects, classes and functions: one draw a weight, and JSON."""

import itertools
import json

import keras
import numpy as np
import pytest

import transformer_tf as t
from tests.every_layer import EVERY_LAYER
from tests.layer_test import settings


@keras.saving.register_keras_serializable(package="test_initializers")
def halves(shape, dtype=None):
    return keras.ops.full(shape, 0.5, dtype)


class Unclonable(keras.initializers.Initializer):
    def __init__(self, value):
        self.value = value

    def __call__(self, shape, dtype=None):
        return keras.ops.full(shape, self.value, dtype)


ROWS = [row for row in EVERY_LAYER if settings(row.layer, False)]


def built(row, initializer):
    names = [n for n in settings(row.layer, False) if n.endswith("_initializer")]
    layer = row.build(**dict.fromkeys(names, initializer))
    layer(**row.inputs())
    return layer


def drawn(layer):
    """Weights that an initializer drew: neither zeros nor ones."""
    weights = [np.array(w) for w in layer.trainable_weights]
    return [w for w in weights if w.std() > 0]


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize("seed", [None, 7])
def test_an_object_starts_no_two_weights_alike(row, seed):
    layer = built(row, keras.initializers.RandomNormal(stddev=0.5, seed=seed))
    for one, other in itertools.combinations(drawn(layer), 2):
        size = min(one.size, other.size)
        assert not np.allclose(one.ravel()[:size], other.ravel()[:size])


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_seed_starts_the_same_layer_twice(row):
    first, second = (
        built(row, keras.initializers.RandomNormal(stddev=0.5, seed=7)) for _ in "ab"
    )
    for one, other in zip(drawn(first), drawn(second), strict=True):
        np.testing.assert_array_equal(one, other)


def test_two_layers_do_not_share_the_draw_of_one_object():
    initializer = keras.initializers.RandomNormal()
    tables = []
    for _ in range(2):
        layer = t.TokenEmbedding(9, 4, embeddings_initializer=initializer)
        layer.build()
        tables.append(np.array(layer.table))
    assert not np.allclose(*tables)


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize(
    "initializer",
    [
        "he_normal",
        keras.initializers.HeNormal(seed=3),
        keras.initializers.HeNormal,
        halves,
        {"class_name": "HeNormal", "config": {}},
        {"class_name": "HeNormal", "config": {"seed": 3}},
        keras.initializers.RandomNormal(seed=keras.random.SeedGenerator(3)),
    ],
    ids=["name", "object", "class", "function", "config", "seeded", "generator"],
)
def test_config_is_json_and_comes_back(row, initializer):
    layer = built(row, initializer)
    config = json.loads(json.dumps(layer.get_config()))
    twin = row.layer.from_config(config)
    assert twin.get_config() == layer.get_config()
    twin(**row.inputs())
    for one, other in zip(layer.weights, twin.weights, strict=True):
        assert one.shape == other.shape


def test_a_function_and_a_users_own_class_are_used_as_they_are():
    for initializer in (halves, Unclonable(0.5)):
        layer = t.FeedForward(4, kernel_initializer=initializer)
        layer.build((2, 3, 5))
        assert (np.array(layer.up_projection.kernel) == 0.5).all()


def test_a_lambda_loads_where_it_is_trusted(tmp_path):
    inputs = keras.Input((3, 5))
    layer = t.FeedForward(
        4, kernel_initializer=lambda s, dtype=None: [[0.5] * s[1]] * s[0]
    )
    with pytest.warns(UserWarning, match="lambda"):
        keras.Model(inputs, layer(inputs)).save(tmp_path / "model.keras")
    with pytest.raises((TypeError, ValueError), match="lambda"):
        keras.models.load_model(tmp_path / "model.keras")
    twin = keras.models.load_model(tmp_path / "model.keras", safe_mode=False)
    x = np.ones((2, 3, 5), "float32")
    np.testing.assert_array_equal(twin(x), layer(x))


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize("bad", ["glorot_unicorn", None, 3, {"class_name": "Nobody"}])
def test_a_bad_one_is_refused_by_the_constructor(row, bad):
    for name in settings(row.layer, False):
        if name.endswith("_initializer"):
            with pytest.raises(ValueError, match=name):
                row.build(**{name: bad})
