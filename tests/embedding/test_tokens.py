"""One table, two directions."""

import numpy as np
import pytest
import tensorflow as tf

from transformer_tf import TokenEmbedding

VOCABULARY, DIM = 11, 6


class TestTokenEmbedding:
    def test_looks_up_and_scales(self):
        layer = TokenEmbedding(VOCABULARY, DIM, scale=True)
        ids = np.array([[3, 0, 10], [7, 7, 1]])
        layer.build()
        expected = layer.table.numpy()[ids] * np.sqrt(DIM)
        np.testing.assert_allclose(layer(ids), expected, rtol=1e-6)

    @pytest.mark.parametrize("tied", [True, False])
    def test_logits_are_products_with_every_row(self, rng, tied):
        layer = TokenEmbedding(VOCABULARY, DIM, tied=tied)
        x = rng.normal(size=(2, 3, DIM)).astype("float32")
        logits = layer.logits(x)
        table = layer.table if tied else layer.output_table
        np.testing.assert_allclose(logits, x @ table.numpy().T, atol=1e-6)
        assert len(layer.weights) == (1 if tied else 2)

    def test_a_tied_table_learns_from_both_sides(self):
        layer = TokenEmbedding(VOCABULARY, DIM)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer.logits(layer(np.array([[3]]))) ** 2)
        gradient = tape.gradient(loss, layer.table.value)
        assert (np.abs(tf.convert_to_tensor(gradient)).max(axis=1) > 0).all()

    def test_padding_becomes_a_mask(self):
        ids = np.array([[3, 4, 0], [0, 5, 6]])
        mask = TokenEmbedding(VOCABULARY, DIM, padding_id=0)(ids)._keras_mask
        np.testing.assert_array_equal(mask, ids > 0)

    def test_ids_out_of_range_are_refused_where_values_are_known(self):
        layer = TokenEmbedding(VOCABULARY, DIM)
        for ids in ([[3, 11]], [[-1, 3]]):
            with pytest.raises(ValueError, match=r"ids must lie in \[0, 11\); got"):
                layer(np.array(ids))
        graph = tf.function(lambda ids: layer(ids))
        with pytest.raises(tf.errors.InvalidArgumentError):
            graph(tf.constant([[3, 11]]))
