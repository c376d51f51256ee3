"""Units 00 to 06: what blogs, tutorials and other courses' learners write.

The threads of this part were not kept; each says what kind of code it is from.
"""

import math

import numpy as np
import tensorflow as tf
from keras import ops

from tests.checks.wild import Wild


def attend(query, key, value, attention_mask, dk, hide):
    """The function of a hundred blog posts, with its two usual places for mistakes."""
    scores = tf.matmul(query, key, transpose_b=True) / tf.math.sqrt(
        tf.cast(dk, query.dtype)
    )
    if attention_mask is not None:
        scores = hide(scores, attention_mask)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, value), weights


def minus_a_billion(scores, mask):
    return scores + (1 - tf.cast(mask, scores.dtype)) * -1e9


def second_axis(query, key, value, attention_mask=None):
    return attend(query, key, value, attention_mask, key.shape[1], minus_a_billion)


def width_of_value(query, key, value, attention_mask=None):
    return attend(query, key, value, attention_mask, value.shape[-1], minus_a_billion)


def padding_is_one(query, key, value, attention_mask=None):
    """A mask of TensorFlow's older tutorial: 1 where it is padding."""
    return attend(
        query,
        key,
        value,
        attention_mask,
        key.shape[-1],
        lambda scores, mask: scores + tf.cast(mask, scores.dtype) * -1e9,
    )


def tiny_for_zero(query, key, value, attention_mask=None):
    """`masked_fill(mask == 0, 1e-9)`: the sign of the exponent's number lost."""
    return attend(
        query,
        key,
        value,
        attention_mask,
        key.shape[-1],
        lambda scores, mask: tf.where(mask, scores, 1e-9),
    )


def angles_for_every_column(length, dim, max_wavelength=10000):
    """`i` counts columns, and the formula's `2 * i` is kept."""
    places, i = np.arange(length)[:, None], np.arange(dim)
    angles = places / max_wavelength ** (2 * i / dim)
    angles[:, 0::2], angles[:, 1::2] = np.sin(angles[:, 0::2]), np.cos(angles[:, 1::2])
    return ops.convert_to_tensor(angles.astype("float32"))


def exponent_already_even(length, dim, max_wavelength=10000):
    """`for i in range(0, dim, 2)`, and `2 * i` all the same."""
    pattern = np.zeros((length, dim), "float32")
    for place in range(length):
        for i in range(0, dim, 2):
            pattern[place, i] = math.sin(place / max_wavelength ** (2 * i / dim))
            pattern[place, i + 1] = math.cos(place / max_wavelength ** (2 * i / dim))
    return ops.convert_to_tensor(pattern)


def similarity_of_differences(table, a, b, c, count):
    """cos(b - a, w - c) for every word w."""
    table = np.array(table)
    wanted = table[b] - table[a]
    others = table - table[c]
    cosines = others @ wanted / np.maximum(np.linalg.norm(others, axis=1), 1e-12)
    cosines[[a, b, c]] = -np.inf
    return np.argsort(-cosines, kind="stable")[:count]


def clipped_into_nothing(gradients, max_norm):
    """`for grad in gradients: grad *= c`: the list stays what it was."""
    norm = ops.sqrt(sum(ops.sum(ops.square(gradient)) for gradient in gradients))
    if norm > max_norm:
        for gradient in gradients:
            gradient = gradient * max_norm / norm
    return gradients, norm


def encode_word(word, vocabulary, unknown="[UNK]", max_length=100):
    """The loop of a well-known tokenizer course: no limit on the word's length."""
    tokens = []
    while len(word) > 0:
        i = len(word)
        while i > 0 and word[:i] not in vocabulary:
            i -= 1
        if i == 0:
            return [unknown]
        tokens.append(word[:i])
        word = word[i:]
        if len(word) > 0:
            word = f"##{word}"
    return tokens


def replaced_in_text(pieces, pair):
    """`' '.join(pieces).replace(...)` of the paper's listing, unguarded."""
    text = " ".join(pieces).replace(" ".join(pair), "".join(pair))
    return text.split(" ")


