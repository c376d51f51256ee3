"""What stands at padding matters to nobody, NaN included: a table of every reader."""

import keras
import numpy as np
import pytest

import transformer_tf as tft
from tests.test_every_layer import Padding

BATCH, LENGTH, REAL, DIM = 2, 7, 4, 12
MASK = np.broadcast_to(np.arange(LENGTH) < REAL, (BATCH, LENGTH))
TARGETS = np.where(MASK, np.arange(LENGTH), -100)


def marked(x):
    return Padding(real=REAL)(keras.ops.convert_to_tensor(x))


def by_head(x):
    return keras.ops.reshape(x, (BATCH, LENGTH, 3, 4))


def blockwise(x, mask):
    x = by_head(x)
    return keras.ops.reshape(
        tft.blockwise_attention(x, x, x, mask), (BATCH, LENGTH, DIM)
    )


def in_pieces(x):
    layer = tft.MultiHeadAttention(3)
    layer.build((None, None, DIM))
    cache = layer.empty_cache(BATCH, LENGTH)
    positions = np.tile(np.arange(LENGTH), (BATCH, 1))
    called, _ = layer(marked(x), cache=cache, positions=positions)
    stepped, _ = layer.step(marked(x), layer.prepare(), cache, positions)
    return keras.ops.stack([called, stepped], axis=-1)


def perplexity(x):
    metric = tft.Perplexity()
    metric.update_state(TARGETS, x)
    return metric.result()


QUERY = np.random.default_rng(9).normal(size=(BATCH, REAL, DIM)).astype("float32")
EVERY_READER = {
    "MultiHeadAttention": lambda x: tft.MultiHeadAttention(3)(marked(x)),
    "with weights": lambda x: tft.MultiHeadAttention(3)(marked(x), return_weights=True)[
        0
    ],
    "across": lambda x: tft.MultiHeadAttention(3)(QUERY, key=marked(x)),
    "dense mask": lambda x: tft.MultiHeadAttention(3)(
        x, attention_mask=np.broadcast_to(MASK[:, None], (BATCH, LENGTH, LENGTH))
    ),
    "with a cache": in_pieces,
    "blockwise": lambda x: blockwise(x, MASK[:, None]),
    "blockwise, dense": lambda x: blockwise(x, MASK[:, None, None] & True),
    "scaled dot product": lambda x: tft.scaled_dot_product_attention(
        QUERY, x, x, MASK[:, None]
    )[0],
    "AdditiveAttention": lambda x: tft.AdditiveAttention(9)(QUERY, marked(x))[0],
    "EncoderBlock": lambda x: tft.EncoderBlock(3, 14)(marked(x)),
    "DecoderBlock": lambda x: tft.DecoderBlock(3, 14)(marked(x)),
    "memory": lambda x: tft.DecoderBlock(3, 14, use_cross_attention=True)(
        QUERY, memory=marked(x)
    ),
    "pooling first": lambda x: tft.SequenceClassificationHead(4)(marked(x)),
    "pooling last": lambda x: tft.SequenceClassificationHead(4, "last")(marked(x)),
    "pooling mean": lambda x: tft.SequenceClassificationHead(4, "mean")(marked(x)),
    "QuestionAnsweringHead": lambda x: keras.ops.stack(
        tft.QuestionAnsweringHead()(marked(x)), axis=-1
    ),
    "MultipleChoiceHead": lambda x: tft.MultipleChoiceHead("mean")(
        x[:, None], padding_mask=MASK[:, None]
    ),
    "TokenCrossEntropy": lambda x: tft.TokenCrossEntropy()(TARGETS, x),
    "smoothed": lambda x: tft.TokenCrossEntropy(label_smoothing=0.1)(TARGETS, x),
    "weighted": lambda x: tft.TokenCrossEntropy()(
        np.arange(LENGTH) * np.ones((BATCH, 1), int), x, MASK.astype("float32")
    ),
    "implicit mask": lambda x: tft.TokenCrossEntropy()(
        np.arange(LENGTH) * np.ones((BATCH, 1), int), marked(x)
    ),
    "ReplacedTokenLoss": lambda x: tft.ReplacedTokenLoss()(
        np.where(MASK, TARGETS % 2, -100), x[..., 0]
    ),
    "DistillationLoss": lambda x: tft.DistillationLoss()(
        np.nan_to_num(x) * 0.5, x, MASK.astype("float32")
    ),
    "Perplexity": perplexity,
}


@pytest.mark.parametrize("name", EVERY_READER)
@pytest.mark.parametrize("junk", [np.nan, np.inf])
def test_real_positions_do_not_notice(name, junk, rng):
    x = rng.normal(size=(BATCH, LENGTH, DIM)).astype("float32")
    dirty = np.where(MASK[..., None], x, np.float32(junk))
    outputs = []
    for given in (x, dirty):
        keras.utils.set_random_seed(1)
        output = np.asarray(EVERY_READER[name](given))
        outputs.append(output[:, :REAL] if output.ndim > 2 else output)
    assert np.isfinite(outputs[0]).all()
    np.testing.assert_allclose(outputs[1], outputs[0], rtol=1e-6, atol=1e-6)


def test_gradients_of_real_positions_do_not_notice(rng):
    import tensorflow as tf

    x = rng.normal(size=(BATCH, LENGTH, DIM)).astype("float32")
    layer = tft.MultiHeadAttention(3)
    layer.build((None, None, DIM))
    found = []
    for junk in (1.0, np.nan):
        memory = tf.constant(np.where(MASK[..., None], x, np.float32(junk)))
        with tf.GradientTape() as tape:
            tape.watch(memory)
            loss = tf.reduce_sum(layer(QUERY, key=marked(memory)) ** 2)
        weights = [weight.value for weight in layer.trainable_weights]
        found.append(tape.gradient(loss, [memory, *weights]))
    for got, expected in zip(*found):
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5)
