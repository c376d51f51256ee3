"""The pairs that dropout keeps look like independent draws."""

import keras
import numpy as np
import pytest

from transformer_tf.attention.dropout import dropout_mask
from transformer_tf.hashing import GOLDEN_RATIO, mix_bits

BATCH, HEAD, QUERY, KEY = 2, 3, 300, 500


def draws(seed=3, rate=0.3, query=range(QUERY), key=range(KEY)):
    seed = keras.random.SeedGenerator(seed).next()
    query, key = np.array(query, "int32"), np.array(key, "int32")
    return keras.ops.convert_to_numpy(dropout_mask(seed, rate, BATCH, HEAD, query, key))


class TestKept:
    @pytest.mark.parametrize("rate", [0.01, 0.5, 0.9])
    def test_share(self, rate):
        # Each head has 150,000 pairs; five standard deviations, six heads.
        allowed = 5 * np.sqrt(rate * (1 - rate) / (QUERY * KEY))
        shares = 1 - draws(rate=rate).mean(axis=(2, 3))
        assert np.abs(shares - rate).max() < allowed

    def test_neighbours_heads_rows_and_seeds_are_uncorrelated(self):
        one, other = draws() - 0.7, draws(seed=4) - 0.7
        pairs = {
            "seed": (one, other),
            "sequence": (one[0], one[1]),
            "head": (one[:, 0], one[:, 1]),
            "query": (one[:, :, 1:], one[:, :, :-1]),
            "key": (one[..., 1:], one[..., :-1]),
            "diagonal": (one[:, :, 1:, 1:], one[:, :, :-1, :-1]),
        }
        for name, (a, b) in pairs.items():
            correlation = (a * b).mean() / 0.21
            assert abs(correlation) < 5 / np.sqrt(a.size), name

    def test_rows_and_columns_have_no_favourites(self):
        stays = draws()
        for axis, count in ((2, QUERY), (3, KEY)):
            deviation = np.sqrt(0.21 / count)
            assert np.abs(stays.mean(axis=axis) - 0.7).max() < 6 * deviation

    def test_a_tile_is_cut_out_of_the_whole(self):
        tile = draws(query=range(20, 50), key=range(7, 90))
        np.testing.assert_array_equal(tile, draws()[:, :, 20:50, 7:90])


class TestMixBits:
    def test_is_the_finaliser_of_murmur_hash_3(self):
        """Beside the same in plain integers, and a value that is widely published."""
        words = [0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, *range(5, 2**32, 2**26)]

        def finalised(word):
            word = (word ^ word >> 16) * 0x85EBCA6B % 2**32
            word = (word ^ word >> 13) * 0xC2B2AE35 % 2**32
            return word ^ word >> 16

        mixed = np.asarray(
            mix_bits(keras.ops.convert_to_tensor(np.array(words, "uint32")))
        )
        assert mixed.tolist() == [finalised(word) for word in words]
        assert mixed[1] == 0x514E28B7

    def test_the_ratio_is_golden(self):
        assert int(2**33 / (1 + 5**0.5)) == GOLDEN_RATIO