SCALED = "attention.scaled_dot_product"
NORM = "blocks.layer_norm"
STEP = "recurrence.step"
FORWARD = "blocks.feed_forward"
FOUND = [
    Wild(
        "map.masked_mean",
        "`mean` of what was multiplied by the mask",
        "divided_by_the_whole_length",
        (("total / count", "ops.mean(ops.where(mask, values, 0.0), axis=1)"),),
    ),
    Wild(
        "map.masked_mean",
        "mask multiplied in",
        "zero_times_infinity",
        (("ops.where(mask, values, 0.0)", "values * ops.cast(mask, values.dtype)"),),
    ),
    Wild(
        "map.training_cost",
        "share of the peak left out",
        "share_ignored",
        ((" * share", ""),),
    ),
    Wild(
        STEP,
        "bias outside the tanh",
        "bias_outside",
        ((" + bias", ""), ("ops.tanh(mixed)", "ops.tanh(mixed) + bias")),
    ),
    Wild(
        STEP,
        "a bias in each of two Dense layers",
        "bias_twice",
        (("+ bias", "+ bias + bias"),),
    ),
    Wild(
        "recurrence.gated_step",
        "candidate without tanh",
        "candidate_without_tanh",
        (("ops.tanh(_mix(", "(_mix("),),
    ),
    Wild(
        "recurrence.gated_step",
        "the other reading of the gate",
        "gate_inverted",
        (
            (
                "gate * state + (1 - gate) * candidate",
                "(1 - gate) * state + gate * candidate",
            ),
        ),
    ),
    Wild(
        "recurrence.clip",
        "`for grad in gradients: grad *= c`",
        "multiplied_in_vain",
        written=clipped_into_nothing,
    ),
    Wild(
        "recurrence.clip",
        "each gradient by its own norm",
        "",
        (
            (
                "[gradient * scale for gradient in gradients]",
                "[g * ops.minimum(1.0, max_norm / ops.maximum(ops.norm(g), "
                "1e-12)) for g in gradients]",
            ),
        ),
    ),
    Wild(
        "word_vectors.analogy",
        "cos(b - a, w - c)",
        "",
        written=similarity_of_differences,
    ),
    Wild(
        "word_vectors.cosine_and_angle",
        "angle in radians",
        "in_radians",
        ((" * 180 / np.pi", ""),),
    ),
    Wild(
        "word_vectors.sentence_vectors",
        "padding averaged in",
        "padding_counted",
        (("return total / ops.maximum(count, 1)", "return ops.mean(vectors, axis=1)"),),
    ),
    Wild(
        "attention.project",
        "one kernel for q, k and v",
        "one_kernel_for_all",
        (
            ("looked_at, key_kernel", "looked_at, query_kernel"),
            ("looked_at, value_kernel", "looked_at, query_kernel"),
        ),
    ),
    Wild(SCALED, "`dk = k.shape[1]`", "scaled_by_the_second_axis", written=second_axis),
    Wild(
        SCALED, "`d_k = v.shape[-1]`", "scaled_by_value_width", written=width_of_value
    ),
    Wild(SCALED, "mask with ones for padding", "mask_inverted", written=padding_is_one),
    Wild(SCALED, "masked_fill with 1e-9", "mask_multiplied", written=tiny_for_zero),
    Wild(
        "attention.softmax",
        "no largest taken out",
        "overflows",
        (("scores - largest", "scores"),),
    ),
    Wild(
        "attention.softmax",
        "axis=1 of a batch",
        "over_queries",
        (("axis=-1", "axis=-2"),),
    ),
    Wild(
        "attention.causal_mask",
        "`k=1` of a triangle upside down",
        "future_only",
        ((">=", "<"),),
    ),
    Wild(
        "multi_head.split_heads",
        "reshape without transpose",
        "reshaped_only",
        (
            (
                "return ops.transpose(pieces, (0, 2, 1, 3))",
                "return ops.reshape(pieces, (batch, num_heads, length, dim "
                "// num_heads))",
            ),
        ),
    ),
    Wild(
        "multi_head.merge_heads",
        "reshape without transpose",
        "merged_by_reshape",
        (("ops.transpose(heads, (0, 2, 1, 3))", "heads"),),
    ),
    Wild(
        "multi_head.grouped_attention",
        "tile for repeat",
        "taking_turns",
        (
            ("ops.repeat(key, sharing, axis=1)", "ops.tile(key, (1, sharing, 1, 1))"),
            (
                "ops.repeat(value, sharing, axis=1)",
                "ops.tile(value, (1, sharing, 1, 1))",
            ),
        ),
    ),
    Wild(
        "blocks.positions",
        "`2 * i` for every column",
        "a_doubled_speed_each",
        written=angles_for_every_column,
    ),
    Wild(
        "blocks.positions",
        "`2 * i` with i already even",
        "exponent_doubled",
        written=exponent_already_even,
    ),
    Wild(
        NORM,
        "an epsilon that is ignored",
        "",
        (("variance + epsilon", "variance + 1e-05"),),
    ),
    Wild(NORM, "scale forgotten", "scale_forgotten", ((" * scale", ""),)),
    Wild(NORM, "offset forgotten", "offset_forgotten", ((" + offset", ""),)),
    Wild(
        NORM,
        "`x.std()` of PyTorch: divided by n - 1",
        "divided_by_one_less",
        (
            (
                "variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)",
                "variance = ops.sum(ops.square(centred), axis=-1, "
                "keepdims=True) / (x.shape[-1] - 1)",
            ),
        ),
    ),
    Wild(
        NORM,
        "epsilon beside the deviation",
        "epsilon_outside_the_root",
        (("ops.sqrt(variance + epsilon)", "(ops.sqrt(variance) + epsilon)"),),
    ),
    Wild(
        FORWARD,
        "`use_bias=False` on the first",
        "wide_bias_forgotten",
        ((" + wide_bias", ""),),
    ),
    Wild(FORWARD, "GELU for ReLU", "gelu_inside", (("ops.relu", "ops.gelu"),)),
    Wild(FORWARD, "swish for ReLU", "", (("ops.relu", "ops.silu"),)),
    Wild(
        "blocks.encoder_block",
        "a block without residual",
        "no_road_at_all",
        (
            ("x = x + self.attention(", "x = self.attention("),
            ("return x + self.feed_forward(", "return self.feed_forward("),
        ),
    ),
    Wild(
        "blocks.embed",
        "the square root forgotten",
        "not_scaled",
        ((" * dim ** 0.5", ""),),
    ),
    Wild(
        "tokenizers.longest_match",
        "the tokenizer course's `encode_word`",
        "too_long_ignored",
        written=encode_word,
    ),
    Wild(
        "tokenizers.merge_pair",
        "replace in the joined text",
        "replaced_in_text",
        written=replaced_in_text,
    ),
    Wild(
        "encoding.truncated_pair",
        "special tokens not counted",
        "special_tokens_forgotten",
        (("max_length - 3", "max_length"),),
    ),
    Wild(
        "encoding.lay_out",
        "one type for everything",
        "all_types_zero",
        (("[1] * len(tail)", "[0] * len(tail)"),),
    ),
    Wild(
        "encoding.padded",
        "mask from the ids",
        "mask_read_off_the_ids",
        (("np.array(mask))", "(np.array(ids) != pad_id).astype(int))"),),
    ),
]
