"""What the probes of this unit are made of."""

UNIT = "04_multi_head"
PAPER = "https://arxiv.org/abs/1706.03762"
WHOLE_LAYERS = ("transformer_tf.MultiHeadAttention", "keras.layers.MultiHeadAttention")


def floats(rng, *shape):
    """Standard normal numbers in float32."""
    return rng.normal(size=shape).astype("float32")


def kernel(rng, rows, columns):
    """A matrix that keeps the size of what it multiplies, and a little more."""
    return floats(rng, rows, columns) * (1.5 / rows**0.5)
