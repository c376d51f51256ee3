"""Multi-head attention against Keras' own layers and float64 NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.attention.reference import attention
from transformer_tf import (
    ALiBi,
    MultiHeadAttention,
    RelativePositionBias,
    RotaryPositions,
    TokenEmbedding,
)
from transformer_tf.attention import AttentionMask

BATCH, QUERY, KEY, DIM, KEY_DIM, HEADS = 2, 4, 6, 12, 10, 3


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def built(layer, rng, *inputs, **arguments):
    """The layer, its biases no longer zero."""
    layer(*inputs, **arguments)
    for weight in layer.weights:
        if "bias" in weight.path:
            weight.assign(floats(rng, *weight.shape))
    return layer


def copied_to_keras(layer, theirs):
    """Their weights have the heads as an axis of their own."""
    parts = layer.query_projection, layer.key_projection, layer.value_projection
    for weight, part in zip(theirs.weights[:6:2], parts, strict=True):
        weight.assign(keras.ops.reshape(part.kernel, weight.shape))
    for weight, part in zip(theirs.weights[1:6:2], parts, strict=True):
        weight.assign(keras.ops.reshape(part.bias, weight.shape))
    out = layer.output_projection
    theirs.weights[6].assign(keras.ops.reshape(out.kernel, theirs.weights[6].shape))
    theirs.weights[7].assign(out.bias)
    return theirs


class TestAgainstKeras:
    @pytest.mark.parametrize("key_heads", [3, 1], ids=["each_its_own", "one_for_all"])
    def test_cross_attention(self, rng, key_heads):
        query, key = floats(rng, BATCH, QUERY, DIM), floats(rng, BATCH, KEY, KEY_DIM)
        mask = rng.random((BATCH, QUERY, KEY)) < 0.7
        layer = MultiHeadAttention(HEADS, num_key_value_heads=key_heads)
        built(layer, rng, query, key)
        if key_heads == HEADS:
            theirs = keras.layers.MultiHeadAttention(HEADS, DIM // HEADS)
        else:
            theirs = keras.layers.GroupQueryAttention(DIM // HEADS, HEADS, key_heads)
        theirs.build(query.shape, key.shape)
        copied_to_keras(layer, theirs)
        got, weights = layer(query, key, attention_mask=mask, return_weights=True)
        expected, theirs = theirs(
            query, key, attention_mask=mask, return_attention_scores=True
        )
        np.testing.assert_allclose(got, expected, atol=1e-5)
        np.testing.assert_allclose(weights, theirs, atol=1e-5)


def projected(layer, query, key):
    """q, k and v with all heads, float64: [batch, head, length, head_dim] each."""

    def heads(part, x, count):
        x = x.astype("float64") @ part.kernel.numpy() + part.bias.numpy()
        x = x.reshape(*x.shape[:2], count, -1).transpose(0, 2, 1, 3)
        return np.repeat(x, layer.num_heads // count, axis=1)

    return (
        heads(layer.query_projection, query, layer.num_heads),
        heads(layer.key_projection, key, layer.key_heads),
        heads(layer.value_projection, key, layer.key_heads),
    )


def merged(layer, output):
    batch, heads, length, head_dim = output.shape
    output = output.transpose(0, 2, 1, 3).reshape(batch, length, heads * head_dim)
    out = layer.output_projection
    return output @ out.kernel.numpy() + out.bias.numpy()


class TestAgainstNumPy:
    @pytest.mark.parametrize("key_heads", [1, 2, 6])
    def test_heads_share_keys_in_neighbouring_groups(self, rng, key_heads):
        query, key = floats(rng, BATCH, QUERY, DIM), floats(rng, BATCH, KEY, KEY_DIM)
        layer = MultiHeadAttention(
            6, head_dim=5, num_key_value_heads=key_heads, scale=0.7
        )
        built(layer, rng, query, key)
        expected, weights = attention(*projected(layer, query, key), scale=0.7)
        got = layer(query, key, return_weights=True)
        np.testing.assert_allclose(got[0], merged(layer, expected), atol=2e-5)
        np.testing.assert_allclose(got[1], weights, atol=1e-6)

    @pytest.mark.parametrize("kind", [RelativePositionBias, ALiBi])
    def test_position_bias_as_a_layer_and_as_a_tensor(self, rng, kind):
        x = floats(rng, BATCH, QUERY, DIM)
        bias = kind(HEADS)
        rendered = bias(np.arange(QUERY), np.arange(QUERY))
        layer = built(MultiHeadAttention(HEADS), rng, x)
        expected, _ = attention(*projected(layer, x, x), bias=rendered.numpy())
        for given in (bias, rendered):
            got = layer(x, position_bias=given)
            np.testing.assert_allclose(got, merged(layer, expected), atol=2e-5)

    def test_rotary(self, rng):
        x, rotary = floats(rng, BATCH, QUERY, DIM), RotaryPositions()
        positions = np.array([[0, 1, 2, 3], [7, 8, 9, 11]])
        layer = built(MultiHeadAttention(HEADS), rng, x)
        q, k, v = projected(layer, x, x)
        q, k = (rotary.rotate(y.astype("float32"), positions).numpy() for y in (q, k))
        expected, _ = attention(q, k, v)
        got = layer(x, rotary=rotary, positions=positions)
        np.testing.assert_allclose(got, merged(layer, expected), atol=2e-5)


class TestImplicitMasks:
    """The padding mask reaches every reader: Keras' own layer clears it."""

    @pytest.fixture
    def memory(self):
        embed = TokenEmbedding(20, KEY_DIM, padding_id=0)
        return embed(np.array([[3, 4, 5, 0, 0, 0], [6, 7, 8, 9, 0, 0]]))

    def test_every_layer_that_reads_one_memory_sees_its_padding(self, memory, rng):
        query = floats(rng, BATCH, QUERY, DIM)
        for _ in range(3):
            layer = MultiHeadAttention(HEADS)
            _, weights = layer(query, memory, return_weights=True)
            assert not weights.numpy()[0, :, :, 3:].any()
            assert not weights.numpy()[1, :, :, 4:].any()
            assert memory._keras_mask is not None

    def test_the_mask_combines_with_an_explicit_one(self, memory, rng):
        query = floats(rng, BATCH, QUERY, DIM)
        layer = MultiHeadAttention(HEADS)
        mask = np.arange(KEY) != np.array([[[0]], [[1]]])
        _, weights = layer(query, memory, attention_mask=mask, return_weights=True)
        seen = weights.numpy().sum(axis=(1, 2)) > 0
        np.testing.assert_array_equal(seen[0], [0, 1, 1, 0, 0, 0])
        np.testing.assert_array_equal(seen[1], [1, 0, 1, 1, 0, 0])

    def test_projected_memory_keeps_its_padding(self, memory, rng):
        query = floats(rng, BATCH, QUERY, DIM)
        layer = MultiHeadAttention(HEADS)
        expected = layer(query, memory)
        np.testing.assert_array_equal(layer(query, layer.project(memory)), expected)

    def test_functional_models_keep_it_too(self, rng):
        ids, query = keras.Input((None,), dtype="int32"), keras.Input((QUERY, DIM))
        memory = TokenEmbedding(20, KEY_DIM, padding_id=0)(ids)
        x = query
        for _ in range(2):
            x = MultiHeadAttention(HEADS)(x, memory)
        model = keras.Model([query, ids], x)
        short, x = np.array([[3, 4, 5, 6, 0, 0]]), floats(rng, 1, QUERY, DIM)
        longer = np.pad(short, ((0, 0), (0, 3)))
        expected = model([x, short])
        np.testing.assert_allclose(model([x, longer]), expected, atol=1e-6)
        np.testing.assert_allclose(
            model.predict([x, longer], verbose=0), expected, atol=1e-6
        )


