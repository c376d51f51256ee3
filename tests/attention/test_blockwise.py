"""Blockwise attention equals the plain definition, in values and gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.attention.reference import attention
from tests.selection import table
from transformer_tf import (
    ALiBi,
    RelativePositionBias,
    blockwise_attention,
)
from transformer_tf.attention import AttentionMask
from transformer_tf.attention.dispatch import render_bias
from transformer_tf.attention.memory_efficient import tiling
from transformer_tf.attention.reference import reference_attention

BATCH, QUERY, KEY, HEAD, HEAD_DIM, VALUE_DIM = 2, 37, 45, 6, 8, 5
SEED = np.array([7, 9], "uint32")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Bands of one block and of several, the last one short, at sizes quick to test."""
    monkeypatch.setattr(tiling, "BLOCK", 8)
    monkeypatch.setattr(tiling, "MAX_TILES", 3)


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def example(rng, key_heads=HEAD):
    return (
        floats(rng, BATCH, QUERY, HEAD, HEAD_DIM),
        floats(rng, BATCH, KEY, key_heads, HEAD_DIM),
        floats(rng, BATCH, KEY, key_heads, VALUE_DIM),
    )


PADDING = np.arange(KEY) < np.array([[30], [0]])
DENSE = np.random.default_rng(1).random((BATCH, HEAD, QUERY, KEY)) < 0.3
MASKS = {
    "none": None,
    "causal": AttentionMask(causal=True),
    "window": AttentionMask(causal=True, window=11),
    "window_both_sides": AttentionMask(window=5),
    "padding": AttentionMask(key_padding=PADDING),
    "causal_padding": AttentionMask(causal=True, key_padding=PADDING),
    "dense": DENSE,
    "dense_for_all_heads": DENSE[:, 0],
    "all": AttentionMask(True, 20, PADDING, DENSE),
}
BIASES = {
    "none": lambda rng: None,
    "relative": lambda rng: RelativePositionBias(HEAD, 8, 30),
    "linear": lambda rng: ALiBi(HEAD),
    "tensor": lambda rng: tf.constant(floats(rng, 1, HEAD, QUERY, KEY)),
    "tensor_for_all": lambda rng: tf.constant(floats(rng, BATCH, 1, 1, KEY)),
}


def plain(query, key, value, mask, bias, dropout=0.0):
    """The definition, over [batch, length, head, head_dim]."""
    positions = np.arange(QUERY), np.arange(KEY)
    heads = (keras.ops.swapaxes(x, 1, 2) for x in (query, key, value))
    output, _ = reference_attention(
        *heads,
        AttentionMask.of(mask).render(*positions),
        render_bias(bias, *positions),
        dropout=dropout,
        seed=SEED,
    )
    return keras.ops.swapaxes(output, 1, 2)


def blockwise(query, key, value, mask, bias, dropout=0.0):
    return blockwise_attention(
        query, key, value, mask, bias, dropout=dropout, seed=SEED
    )


def values_and_gradients(attend, tensors, mask, bias, dropout=0.0):
    learned = list(tensors)
    if isinstance(bias, RelativePositionBias):
        learned.append(bias.table.value)
    elif bias is not None and not isinstance(bias, keras.layers.Layer):
        learned.append(bias)
    with tf.GradientTape() as tape:
        tape.watch(learned)
        output = attend(*tensors, mask, bias, dropout)
        upstream = np.random.default_rng(5).normal(size=output.shape)
        loss = tf.reduce_sum(tf.cast(output, "float32") * upstream.astype("float32"))
    gradients = tape.gradient(loss, learned)
    return [output, *map(tf.convert_to_tensor, gradients)]


def assert_equal(got, expected, atol=2e-5):
    assert len(got) == len(expected)
    for one, other in zip(got, expected, strict=True):
        scale = max(1, np.abs(other).max())
        np.testing.assert_allclose(one / scale, other / scale, atol=atol)


