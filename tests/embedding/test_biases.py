"""Position biases against the papers' rules and KerasHub."""

import keras_hub
import numpy as np
import pytest
from keras_hub.src.models.t5.t5_multi_head_attention import T5MultiHeadAttention

from transformer_tf import ALiBi, RelativePositionBias

HEADS = 3


class TestRelativePositionBias:
    @pytest.mark.parametrize("bidirectional", [True, False])
    @pytest.mark.parametrize("buckets, farthest", [(32, 128), (20, 50), (32, 90)])
    def test_buckets_are_t5s(self, bidirectional, buckets, farthest):
        layer = RelativePositionBias(HEADS, buckets, farthest, bidirectional)
        ahead = np.arange(-300, 301)
        expected = T5MultiHeadAttention._relative_position_bucket(
            ahead, bidirectional, buckets, farthest
        )
        got = layer(np.array([300]), np.arange(601))[0, :, 0]  # [head, key]
        np.testing.assert_array_equal(got, layer.table.numpy()[expected].T)

    @pytest.mark.peers
    @pytest.mark.parametrize("bidirectional", [True, False])
    @pytest.mark.parametrize("buckets, farthest", [(32, 128), (20, 50), (64, 256)])
    def test_buckets_are_those_of_transformers(self, bidirectional, buckets, farthest):
        pytest.importorskip("transformers")
        import torch
        from transformers.models.t5.modeling_t5 import T5Attention

        expected = T5Attention._relative_position_bucket(
            torch.arange(-300, 301), bidirectional, buckets, farthest
        )
        layer = RelativePositionBias(HEADS, buckets, farthest, bidirectional)
        got = layer(np.array([300]), np.arange(601))[0, :, 0]
        np.testing.assert_array_equal(got, layer.table.numpy()[expected.numpy()].T)

    def test_near_keys_have_a_bucket_each(self):
        layer = RelativePositionBias(HEADS, 8, 20, bidirectional=False)
        bias = layer(np.arange(4), np.arange(4)).numpy()
        for query, key in np.ndindex(4, 4):
            row = layer.table[max(query - key, 0)]
            np.testing.assert_array_equal(bias[0, :, query, key], row)

    def test_positions_may_differ_by_row(self):
        layer = RelativePositionBias(HEADS)
        query, key = np.array([[3], [40]]), np.array([[0, 1, 5], [7, 9, 90]])
        got = layer(query, key)
        for row in range(2):
            expected = layer(query[row], key[row])
            np.testing.assert_array_equal(got[row], expected[0])


class TestLinearPositionBias:
    @pytest.mark.parametrize("heads", [1, 2, 6, 8, 12])
    def test_equals_keras_hub(self, heads):
        got = ALiBi(heads)(np.arange(6), np.arange(6))[0]
        scores = np.zeros((1, heads, 6, 6), "float32")
        expected = keras_hub.layers.AlibiBias()(scores)[0].numpy()
        # Theirs counts keys from the last one; softmax cannot tell the difference.
        expected = expected - expected[:, range(6), range(6)][..., None]
        np.testing.assert_allclose(np.tril(got), np.tril(expected), atol=1e-6)

    def test_worked_example(self):
        bias = ALiBi(8)(np.array([4]), np.array([1, 4, 6]))
        np.testing.assert_allclose(bias[0, 0, 0], [-1.5, 0, -1])
        np.testing.assert_allclose(bias[0, 7, 0], np.array([-3, 0, -2]) / 256)