class TestDropout:
    def test_it_drops_the_stated_share_and_keeps_the_mean(self, rng):
        layer = MultiHeadAttention(HEADS, dropout=0.25, seed=5)
        x = floats(rng, 3, 40, DIM)
        _, plain = layer(x, return_weights=True)
        _, thinned = layer(x, return_weights=True, training=True)
        plain, thinned = plain.numpy(), thinned.numpy()
        dropped = thinned == 0
        # 14,400 pairs: four standard deviations are 0.0144.
        assert abs(dropped.mean() - 0.25) < 0.0144
        np.testing.assert_allclose(thinned[~dropped], plain[~dropped] / 0.75, rtol=1e-5)

    def test_each_call_draws_anew_and_a_seed_repeats(self, rng):
        x = floats(rng, BATCH, QUERY, DIM)
        layer = MultiHeadAttention(HEADS, dropout=0.5, seed=5)
        one, other = layer(x, training=True), layer(x, training=True)
        assert np.abs(one - other).max() > 0
        twin = MultiHeadAttention(HEADS, dropout=0.5, seed=5)
        twin.build(x.shape)
        twin.set_weights(layer.get_weights())
        np.testing.assert_array_equal(twin(x, training=True), one)


class TestModes:
    def test_causal_layers_do_not_see_the_future(self, rng):
        x = floats(rng, BATCH, KEY, DIM)
        layer = MultiHeadAttention(HEADS)
        before = layer(x, attention_mask=AttentionMask(causal=True)).numpy()
        x[:, 3] += 1
        after = layer(x, attention_mask=AttentionMask(causal=True)).numpy()
        np.testing.assert_array_equal(after[:, :3], before[:, :3])
        assert (np.abs(after[:, 3:] - before[:, 3:]).max(axis=-1) > 0).all()

    def test_a_mask_value_works_in_compiled_code(self, rng):
        x = floats(rng, BATCH, KEY, DIM)
        real = np.arange(KEY) < np.array([[4], [6]])
        layer = MultiHeadAttention(HEADS)

        def attend(x, real):
            mask = AttentionMask(causal=True, key_padding=real)
            return layer(x, attention_mask=mask)

        eager = attend(x, real)
        for jit_compile in (False, True):
            compiled = tf.function(attend, jit_compile=jit_compile)
            np.testing.assert_allclose(compiled(x, real), eager, atol=1e-6)
