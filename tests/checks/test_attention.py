"""The staged references of unit 03 against independent truth."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

import course
import transformer_tf
from course.checks.attention.decoder_mask import decoder_mask
from course.checks.attention.keys_and_locks import look_up, project
from course.checks.attention.reading import read_map
from course.checks.attention.softmax import softmax
from course.examination import LocalCandidate, examine


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_looking_up_is_attention_with_very_sharp_weights(rng):
    query, keys, values = (
        rng.normal(size=4),
        rng.normal(size=(5, 4)),
        rng.normal(size=(5, 3)),
    )
    scores, value = look_up(query, keys, values)
    np.testing.assert_allclose(scores, [key @ query for key in keys])
    sharp, _ = transformer_tf.scaled_dot_product_attention(
        1e4 * query[None], keys, values
    )
    np.testing.assert_allclose(value, sharp[0])


def test_projections_are_dense_layers_without_bias(rng):
    looking, looked_at = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 5, 4))
    kernels = [rng.normal(size=(4, size)) for size in (6, 6, 7)]
    words = (looking, looked_at, looked_at)
    for result, one, kernel in zip(project(*words[:2], *kernels), words, kernels):
        dense = keras.layers.Dense(kernel.shape[1], use_bias=False, dtype="float64")
        dense.build(one.shape)
        dense.set_weights([kernel])
        np.testing.assert_allclose(result, dense(one), rtol=1e-12)


def test_softmax_is_the_library_s(rng):
    scores = 100 * rng.normal(size=(2, 3, 5)).astype("float32")
    np.testing.assert_allclose(softmax(scores), ops.softmax(scores), atol=1e-6)


def test_attention_map_is_read_query_by_query(rng):
    weights = np.tril(rng.random((4, 4)))
    weights /= weights.sum(axis=1, keepdims=True)
    strongest, received, breadth = read_map(ops.convert_to_tensor(weights))
    for row, place, wide in zip(weights, strongest, breadth):
        assert row[int(place)] == max(row)
        # The product of w^-w, in which a weight of 0 is a factor of 1.
        assert float(wide) == pytest.approx(np.prod([w**-w for w in row if w > 0]))
    np.testing.assert_allclose(received, [sum(column) / 4 for column in weights.T])


def test_breadth_of_an_even_map_is_the_number_of_keys():
    _, _, breadth = read_map(ops.full((2, 7), 1 / 7))
    np.testing.assert_allclose(breadth, [7, 7], rtol=1e-6)


def test_decoder_mask_asks_both_questions_of_every_pair():
    ids = np.array([[3, 0, 5, 2, 2], [0, 4, 1, 2, 0]])
    mask = ops.convert_to_numpy(decoder_mask(ops.convert_to_tensor(ids), padding_id=2))
    for batch, query, key in itertools.product(range(2), range(5), range(5)):
        assert mask[batch, query, key] == (key <= query and ids[batch, key] != 2)


class TestTwoMistakesAtOnce:
    """The first wrong part names its own mistake, whatever another part shows."""

    def test_names_the_first(self):
        def answer(query, key, value, attention_mask=None):
            scores = ops.matmul(query, ops.swapaxes(key, -1, -2))  # not scaled
            if attention_mask is not None:
                scores = ops.where(attention_mask, -np.inf, scores)  # inverted
            weights = ops.softmax(scores, axis=-1)
            return ops.matmul(weights, value), weights

        exercise = course.exercises()["attention.scaled_dot_product"]
        verdict = examine(exercise, LocalCandidate(answer))
        assert verdict.diagnosis == "not_scaled"

    def test_names_the_missing_zeros_when_only_they_and_the_dtype_are_wrong(self):
        def answer(query, key, value, attention_mask=None):
            query, key, value = (ops.cast(x, "float32") for x in (query, key, value))
            scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
            scores /= query.shape[-1] ** 0.5
            if attention_mask is not None:
                scores = ops.where(attention_mask, scores, -1e9)
            weights = ops.softmax(scores, axis=-1)
            return ops.matmul(weights, value), weights

        exercise = course.exercises()["attention.scaled_dot_product"]
        verdict = examine(exercise, LocalCandidate(answer))
        assert verdict.diagnosis == "masked_row_uniform"
        assert verdict.score == exercise.points - 2


def test_a_diagnosed_mistake_is_not_blamed_on_an_unscaled_name():
    """A right step under another name must not be called the first that differs."""

    def answer(query, key, value, attention_mask=None):
        scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
        weights = ops.softmax(scores / query.shape[-1] ** 0.5, axis=-2)
        return ops.matmul(weights, value), weights

    exercise = course.exercises()["attention.scaled_dot_product"]
    verdict = examine(exercise, LocalCandidate(answer))
    assert "`scores`" not in verdict.message
