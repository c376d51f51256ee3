"""Random numbers that are counted, not drawn.

The noise of a token depends on the seed, the row, the step and the id alone. So a row
is sampled alike whatever stands beside it, in whatever bucket, mode or backend.
"""

from keras import ops

from transformer_tf.hashing import GOLDEN_RATIO, as_word, mix_bits, shift_right


def gumbel_noise(seed, step, rows, vocabulary):
    """Standard Gumbel noise: argmax(logits + noise) draws from softmax(logits).

    Args:
        seed: A scalar int32.
        step: [rows] int32, the number of the token that each row is about to draw.
        rows: Number of rows.
        vocabulary: Number of ids.

    Returns:
        [rows, vocabulary] float32.

    Source: https://arxiv.org/abs/1611.01144, section 2.1.
    """
    key = _mix(ops.cast(seed, "uint32"))
    row = ops.cast(ops.arange(rows, dtype="int32"), "uint32")
    key = _mix(ops.bitwise_xor(key, row))
    key = _mix(ops.bitwise_xor(key, _mix(ops.cast(step, "uint32"))))  # [rows]
    token = _mix(ops.cast(ops.arange(vocabulary, dtype="int32"), "uint32"))
    bits = _mix(_mix(ops.bitwise_xor(key[:, None], token[None])))
    # The upper 23 bits and a half: never 0, never 1.
    upper = ops.cast(ops.cast(shift_right(bits, 9), "int32"), "float32")
    uniform = (upper + 0.5) * (2.0**-23)
    return -ops.log(-ops.log(uniform))


def _mix(word):
    return mix_bits(word + as_word(GOLDEN_RATIO))
