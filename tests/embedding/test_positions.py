"""Learned and sinusoidal positions."""

import keras
import numpy as np
import pytest

from transformer_tf import LearnedPositions, SinusoidalPositions

BATCH, LENGTH, DIM = 2, 5, 6


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


class TestLearnedPositions:
    def test_reads_its_rows_from_the_offset(self, rng):
        layer = LearnedPositions(9, offset=2)
        x = floats(rng, BATCH, LENGTH, DIM)
        layer.build(x.shape)
        np.testing.assert_allclose(layer(x), x + layer.table[2 : LENGTH + 2], atol=1e-6)

    def test_positions_may_differ_by_row(self, rng):
        layer = LearnedPositions(9)
        x = floats(rng, BATCH, LENGTH, DIM)
        positions = np.array([[-1, -1, 0, 1, 2], [4, 5, 6, 7, 8]])
        layer.build(x.shape)
        expected = x + layer.table.numpy()[np.maximum(positions, 0)]
        np.testing.assert_allclose(layer(x, positions), expected, atol=1e-6)

    def test_refuses_more_positions_than_it_has(self, rng):
        layer = LearnedPositions(4)
        with pytest.raises(ValueError, match="has 5 positions, the table only 4"):
            layer(floats(rng, BATCH, LENGTH, DIM))
        with pytest.raises(ValueError, match=r"positions must lie in \[0, 4\)"):
            layer(floats(rng, BATCH, 1, DIM), np.array([4]))


def truth(positions, dim, longest):
    exponent = np.arange(0, dim, 2) / dim
    radians = np.array(positions, "float64")[:, None] / longest**exponent
    return np.sin(radians), np.cos(radians)


class TestSinusoidalPositions:
    @pytest.mark.parametrize("interleaved", [False, True])
    def test_equals_the_paper(self, interleaved):
        layer = SinusoidalPositions(700, interleaved=interleaved)
        got = layer(np.zeros((1, 600, DIM), "float32"))[0]
        sine, cosine = truth(range(600), DIM, 700)
        expected = np.concatenate([sine, cosine], axis=1)
        if interleaved:
            expected = np.stack([sine, cosine], axis=2).reshape(600, DIM)
        np.testing.assert_allclose(got, expected, atol=1e-4)

    @pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
    def test_half_precision_is_right_far_out(self, dtype):
        """Angles in the compute dtype would be off by up to 2 here."""
        positions = np.arange(8092, 8193)
        x = np.zeros((1, len(positions), 8), "float32")
        got = SinusoidalPositions(dtype=dtype)(x, positions)[0]
        got = keras.ops.convert_to_numpy(keras.ops.cast(got, "float32"))
        expected = np.concatenate(truth(positions, 8, 10_000), axis=1)
        np.testing.assert_allclose(got, expected, atol=5e-3)

    def test_positions_may_differ_by_row(self):
        layer = SinusoidalPositions()
        x = np.zeros((BATCH, 3, DIM), "float32")
        whole = layer(np.zeros((1, 9, DIM), "float32"))[0].numpy()
        positions = np.array([[0, 1, 2], [5, 8, 3]])
        np.testing.assert_allclose(layer(x, positions), whole[positions], atol=1e-6)
