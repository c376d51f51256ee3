"""Blocks against KerasHub's with the same weights, and with a cache against without."""

import keras
import keras_hub
import numpy as np
import pytest

from transformer_tf import (
    DecoderBlock,
    EncoderBlock,
    FeedForward,
    GatedFeedForward,
    RotaryPositions,
    TokenEmbedding,
)

BATCH, LENGTH, KEY, DIM, HIDDEN, HEADS = 2, 5, 7, 12, 20, 3
PADDED = np.array([[1] * 5, [1] * 3 + [0] * 2], bool)
MEMORY_PADDED = np.array([[1] * 4 + [0] * 3, [1] * 7], bool)


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def shaken(layer, rng):
    """The layer with none of its weights where it started."""
    for weight in layer.weights:
        weight.assign(weight + 0.3 * floats(rng, *weight.shape))
    return layer


def copy(ours, theirs):
    """Sublayers of ours by name, theirs in the same order; heads are an axis there."""
    for mine, other in zip(ours, theirs, strict=True):
        for weight, value in zip(other.weights, mine.weights, strict=True):
            weight.assign(keras.ops.reshape(value, weight.shape))


def sublayers(block, memory=False):
    """(ours, theirs) in the same order."""
    parts = [block.attention, block.attention_norm]
    if memory:
        parts += [block.cross_attention, block.cross_attention_norm]
    return [
        *parts,
        block.feed_forward.up_projection,
        block.feed_forward.down_projection,
        block.feed_forward_norm,
    ]


@pytest.mark.parametrize("norm_first", [False, True])
class TestAgainstKerasHub:
    def test_encoder(self, rng, norm_first):
        x = floats(rng, BATCH, LENGTH, DIM)
        ours = EncoderBlock(
            HEADS, HIDDEN, activation="relu", norm_first=norm_first, epsilon=1e-5
        )
        ours(x)
        shaken(ours, rng)
        theirs = keras_hub.layers.TransformerEncoder(
            HIDDEN, HEADS, dropout=0, activation="relu", normalize_first=norm_first
        )
        theirs(x)
        copy(
            sublayers(ours),
            [
                theirs._self_attention_layer,
                theirs._self_attention_layer_norm,
                theirs._feedforward_intermediate_dense,
                theirs._feedforward_output_dense,
                theirs._feedforward_layer_norm,
            ],
        )
        got = ours(x, attention_mask=PADDED[:, None, :])
        expected = theirs(x, padding_mask=PADDED)
        np.testing.assert_allclose(got[PADDED], expected[PADDED], atol=2e-5)

    def test_decoder_with_memory(self, rng, norm_first):
        x, memory = floats(rng, BATCH, LENGTH, DIM), floats(rng, BATCH, KEY, DIM)
        ours = DecoderBlock(
            HEADS,
            HIDDEN,
            use_cross_attention=True,
            activation="relu",
            norm_first=norm_first,
            epsilon=1e-5,
        )
        ours(x, memory)
        shaken(ours, rng)
        theirs = keras_hub.layers.TransformerDecoder(
            HIDDEN, HEADS, dropout=0, activation="relu", normalize_first=norm_first
        )
        theirs(x, memory)
        copy(
            sublayers(ours, memory=True),
            [
                theirs._self_attention_layer,
                theirs._self_attention_layer_norm,
                theirs._cross_attention_layer,
                theirs._cross_attention_layer_norm,
                theirs._feedforward_intermediate_dense,
                theirs._feedforward_output_dense,
                theirs._feedforward_layer_norm,
            ],
        )
        got = ours(
            x,
            memory,
            attention_mask=PADDED[:, None, :],
            cross_attention_mask=MEMORY_PADDED[:, None, :],
        )
        expected = theirs(
            x,
            memory,
            decoder_padding_mask=PADDED,
            encoder_padding_mask=MEMORY_PADDED,
        )
        np.testing.assert_allclose(got[PADDED], expected[PADDED], atol=2e-5)


def gelu(x):
    from math import erf

    return x * 0.5 * (1 + np.vectorize(erf)(x / np.sqrt(2)))


def gelu_tanh(x):
    return x * 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


ACTIVATIONS = {
    "relu": lambda x: np.maximum(x, 0),
    "gelu": gelu,
    "gelu_tanh": gelu_tanh,
    "silu": lambda x: x * sigmoid(x),
    "sigmoid": sigmoid,
}


@pytest.mark.parametrize("activation", ACTIVATIONS)
class TestFeedForward:
    def test_equals_the_paper(self, rng, activation):
        x = floats(rng, BATCH, LENGTH, DIM)
        layer = FeedForward(HIDDEN, activation)
        layer.build(x.shape)
        shaken(layer, rng)
        wide, wide_bias, narrow, bias = (
            w.astype("float64") for w in layer.get_weights()
        )
        expected = ACTIVATIONS[activation](x @ wide + wide_bias) @ narrow + bias
        np.testing.assert_allclose(layer(x), expected, atol=2e-5)

    def test_gated(self, rng, activation):
        x = floats(rng, BATCH, LENGTH, DIM)
        layer = GatedFeedForward(HIDDEN, activation)
        layer.build(x.shape)
        wide, narrow, gate = (
            part.kernel.numpy().astype("float64")
            for part in (
                layer.up_projection,
                layer.down_projection,
                layer.gate_projection,
            )
        )
        expected = (ACTIVATIONS[activation](x @ gate) * (x @ wide)) @ narrow
        np.testing.assert_allclose(layer(x), expected, atol=2e-5)
        assert len(layer.weights) == 3


