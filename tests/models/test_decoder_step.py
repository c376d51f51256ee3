"""The decoder's step against its call with a cache: logits, any layout."""

import keras
import numpy as np
import pytest

from tests.generation.test_generate import CONFIGS, SMALL, built
from transformer_tf import CausalLM, Seq2SeqLM, bart_config, t5_config

# Left padding, a gap in the middle, padding at the end.
REAL = np.array(
    [[0, 0, 1, 1, 1, 1, 1], [1, 1, 0, 0, 1, 1, 1], [1, 1, 1, 1, 1, 0, 0]], bool
)
PIECES = [(0, 3), (3, 4), (4, 7)]


def read_in_pieces(model, ids, positions, prepared):
    """Logits of every token, read piece by piece by the fast step."""
    cache, logits = model.empty_cache(len(ids), 10), []
    for first, last in PIECES:
        given = ids[:, first:last], positions[:, first:last]
        scores, cache = model.step(*given, cache, last - first, prepared)
        logits.append(np.asarray(scores))
    return np.concatenate(logits, axis=1)


class TestDecoderStep:
    @pytest.mark.parametrize("name", CONFIGS)
    def test_equals_the_plain_decoder(self, rng, name):
        model = built(CONFIGS[name])
        ids = rng.integers(0, 31, REAL.shape).astype("int32")
        positions = np.where(REAL, np.cumsum(REAL, 1) - 1, -1).astype("int32")
        x, _ = model.body(ids, positions=positions, cache=model.body.empty_cache(3, 10))
        expected = np.asarray(model.logits(x))
        got = read_in_pieces(model, ids, positions, model.prepare())
        np.testing.assert_allclose(got[REAL], expected[REAL], atol=2e-5)

    @pytest.mark.parametrize("family", [t5_config, bart_config])
    def test_equals_the_plain_decoder_with_a_memory(self, rng, family):
        keras.utils.set_random_seed(3)
        model = Seq2SeqLM(family(**SMALL))
        model.build()
        source = rng.integers(0, 31, (3, 9)).astype("int32")
        real = np.arange(9) < np.array([[9], [4], [6]])
        ids = rng.integers(0, 31, REAL.shape).astype("int32")
        expected = model(
            {"source_ids": source, "source_padding_mask": real, "target_ids": ids}
        )
        positions = np.broadcast_to(np.arange(7, dtype="int32"), ids.shape)
        prepared = model.prepare(source, real)
        got = read_in_pieces(model, ids, positions, prepared)
        np.testing.assert_allclose(got, expected, atol=2e-5)

    def test_mixed_precision(self, rng):
        model = CausalLM(CONFIGS["llama"], dtype="mixed_bfloat16")
        model.build()
        ids = rng.integers(0, 31, (3, 7)).astype("int32")
        expected = np.asarray(keras.ops.cast(model(ids), "float32"))
        positions = np.broadcast_to(np.arange(7, dtype="int32"), ids.shape)
        got = read_in_pieces(model, ids, positions, model.prepare())
        assert np.abs(got.astype("float32") - expected).max() < 0.05 * expected.max()
