"""With a cache, piece by piece, attention gives what it gives at once."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from transformer_tf import (
    ALiBi,
    MultiHeadAttention,
    RelativePositionBias,
    RotaryPositions,
)
from transformer_tf.attention import AttentionMask, KeyValueCache, dispatch
from transformer_tf.attention.memory_efficient import tiling

BATCH, LENGTH, DIM, HEADS = 3, 7, 16, 4
# Which slots of the prompt hold a token; the rest is padding.
LAYOUTS = {
    "full": [[1] * 7] * 3,
    "left": [[0, 0, 0, 1, 1, 1, 1], [1] * 7, [0, 0, 0, 0, 0, 0, 1]],
    "right": [[1, 1, 1, 1, 0, 0, 0], [1] * 7, [1, 0, 0, 0, 0, 0, 0]],
    "ragged": [[0, 1, 0, 1, 1, 0, 1], [1] * 7, [0, 0, 1, 1, 0, 0, 0]],
}
POSITIONS = {
    "none": {},
    "rotary": {"rotary": RotaryPositions()},
    "relative": {
        "position_bias": RelativePositionBias(HEADS, 8, 16, bidirectional=False)
    },
    "linear": {"position_bias": ALiBi(HEADS)},
    "window": {"attention_mask": AttentionMask(causal=True, window=3)},
}


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


@pytest.fixture(params=["pair by pair", "block by block"])
def road(request, monkeypatch):
    """Which of the two paths attention takes, short as the sequences are."""
    if request.param == "block by block":
        monkeypatch.setattr(dispatch, "BLOCKWISE_FROM", 1)
        monkeypatch.setattr(tiling, "BLOCK", 3)


@pytest.mark.usefixtures("road")
@pytest.mark.parametrize("extras", POSITIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_prompt_layout_continues_as_the_bare_row_would(rng, layout, extras):
    real = np.array(LAYOUTS[layout], bool)
    prompt, rest = floats(rng, BATCH, LENGTH, DIM), floats(rng, BATCH, 3, DIM)
    layer = MultiHeadAttention(HEADS, num_key_value_heads=2)
    layer.build(prompt.shape)
    extras = POSITIONS[extras]
    cache = layer.empty_cache(BATCH, LENGTH).grown(LENGTH + 3)
    positions = cache.next_positions(LENGTH, real)
    output, cache = layer(prompt, positions=positions, cache=cache, **extras)
    steps = []
    for step in range(3):
        one, cache = layer(rest[:, step : step + 1], cache=cache, **extras)
        steps.append(one)
    causal = {"attention_mask": AttentionMask(causal=True), **extras}
    for row in range(BATCH):
        bare = np.concatenate([prompt[row, real[row]], rest[row]])[None]
        expected = layer(bare, **causal)[0]
        got = np.concatenate([output[row][real[row]], *(s[row] for s in steps)])
        np.testing.assert_allclose(got, expected, atol=1e-5)


class TestKeyValueCache:
    def test_positions_come_from_the_implicit_mask(self, rng):
        mask = keras.layers.Masking()
        prompt = floats(rng, BATCH, LENGTH, DIM)
        prompt[0, :3] = 0
        layer = MultiHeadAttention(HEADS)
        layer.build(prompt.shape)
        _, cache = layer(mask(prompt), cache=layer.empty_cache(BATCH, LENGTH))
        np.testing.assert_array_equal(cache.positions[0], [-1, -1, -1, 0, 1, 2, 3])
        np.testing.assert_array_equal(cache.positions[1], np.arange(LENGTH))
        assert int(cache.index) == LENGTH

    def test_travels_through_a_compiled_loop(self, rng):
        x = floats(rng, BATCH, LENGTH, DIM)
        layer = MultiHeadAttention(HEADS)
        expected = layer(x, attention_mask=AttentionMask(causal=True))

        @tf.function(jit_compile=True)
        def read(x):
            def step(i, cache, outputs):
                one = keras.ops.slice(x, (0, i, 0), (BATCH, 1, DIM))
                one, cache = layer(one, cache=cache)
                return i + 1, cache, keras.ops.slice_update(outputs, (0, i, 0), one)

            start = 0, layer.empty_cache(BATCH, LENGTH), keras.ops.zeros_like(x)
            return keras.ops.while_loop(lambda i, *_: i < LENGTH, step, start)[2]

        np.testing.assert_allclose(read(x), expected, atol=1e-5)

    def test_rows_can_be_reordered(self, rng):
        cache = KeyValueCache.empty(BATCH, 2, 4, 5)
        key = floats(rng, BATCH, 2, 1, 5)
        cache = cache.append(key, key, np.array([[0], [0], [-1]])).take([2, 0])
        keys, values = cache.by_head()
        np.testing.assert_array_equal(keys[:, :, 0], key[[2, 0], :, 0])
        np.testing.assert_array_equal(values[:, :, 0], key[[2, 0], :, 0])
        np.testing.assert_array_equal(cache.positions[:, 0], [-1, 0])

    def test_rejected_drafts_are_forgotten(self, rng):
        x = floats(rng, 1, LENGTH, DIM)
        layer = MultiHeadAttention(HEADS)
        expected = layer(x, attention_mask=AttentionMask(causal=True))
        _, cache = layer(x[:, :4], cache=layer.empty_cache(1, LENGTH + 2))
        _, drafted = layer(floats(rng, 1, 2, DIM), cache=cache)
        back = drafted._replace(index=cache.index, positions=cache.positions)
        output, _ = layer(x[:, 4:], cache=back)
        np.testing.assert_allclose(output, expected[:, 4:], atol=1e-5)

    def test_refuses_what_does_not_fit(self, rng):
        layer = MultiHeadAttention(HEADS)
        x = floats(rng, BATCH, LENGTH, DIM)
        with pytest.raises(ValueError, match=f"build {layer.name} before"):
            layer.empty_cache(BATCH, 4)
        layer.build(x.shape)
        with pytest.raises(ValueError, match="4 slots, 0 of them used; 7 more"):
            layer(x, cache=layer.empty_cache(BATCH, 4))
        _, cache = layer(x, cache=layer.empty_cache(BATCH, 9))
        with pytest.raises(ValueError, match="9 slots, 7 of them used; 7 more"):
            layer(x, cache=cache)