class TestEqualsThePlainDefinition:
    @pytest.mark.parametrize("bias", BIASES)
    @pytest.mark.parametrize("mask", MASKS)
    def test_masks_and_biases(self, rng, mask, bias):
        tensors = [tf.constant(x) for x in example(rng)]
        mask, bias = MASKS[mask], BIASES[bias](rng)
        expected = values_and_gradients(plain, tensors, mask, bias)
        assert_equal(values_and_gradients(blockwise, tensors, mask, bias), expected)

    @pytest.mark.parametrize("key_heads", [1, 2, 3])
    def test_shared_keys(self, rng, key_heads):
        tensors = [tf.constant(x) for x in example(rng, key_heads)]
        mask, bias = MASKS["causal_padding"], BIASES["relative"](rng)
        expected = values_and_gradients(plain, tensors, mask, bias)
        assert_equal(values_and_gradients(blockwise, tensors, mask, bias), expected)

    @pytest.mark.parametrize("mask", ["none", "window", "all"])
    def test_dropout_drops_the_same_pairs(self, rng, mask):
        tensors = [tf.constant(x) for x in example(rng, 3)]
        mask, bias = MASKS[mask], BIASES["tensor"](rng)
        expected = values_and_gradients(plain, tensors, mask, bias, 0.4)
        assert_equal(
            values_and_gradients(blockwise, tensors, mask, bias, 0.4), expected
        )

    @pytest.mark.parametrize(
        "mask, jit_compile",
        table(
            [(m, xla) for m in ("causal", "all") for xla in (False, True)],
            [("causal", False), ("all", True)],
        ),
    )
    def test_compiled(self, rng, mask, jit_compile):
        tensors = [tf.constant(x) for x in example(rng, 2)]
        mask, bias = MASKS[mask], BIASES["relative"](rng)
        expected = values_and_gradients(plain, tensors, mask, bias, 0.4)
        compiled = tf.function(
            lambda *tensors: values_and_gradients(blockwise, tensors, mask, bias, 0.4),
            jit_compile=jit_compile,
        )
        assert_equal(compiled(*tensors), expected)

    def test_any_batch(self, rng):
        arrays = example(rng)
        specs = [tf.TensorSpec((None, *x.shape[1:])) for x in arrays]
        graph = tf.function(
            lambda *tensors: values_and_gradients_free(tensors), input_signature=specs
        )
        tensors = [tf.constant(x) for x in arrays]
        assert_equal(graph(*tensors), values_and_gradients_free(tensors))

    @pytest.mark.parametrize("dtype, atol", [("float16", 4e-3), ("bfloat16", 3e-2)])
    def test_half_precision(self, rng, dtype, atol):
        tensors = [tf.cast(x, dtype) for x in example(rng, 3)]
        tensors[0] = tensors[0] * 30
        mask = MASKS["causal_padding"]
        got = values_and_gradients(blockwise, tensors, mask, None)
        assert keras.backend.standardize_dtype(got[0].dtype) == dtype
        exact = [tf.cast(x, "float32") for x in tensors]
        expected = values_and_gradients(plain, exact, mask, None)
        assert_equal([tf.cast(x, "float32") for x in got], expected, atol)


def values_and_gradients_free(tensors):
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        output = blockwise_attention(*tensors, AttentionMask(causal=True))
        loss = tf.reduce_sum(output**2)
    return [output, *tape.gradient(loss, tensors)]


class TestBlockwiseAttention:
    def test_equals_the_paper(self, rng):
        query, key, value = example(rng)
        got = blockwise_attention(query, key, value, MASKS["causal"])
        heads = (x.swapaxes(1, 2) for x in (query, key, value))
        expected, _ = attention(*heads, np.tri(QUERY, KEY, dtype=bool))
        np.testing.assert_allclose(got, expected.swapaxes(1, 2), atol=2e-6)

    def test_functional_models(self, rng, tmp_path):
        arrays = example(rng, 3)
        inputs = [keras.Input(x.shape[1:]) for x in arrays]
        mask = AttentionMask(causal=True, window=9)
        outputs = blockwise_attention(*inputs, mask, scale=0.3)
        model = keras.Model(inputs, outputs)
        expected = blockwise_attention(*arrays, mask, scale=0.3)
        np.testing.assert_allclose(model(arrays), expected, atol=1e-6)
        model.save(tmp_path / "model.keras")
        twin = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_array_equal(twin(arrays), model(arrays))


class TestBands:
    @pytest.mark.parametrize("causal", [True, False])
    @pytest.mark.parametrize("window", [None, 1, 9, 200])
    @pytest.mark.parametrize("queries, keys", [(1, 1), (53, 61), (64, 20), (7, 90)])
    def test_every_pair_that_is_allowed_is_read(self, queries, keys, causal, window):
        plan = tiling.plan_tiles(queries, keys, 3, causal, window)
        seen = []
        for tile in plan:
            assert 0 <= tile.key_start < tile.key_stop <= keys
            for query in range(tile.start, tile.start + tile.block * tile.blocks):
                seen.append(query)
                for key in range(keys):
                    near = window is None or abs(query - key) < window
                    if near and (key <= query or not causal):
                        assert tile.key_start <= key < tile.key_stop
        assert seen == list(range(queries))

    def test_forbidden_keys_are_not_read(self):
        read = sum(
            tile.block * tile.blocks * (tile.key_stop - tile.key_start)
            for tile in tiling.plan_tiles(64, 64, 1, causal=True)
        )
        assert read < 0.75 * 64 * 64