def of_today(**changes):
    arguments = {
        "num_key_value_heads": 2,
        "gated": True,
        "activation": "silu",
        "norm": "rms",
        "norm_first": True,
        "use_bias": False,
    }
    return DecoderBlock(4, HIDDEN, **{**arguments, **changes})


class TestDecoderBlock:
    @pytest.mark.parametrize("window", [None, 3])
    def test_the_future_changes_nothing(self, rng, window):
        x, rotary = floats(rng, BATCH, LENGTH, 16), RotaryPositions()
        block = of_today(window=window)
        before = block(x, rotary=rotary).numpy()
        x[:, 3] += 1
        after = block(x, rotary=rotary).numpy()
        np.testing.assert_array_equal(after[:, :3], before[:, :3])
        assert (np.abs(after[:, 3:] - before[:, 3:]).max(axis=-1) > 0).all()

    def test_a_window_ends(self, rng):
        x = floats(rng, BATCH, LENGTH, 16)
        block = of_today(window=2)
        before = block(x).numpy()
        x[:, 0] += 1
        after = block(x).numpy()
        np.testing.assert_array_equal(after[:, 2:], before[:, 2:])
        assert np.abs(after[:, 1] - before[:, 1]).max() > 0

    def test_with_a_cache_and_a_projected_memory(self, rng):
        x, memory = floats(rng, BATCH, LENGTH, DIM), floats(rng, BATCH, KEY, DIM)
        block = DecoderBlock(HEADS, HIDDEN, use_cross_attention=True)
        expected, *weights = block(x, memory, return_weights=True)
        cache, projected = block.empty_cache(BATCH, LENGTH), block.project(memory)
        for step in range(LENGTH):
            one, seen, read, cache = block(
                x[:, step : step + 1], projected, cache=cache, return_weights=True
            )
            np.testing.assert_allclose(one[:, 0], expected[:, step], atol=1e-5)
            np.testing.assert_allclose(seen[:, :, 0], weights[0][:, :, step], atol=1e-6)
            np.testing.assert_allclose(read[:, :, 0], weights[1][:, :, step], atol=1e-6)

    def test_a_stack_is_indifferent_to_more_padding(self, rng):
        """Keras' own attention would lose the memory's mask after the first block."""
        embed = TokenEmbedding(20, DIM, padding_id=0)
        encoder = EncoderBlock(HEADS, HIDDEN)
        blocks = [
            DecoderBlock(HEADS, HIDDEN, use_cross_attention=True) for _ in range(3)
        ]

        def read(source, target):
            memory, x = encoder(embed(source)), embed(target)
            for block in blocks:
                x = block(x, memory)
            return x.numpy()

        source = np.array([[3, 4, 5, 0], [6, 7, 8, 9]])
        target = np.array([[2, 3, 4], [5, 6, 0]])
        expected = read(source, target)
        longer = np.pad(source, ((0, 0), (0, 3))), np.pad(target, ((0, 0), (0, 2)))
        np.testing.assert_allclose(read(*longer)[:, :3], expected, atol=1e-5)

    def test_residual_dropout_acts_in_training_only(self, rng):
        x = floats(rng, BATCH, LENGTH, DIM)
        block = DecoderBlock(HEADS, HIDDEN, dropout=0.5)
        np.testing.assert_array_equal(block(x), block(x))
        one, other = block(x, training=True), block(x, training=True)
        assert np.abs(one - other).max() > 0


class _OwnDense(keras.layers.Dense):
    """A projection whose call may compute anything."""


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (FeedForward, "up_projection"),
        (FeedForward, "down_projection"),
        (GatedFeedForward, "gate_projection"),
        (GatedFeedForward, "up_projection"),
        (GatedFeedForward, "down_projection"),
    ],
)
def test_no_part_of_a_kind_of_its_own_is_prepared(kind, part):
    layer = kind(HIDDEN)
    layer.build((BATCH, LENGTH, DIM))
    assert layer.prepare()
    getattr(layer, part).__class__ = _OwnDense
    assert layer.prepare() == {}


@pytest.mark.parametrize("kind", [EncoderBlock, DecoderBlock])
def test_build_alone_makes_every_weight(rng, kind):
    block = kind(HEADS, HIDDEN)
    block.build((BATCH, LENGTH, DIM))
    built = [weight.path for weight in block.weights]
    block(floats(rng, BATCH, LENGTH, DIM))
    assert built and built == [weight.path for weight in block.weights]


@pytest.mark.parametrize("kind", [FeedForward, GatedFeedForward])
def test_double_precision_is_kept_throughout(rng, kind):
    layer = kind(HIDDEN, activation="relu", use_bias=True, dtype="float64")
    x = rng.normal(size=(BATCH, LENGTH, DIM))
    layer.build(x.shape)
    got = shaken(layer, rng)(x)

    def project(name, x):
        part = getattr(layer, f"{name}_projection")
        return x @ part.kernel.numpy() + part.bias.numpy()

    hidden = project("up", x)
    if kind is FeedForward:
        hidden = np.maximum(hidden, 0)
    else:
        hidden = np.maximum(project("gate", x), 0) * hidden
    np.testing.assert_allclose(got, project("down", hidden), atol=1e-12)
