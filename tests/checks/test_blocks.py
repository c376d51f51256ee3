"""The staged references of unit 05 against the library and independent truth."""

import keras
import numpy as np
import pytest

import transformer_tf
from course.checks.blocks.decoder_block import DecoderBlock
from course.checks.blocks.embed import embed
from course.checks.blocks.encoder import Encoder
from course.checks.blocks.encoder_block import EncoderBlock
from course.checks.blocks.feed_forward import feed_forward
from course.checks.blocks.layer_norm import layer_norm
from course.checks.blocks.positions import sinusoidal_positions
from course.checks.blocks.residual import residual
from course.checks.blocks.rotary import rotate
from course.examination.candidate import source_of
from course.paths import repository
from course.pieces import Block


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def with_drawn_weights(rng, *layers):
    """The same random weights in every layer, whose weights stand in one order."""
    paths = [[w.path.split("/", 1)[1] for w in layer.weights] for layer in layers]
    assert all(sorted(one) == sorted(paths[0]) for one in paths)
    values = {
        path: floats(rng, *w.shape) for path, w in zip(paths[0], layers[0].weights)
    }
    for layer, names in zip(layers, paths):
        layer.set_weights([values[name] for name in names])


def test_positions_are_the_library_s():
    layer = transformer_tf.SinusoidalPositions(interleaved=True)
    expected = layer(np.zeros((1, 7, 10), "float32"))[0]
    np.testing.assert_allclose(sinusoidal_positions(7, 10), expected, atol=1e-6)


def test_embedding_adds_word_and_place(rng):
    ids, table, pattern = (
        rng.integers(5, size=(2, 3)),
        floats(rng, 5, 4),
        floats(rng, 9, 4),
    )
    vectors = embed(ids, table, pattern)
    for batch, place in np.ndindex(2, 3):
        expected = 2 * table[ids[batch, place]] + pattern[place]
        np.testing.assert_allclose(vectors[batch, place], expected, rtol=1e-6)


def test_rotation_is_the_library_s(rng):
    x, positions = floats(rng, 2, 5, 6), np.array([3, 0, 14, 2, 9])
    layer = transformer_tf.RotaryPositions(interleaved=True)
    expected = layer(x[:, :, None], positions)[:, :, 0]
    np.testing.assert_allclose(rotate(x, positions), expected, atol=1e-5)


def test_feed_forward_is_the_library_s(rng):
    layer = transformer_tf.FeedForward(7)
    layer.build((2, 3, 4))
    with_drawn_weights(rng, layer)
    x = floats(rng, 2, 3, 4)
    weights = [layer.up_projection.kernel, layer.up_projection.bias]
    weights += [layer.down_projection.kernel, layer.down_projection.bias]
    np.testing.assert_allclose(feed_forward(x, *weights), layer(x), atol=1e-5)


def test_norm_is_keras_s(rng):
    x, scale, offset = floats(rng, 2, 3, 5), floats(rng, 5), floats(rng, 5)
    layer = keras.layers.LayerNormalization(epsilon=1e-6)
    layer.build(x.shape)
    layer.set_weights([scale, offset])
    np.testing.assert_allclose(layer_norm(x, scale, offset), layer(x), atol=1e-5)


@pytest.mark.parametrize("norm_first", [True, False])
def test_residual_as_in_the_paper(rng, norm_first):
    x, kernel = floats(rng, 2, 3, 5), floats(rng, 5, 5)
    scale, offset = floats(rng, 5), floats(rng, 5)

    def norm(x):
        spread = x.std(axis=-1, keepdims=True)
        return (x - x.mean(axis=-1, keepdims=True)) / spread * scale + offset

    expected = (
        x + np.tanh(norm(x) @ kernel) if norm_first else norm(x + np.tanh(x @ kernel))
    )
    result = residual(x, kernel, scale, offset, norm_first)
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_encoder_block_is_the_library_s(rng):
    block = EncoderBlock(2, 7)
    library = transformer_tf.EncoderBlock(2, 7, activation="relu", norm_first=True)
    x = floats(rng, 2, 5, 4)
    for layer in (block, library):
        layer.build(x.shape)
    with_drawn_weights(rng, block, library)
    mask = (np.arange(5) < np.array([[5], [3]]))[:, None]
    expected = library(x, attention_mask=mask)
    np.testing.assert_allclose(block(x, attention_mask=mask), expected, atol=1e-4)


