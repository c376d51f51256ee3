"""What the probes of this unit are made of."""

from course.checks.samples import floats

UNIT = "04_multi_head"
PAPER = "https://arxiv.org/abs/1706.03762"
WHOLE_LAYERS = ("transformer_tf.MultiHeadAttention", "keras.layers.MultiHeadAttention")


def kernel(rng, rows, columns):
    """A matrix that keeps the size of what it multiplies, and a little more."""
    return floats(rng, rows, columns) * (1.5 / rows**0.5)
