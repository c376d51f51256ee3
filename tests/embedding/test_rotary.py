"""Rotary positions against complex numbers, and scalings against a peer."""

import keras
import numpy as np
import pytest

from transformer_tf import RotaryPositions
from transformer_tf.embedding.rotary_scaling import inverse_frequencies

BATCH, LENGTH, HEAD, HEAD_DIM = 2, 5, 3, 8


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def truth(x, positions, base=10_000.0):
    """Neighbours as one complex number, turned; [batch, length, head, head_dim]."""
    speeds = base ** -(np.arange(0, x.shape[-1], 2) / x.shape[-1])
    angles = np.asarray(positions, "float64")[..., None] * speeds
    turned = (x[..., ::2] + 1j * x[..., 1::2]) * np.exp(1j * angles)[..., None, :]
    return np.stack([turned.real, turned.imag], axis=-1).reshape(x.shape)


HALVES = np.arange(HEAD_DIM).reshape(2, -1).T.ravel()  # 0 4 1 5 2 6 3 7


class TestRotaryPositions:
    @pytest.mark.parametrize(
        "positions", [np.arange(LENGTH), np.array([[0, 3, 4, 9, 2], [5, 6, 7, 8, 70]])]
    )
    def test_equals_the_paper(self, rng, positions):
        x = floats(rng, BATCH, LENGTH, HEAD, HEAD_DIM)
        got = RotaryPositions(interleaved=True)(x, positions)
        np.testing.assert_allclose(got, truth(x, positions), atol=2e-5)

    def test_half_split_is_a_permutation_of_interleaved(self, rng):
        x = floats(rng, BATCH, LENGTH, HEAD, HEAD_DIM)
        got = RotaryPositions()(x).numpy()[..., HALVES]
        expected = truth(x[..., HALVES], np.arange(LENGTH))
        np.testing.assert_allclose(got, expected, atol=1e-5)

    def test_turns_only_the_first_features_if_told(self, rng):
        x = floats(rng, BATCH, LENGTH, HEAD, HEAD_DIM)
        got = RotaryPositions(dim=4, interleaved=True)(x)
        expected = truth(x[..., :4], np.arange(LENGTH))
        np.testing.assert_allclose(got[..., :4], expected, atol=1e-5)
        np.testing.assert_array_equal(got[..., 4:], x[..., 4:])

    def test_products_depend_on_distance_alone(self, rng):
        q, k = floats(rng, 1, 1, 1, HEAD_DIM), floats(rng, 1, 1, 1, HEAD_DIM)
        rotary = RotaryPositions()

        def product(query, key):
            turned = rotary(q, np.array([query])), rotary(k, np.array([key]))
            return float(keras.ops.sum(turned[0] * turned[1]))

        assert product(9, 4) == pytest.approx(product(105, 100), abs=1e-5)
        assert product(9, 4) != pytest.approx(product(9, 5), abs=1e-3)

    @pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
    def test_half_precision_is_right_far_out(self, rng, dtype):
        positions = np.arange(8188, 8193)
        x = floats(rng, 1, LENGTH, HEAD, HEAD_DIM)
        x = keras.ops.convert_to_numpy(
            keras.ops.cast(keras.ops.cast(x, dtype), "float32")
        )
        got = RotaryPositions(interleaved=True, dtype=dtype)(x, positions)
        got = keras.ops.convert_to_numpy(keras.ops.cast(got, "float32"))
        np.testing.assert_allclose(got, truth(x, positions), atol=0.04)


SCALINGS = {
    "linear": {"factor": 4.0},
    "llama3": {
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 256,
    },
    "yarn": {"factor": 4.0, "original_max_position_embeddings": 256},
}


class TestScaling:
    def test_linear_stretches_positions(self, rng):
        x = floats(rng, 1, LENGTH, HEAD, HEAD_DIM)
        scaled = RotaryPositions(scaling={"type": "linear", "factor": 2.0})
        got = scaled(x, np.arange(0, 2 * LENGTH, 2))
        np.testing.assert_allclose(got, RotaryPositions()(x), atol=1e-6)

    def test_ntk_leaves_the_fastest_pair_and_slows_the_slowest(self):
        plain, _ = inverse_frequencies(16, 10_000)
        got, _ = inverse_frequencies(16, 10_000, {"type": "ntk", "factor": 4.0})
        assert got[0] == plain[0]
        assert got[-1] == pytest.approx(plain[-1] / 4)

    @pytest.mark.peers
    @pytest.mark.parametrize("kind", SCALINGS)
    def test_equals_transformers(self, kind):
        pytest.importorskip("transformers")
        from transformers import LlamaConfig
        from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

        config = LlamaConfig(
            hidden_size=128,
            num_attention_heads=4,
            max_position_embeddings=1024,
            rope_parameters={
                "rope_type": kind,
                "rope_theta": 10_000.0,
                **SCALINGS[kind],
            },
        )
        expected, magnitude = ROPE_INIT_FUNCTIONS[kind](config, "cpu")
        got = inverse_frequencies(32, 10_000.0, {"rope_type": kind, **SCALINGS[kind]})
        np.testing.assert_allclose(got[0], expected.numpy(), rtol=1e-5)
        assert got[1] == pytest.approx(magnitude)
