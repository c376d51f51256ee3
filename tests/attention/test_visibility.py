"""Segments, prefixes and soft caps on every path, against float64 NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from transformer_tf import MultiHeadAttention, RotaryPositions, blockwise_attention
from transformer_tf.attention import AttentionMask
from transformer_tf.attention.dispatch import dot_product_attention

BATCH, HEADS, KEY_HEADS, LENGTH, HEAD_DIM, VALUE_DIM = 2, 4, 2, 67, 6, 5
PLACE = np.arange(LENGTH)
SEGMENTS = np.sort(np.random.default_rng(3).integers(0, 5, (BATCH, LENGTH)), axis=1)
OTHER = np.sort(np.random.default_rng(4).integers(0, 3, (BATCH, LENGTH)), axis=1)
PREFIX = np.array([10, 33])
BEHIND = (PLACE[:, None] >= PLACE)[None, None]
IN_PREFIX = (PREFIX[:, None] > PLACE)[:, None, None]
NEAR = (abs(PLACE[:, None] - PLACE) < 9)[None, None]
SAME = SEGMENTS[:, None, :, None] == SEGMENTS[:, None, None]
SAME_OTHER = OTHER[:, None, :, None] == OTHER[:, None, None]

MASKS = {
    "segments": (AttentionMask(segments=SEGMENTS), SAME),
    "causal segments": (AttentionMask(causal=True, segments=SEGMENTS), BEHIND & SAME),
    "two kinds of segments": (
        AttentionMask(segments=SEGMENTS) & AttentionMask(segments=OTHER),
        SAME & SAME_OTHER,
    ),
    "queries and keys": (
        AttentionMask(segments=(SEGMENTS, OTHER)),
        SEGMENTS[:, None, :, None] == OTHER[:, None, None],
    ),
    "prefix": (AttentionMask(causal=True, prefix=PREFIX), BEHIND | IN_PREFIX),
    "prefix given later": (
        AttentionMask(causal=True) & AttentionMask(prefix=PREFIX),
        BEHIND | IN_PREFIX,
    ),
    "everything": (
        AttentionMask(causal=True, prefix=PREFIX, window=9)
        & AttentionMask(segments=SEGMENTS),
        (BEHIND | IN_PREFIX) & NEAR & SAME,
    ),
}


def reference(query, key, value, allowed, soft_cap):
    """Attention pair by pair in float64."""
    query, key, value = (np.asarray(x, "float64") for x in (query, key, value))
    group = query.shape[1] // key.shape[1]
    key, value = np.repeat(key, group, axis=1), np.repeat(value, group, axis=1)
    scores = query @ key.swapaxes(-1, -2) / np.sqrt(query.shape[-1])
    if soft_cap is not None:
        scores = soft_cap * np.tanh(scores / soft_cap)
    weights = np.where(allowed, np.exp(scores), 0)
    total = weights.sum(-1, keepdims=True)
    return weights @ value / np.where(total == 0, 1, total)


@pytest.fixture
def heads(rng):
    shapes = (HEADS, HEAD_DIM), (KEY_HEADS, HEAD_DIM), (KEY_HEADS, VALUE_DIM)
    return [
        tf.constant(rng.normal(size=(BATCH, count, LENGTH, width)) * 2, "float32")
        for count, width in shapes
    ]


@pytest.mark.parametrize("soft_cap", [None, 1.5])
@pytest.mark.parametrize("name", MASKS)
class TestEveryPath:
    def test_plain(self, heads, name, soft_cap):
        mask, allowed = MASKS[name]
        output, _ = dot_product_attention(
            *heads, mask, soft_cap=soft_cap, return_weights=True
        )
        expected = reference(*heads, allowed, soft_cap)
        np.testing.assert_allclose(output, expected, atol=2e-5)

    def test_blockwise_and_its_gradient(self, heads, name, soft_cap):
        mask, allowed = MASKS[name]
        by_position = [tf.transpose(x, (0, 2, 1, 3)) for x in heads]
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(by_position)
            output = blockwise_attention(*by_position, mask, soft_cap=soft_cap)
            flipped = [tf.transpose(x, (0, 2, 1, 3)) for x in by_position]
            plain, _ = dot_product_attention(
                *flipped, mask, soft_cap=soft_cap, return_weights=True
            )
            losses = tf.reduce_sum(tf.sin(output)), tf.reduce_sum(tf.sin(plain))
        expected = reference(*heads, allowed, soft_cap)
        np.testing.assert_allclose(
            tf.transpose(output, (0, 2, 1, 3)), expected, atol=2e-5
        )
        found, wanted = (tape.gradient(loss, by_position) for loss in losses)
        for got, expected in zip(found, wanted, strict=True):
            assert np.any(got)
            np.testing.assert_allclose(got, expected, atol=5e-5)

    def test_compiled_by_xla(self, heads, name, soft_cap):
        if name != "everything":
            pytest.skip("one mask holds every rule")
        mask, allowed = MASKS[name]

        @tf.function(jit_compile=True)
        def compiled(*heads):
            return dot_product_attention(
                *heads, mask, soft_cap=soft_cap, return_weights=True
            )[0]

        expected = reference(*heads, allowed, soft_cap)
        np.testing.assert_allclose(compiled(*heads), expected, atol=2e-5)


DIM = 12
FEATURES = {
    "value_dim": {"value_dim": 7},
    "soft_cap": {"soft_cap": 0.7},
    "query_key_norm": {"query_key_norm": True, "epsilon": 1e-3},
    "all": {
        "num_key_value_heads": 2,
        "value_dim": 7,
        "soft_cap": 0.7,
        "query_key_norm": True,
        "use_bias": False,
    },
}


@pytest.mark.parametrize("name", FEATURES)
class TestFeatures:
    def layer(self, name, rng):
        layer = MultiHeadAttention(4, head_dim=6, **FEATURES[name])
        layer.build((None, None, DIM))
        layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
        return layer

    def test_equals_float64(self, name, rng):
        layer = self.layer(name, rng)
        x = rng.normal(size=(2, 5, DIM))

        def projected(part, width):
            dense = getattr(layer, f"{part}_projection")
            y = x @ np.asarray(dense.kernel, "float64")
            y = y if dense.bias is None else y + np.asarray(dense.bias, "float64")
            y = y.reshape(2, 5, -1, width).transpose(0, 2, 1, 3)
            if part == "value" or not layer.query_key_norm:
                return y
            scale = np.asarray(getattr(layer, f"{part}_norm").scale, "float64")
            size = np.sqrt(np.mean(y**2, -1, keepdims=True) + layer.epsilon)
            return y / size * scale

        values = projected("value", layer.value_dim or 6)
        heads = reference(
            projected("query", 6),
            projected("key", 6),
            values,
            np.full((5, 5), True),
            layer.soft_cap,
        )
        merged = heads.transpose(0, 2, 1, 3).reshape(2, 5, -1)
        output = layer.output_projection
        expected = merged @ np.asarray(output.kernel, "float64")
        if output.bias is not None:
            expected = expected + np.asarray(output.bias, "float64")
        np.testing.assert_allclose(layer(x), expected, rtol=1e-4, atol=1e-4)

    @pytest.mark.parametrize("is_fast", [False, True])
    def test_piece_by_piece_equals_the_whole(self, name, is_fast, rng):
        layer, rotary = self.layer(name, rng), RotaryPositions(dim=4)
        x = rng.normal(size=(2, 5, DIM)).astype("float32")
        whole = layer(x, attention_mask=np.tri(5, dtype=bool), rotary=rotary)
        cache, prepared, pieces = layer.empty_cache(2, 5), layer.prepare(), []
        for first, last in ((0, 3), (3, 4), (4, 5)):
            positions = np.tile(np.arange(first, last), (2, 1))
            given = {"cache": cache, "positions": positions, "rotary": rotary}
            if is_fast:
                piece, cache = layer.step(x[:, first:last], prepared, **given)
            else:
                piece, cache = layer(x[:, first:last], **given)
            pieces.append(piece)
        np.testing.assert_allclose(np.concatenate(pieces, 1), whole, atol=2e-5)

    @pytest.mark.parametrize("is_fast", [False, True])
    def test_a_memory_projected_once(self, name, is_fast, rng):
        layer = self.layer(name, rng)
        x, memory = (rng.normal(size=(2, n, DIM)).astype("float32") for n in (3, 5))
        projected = layer.project(memory)
        if is_fast:
            got = layer.step_across(x, layer.prepare(projected))
        else:
            got = layer(x, key=projected)
        np.testing.assert_allclose(got, layer(x, key=memory), atol=2e-5)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: AttentionMask(segments=np.ones((2, 3))),
            TypeError,
            "segments must be",
        ),
        (lambda: AttentionMask(segments=np.ones(3, int)), ValueError, "a pair"),
        (lambda: AttentionMask(prefix=np.ones((2, 3), int)), ValueError, r"\[batch\]"),
        (lambda: AttentionMask(prefix=np.array([1.5])), TypeError, "prefix must be"),
        (lambda: MultiHeadAttention(2, soft_cap=0), ValueError, "soft_cap must be pos"),
        (
            lambda: MultiHeadAttention(2, value_dim=0),
            ValueError,
            "value_dim must be at",
        ),
        (lambda: MultiHeadAttention(2, query_key_norm=1), TypeError, "True or False"),
        (
            lambda: MultiHeadAttention(2)(
                np.zeros((2, 3, 4)),
                attention_mask=AttentionMask(segments=np.zeros((2, 4), int)),
            ),
            ValueError,
            "segments does not fit",
        ),
        (
            lambda: AttentionMask(segments=SEGMENTS).get_config(),
            ValueError,
            "cannot be saved",
        ),
    ],
)
def test_rejects(make, error, message):
    with pytest.raises(error, match=message):
        make()
