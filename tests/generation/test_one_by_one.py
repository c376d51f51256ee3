"""The choice of the likeliest id."""

import numpy as np

from transformer_tf.generation.one_by_one import likeliest


def test_first_of_the_highest(rng):
    scores = rng.integers(-3, 4, (50, 13)).astype("float32")
    scores[0] = -1e30
    np.testing.assert_array_equal(likeliest(scores), scores.argmax(-1))


def test_no_number_is_no_id_out_of_range():
    assert likeliest(np.full((1, 5), np.nan, "float32"))[0] in range(5)
