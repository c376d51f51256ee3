"""What the exercises of this unit share: their folder, and drawn inputs."""

import numpy as np

UNIT = "08_decoders"
GPT2 = "https://cdn.openai.com/better-language-models/language-models.pdf"
LIBRARY_GENERATES = (
    "transformer_tf.generate",
    "transformer_tf.generate_samples",
    "transformer_tf.generate_beams",
)


def padded(rng, batch, length, side, longest=None):
    """[batch, length] booleans: every row another stretch of real tokens.

    Args:
        side: Where the padding stands: "left", "right", "both", or "none".
        longest: The length of the first row's text; `length` if None.
    """
    real = np.zeros((batch, length), bool)
    for row in range(batch):
        count = length - row * 2 if longest is None or row else longest
        count = length if side == "none" else max(1, min(length, count))
        spare = length - count
        before = {"left": spare, "both": (spare + 1) // 2}.get(side, 0)
        real[row, before : before + count] = True
    return real


def eighths(rng, *shape, parts=64):
    """Probabilities along the last axis in whole parts of 64: exact in every float."""
    counts = [rng.multinomial(parts, rng.dirichlet(np.full(shape[-1], 0.6)))]
    for _ in range(int(np.prod(shape[:-1])) - 1):
        counts.append(rng.multinomial(parts, rng.dirichlet(np.full(shape[-1], 0.6))))
    return (np.reshape(counts, shape) / parts).astype("float32")