def test_decoder_block_is_the_library_s(rng):
    block = DecoderBlock(2, 7)
    library = transformer_tf.DecoderBlock(
        2, 7, activation="relu", norm_first=True, use_cross_attention=True
    )
    x, memory = floats(rng, 2, 5, 4), floats(rng, 2, 3, 4)
    real = np.arange(5) < np.array([[5], [3]])
    memory_real = np.arange(3) < np.array([[2], [3]])
    block(x, memory, real, memory_real)
    library(x, memory)
    with_drawn_weights(rng, block, library)
    expected = library(
        x,
        memory,
        attention_mask=real[:, None],
        cross_attention_mask=memory_real[:, None],
    )
    result = block(x, memory, real, memory_real)
    np.testing.assert_allclose(result[real], expected[real], atol=1e-4)


@pytest.mark.parametrize("num_layers", [1, 3])
def test_encoder_is_the_library_s(rng, num_layers):
    encoder = Encoder(11, 6, 2, 5, num_layers)
    config = transformer_tf.TransformerConfig(
        vocabulary_size=11,
        dim=6,
        num_layers=num_layers,
        num_heads=2,
        hidden_dim=5,
        positions="sinusoidal",
        embedding_scale=True,
        activation="relu",
        norm_first=True,
        epsilon=1e-6,
        dropout=0.0,
    )
    library = transformer_tf.Encoder(config)
    ids = rng.integers(11, size=(2, 7)).astype("int32")
    real = np.arange(7) < np.array([[7], [4]])
    encoder(ids, real)
    library(ids, padding_mask=real)
    library.embedding.position_layer.interleaved = True
    for weight in encoder.weights:
        weight.assign(floats(rng, *weight.shape))
    library.table.assign(encoder.table)
    library.final_norm.set_weights([encoder.scale, encoder.offset])
    for own, theirs in zip(encoder.blocks, library.blocks, strict=True):
        values = {name: weight.numpy() for name, weight in own.inside.items()}
        for weight in theirs.weights:
            weight.assign(library_value(weight.path, weight.shape, values))
    expected = library(ids, padding_mask=real).numpy()
    np.testing.assert_allclose(encoder(ids, real)[real], expected[real], atol=1e-4)


def library_value(path, shape, values):
    """What a weight of the library's block is called in ours, if it is there at all."""
    layer, name = path.split("/")[-2:]
    if layer.endswith("norm"):
        norm = "first" if layer.startswith("attention") else "second"
        return values[f"{norm}_{'scale' if name == 'gamma' else 'offset'}"]
    if layer in ("up_projection", "down_projection"):
        return values[f"{'wide' if layer == 'up_projection' else 'narrow'}_{name}"]
    if name == "bias":
        return np.zeros(shape)
    return values["mix" if layer == "output" else layer].reshape(shape)


def test_the_capstone_s_notebook_holds_what_is_checked_and_measured():
    """Its block and encoder are the check's; its sizes are the benchmark's."""
    from benchmarks.slot_tagging import BAG, ENCODER, LEARN

    script = repository() / "solutions" / "05_blocks" / "3_capstone.py"
    text = script.read_text(encoding="utf-8")
    unmarked = [line for line in text.splitlines() if " SOLUTION" not in line]
    for definition in (Block, Encoder):
        assert source_of(definition).strip() in "\n".join(unmarked)
    for settings in (ENCODER, LEARN, BAG):
        for name, value in settings.items():
            written = {3e-3: "3e-3", 3e-2: "3e-2"}.get(value, value)
            assert f"{name}={written}" in text
