"""Scaled dot-product attention: its probes, and its mistakes that have names."""

import ml_dtypes
import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.attention.samples import PAPER, UNIT, triple, visible_mask
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes

attention = Exercise(
    "attention.scaled_dot_product",
    unit=UNIT,
    answer="scaled_dot_product_attention",
    reference=transformer_tf.scaled_dot_product_attention,
    parts={
        "values": 4,
        "mask": 3,
        "masked_row": 1,
        "stable": 1,
        "dtype": 1,
        "gradient": 1,
        "compiled": 1,
    },
    # In the order of computation; the function returns the output first.
    returns={
        "weights": ("batch", "query", "key"),
        "output": ("batch", "query", "value_dim"),
    },
    outputs=("output", "weights"),
    intermediates=("scores",),
    forbidden=(
        "transformer_tf.scaled_dot_product_attention",
        "keras.ops.nn.dot_product_attention",
        "keras.layers.Attention",
        "keras.layers.MultiHeadAttention",
    ),
    stands_on=("transformer_tf.attention.softmax",),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=20,
    paper=PAPER,
)


@attention.probe(part="values")
def square(rng):
    return Call(*triple(rng, query=4, key=4, dim=4, value_dim=4))


@attention.probe(part="values")
def lengths_differ(rng):
    return Call(*triple(rng))


@attention.probe(part="values")
def one_token(rng):
    return Call(*triple(rng, query=1, key=1))


@attention.probe(part="values")
def more_leading_axes(rng):
    shapes = [(2, 3, 4, 7), (2, 3, 5, 7), (2, 3, 5, 6)]
    return Call(*(floats(rng, *shape) for shape in shapes))


@attention.property(part="values")
def order_of_keys_is_free(rng):
    query, key, value = triple(rng)
    order = rng.permutation(5)
    first, second = yield [
        Call(query, key, value),
        Call(query, key[:, order], value[:, order]),
    ]
    output, weights = (x.values for x in first.output)
    same_output, moved_weights = (x.values for x in second.output)
    return (
        abs(output - same_output).max() < 1e-5
        and abs(weights[..., order] - moved_weights).max() < 1e-5
    )


def _masked(arguments, mask):
    """Only the results count here: a masked score may be -1e9 or -inf."""
    call = Call(*arguments, attention_mask=mask)
    return call.with_regions(masked_keys=~mask).without_steps()


@attention.probe(part="mask")
def some_keys_masked(rng):
    mask = visible_mask(rng, 2, 3, 5)
    return _masked(triple(rng), mask)


@attention.probe(part="mask")
def mask_broadcasts(rng):
    return _masked(triple(rng), visible_mask(rng, 2, 1, 5))


@attention.property(part="mask")
def future_is_hidden(rng):
    """Under a causal mask, another future changes nothing in the past."""
    query, key, value = triple(rng, query=5, key=5)
    mask = np.tri(5, dtype=bool)
    changed_key, changed_value = key.copy(), value.copy()
    changed_key[:, 3:] += floats(rng, 2, 2, 4)
    changed_value[:, 3:] += floats(rng, 2, 2, 6)
    first, second = yield [
        Call(query, key, value, attention_mask=mask),
        Call(query, changed_key, changed_value, attention_mask=mask),
    ]
    before, after = (reply.output[0].values[:, :3] for reply in (first, second))
    return abs(before - after).max() < 1e-5


@attention.probe(part="masked_row")
def nothing_to_see(rng):
    mask = visible_mask(rng, 2, 3, 5)
    mask[1, 2] = False
    blind = ~mask.any(axis=-1, keepdims=True)
    return _masked(triple(rng), mask).with_regions(masked_row=blind)


@attention.probe(part="stable")
def large_scores(rng):
    # Eighths and a power of two: the scores are exact in float32, whatever the order of
    # operations, so that no right answer is judged by how it rounds. Each query has one
    # key far ahead of the others, so that only what is not stable shows.
    query, key, value = triple(rng, key=4, dim=4)
    query, key = (np.round(np.clip(2 * x, -4, 4)) / 8 for x in (query, key))
    far = 4 * np.roll(np.eye(4, dtype="float32"), 1, axis=1)  # not its own transpose
    chosen = rng.permutation(4)[:3]
    return Call(30 * (query + far[chosen]), 30 * (key + far), value)


@attention.probe(part="dtype")
def in_bfloat16(rng):
    # Many keys: a wrong scale is far from the right one, as seen in three digits.
    narrow = [x.astype(ml_dtypes.bfloat16) for x in triple(rng, key=16)]
    return Call(*narrow).in_the_same_dtype()


@attention.probe(part="gradient")
def gradients(rng):
    query, key, value = triple(rng)
    cotangents = (floats(rng, 2, 3, 6), floats(rng, 2, 3, 5))
    return Call(query, key, value).asking(gradient=cotangents)


@attention.probe(part="compiled")
def compiled_by_xla(rng):
    mask = visible_mask(rng, 2, 3, 5)
    return Call(*triple(rng), attention_mask=mask).asking(mode="xla")


@attention.promise(
    part="values",
    rank=Sizes(2, 4),
    query=Sizes(1, 6),
    key=Sizes(1, 7),
    dim=Sizes(1, 5),
    value_dim=Sizes(1, 4),
)
def any_sizes(rng, rank, query, key, dim, value_dim):
    leading = (2, 3)[: rank - 2]
    shapes = (query, dim), (key, dim), (key, value_dim)
    return Call(*(floats(rng, *leading, *shape) for shape in shapes))


@attention.promise(
    part="mask", rank=Sizes(2, 4), query=OneOf(1, 3), key=Sizes(3, 8), fewer=Sizes(0, 2)
)
def any_mask(rng, rank, query, key, fewer):
    """A mask with all leading axes or fewer; one row of it may serve all queries."""
    leading = (2, 3)[: rank - 2]
    shapes = (3, 4), (key, 4), (key, 5)
    arguments = [floats(rng, *leading, *shape) for shape in shapes]
    return _masked(arguments, visible_mask(rng, *leading[fewer:], query, key))


def _attend(query, key, value, attention_mask, score=None, weigh=None, mask=None):
    """Attention with replaceable steps, from which the mistakes below are made."""
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
    scale = query.shape[-1] ** 0.5
    scores = score(scores) if score else scores / scale
    if attention_mask is not None:
        scores = (mask or _very_negative)(scores, attention_mask)
    weights = (weigh or ops.softmax)(scores)
    if attention_mask is not None:
        seen = ops.any(ops.broadcast_to(attention_mask, weights.shape), -1)
        weights = ops.where(seen[..., None], weights, ops.zeros_like(weights))
    return ops.matmul(weights, value), weights


def _very_negative(scores, mask):
    return ops.where(mask, scores, -1e9)


@attention.misconception
def not_scaled(query, key, value, attention_mask=None):
    return _attend(query, key, value, attention_mask, score=lambda s: s)


@attention.misconception
def scaled_by_dim(query, key, value, attention_mask=None):
    dim = query.shape[-1]
    return _attend(query, key, value, attention_mask, score=lambda s: s / dim)


@attention.misconception
def scale_multiplied(query, key, value, attention_mask=None):
    root = query.shape[-1] ** 0.5
    return _attend(query, key, value, attention_mask, score=lambda s: s * root)


@attention.misconception
def scaled_by_length(query, key, value, attention_mask=None):
    root = key.shape[-2] ** 0.5
    return _attend(query, key, value, attention_mask, score=lambda s: s / root)


@attention.misconception
def softmax_over_queries(query, key, value, attention_mask=None):
    def weigh(scores):
        return ops.softmax(scores, axis=-2)

    return _attend(query, key, value, attention_mask, weigh=weigh)


@attention.misconception
def softmax_over_everything(query, key, value, attention_mask=None):
    def weigh(scores):
        exponentials = ops.exp(scores)
        return exponentials / ops.sum(exponentials, axis=(-2, -1), keepdims=True)

    return _attend(query, key, value, attention_mask, weigh=weigh)


@attention.misconception
def mask_ignored(query, key, value, attention_mask=None):
    return _attend(query, key, value, None)


@attention.misconception
def mask_inverted(query, key, value, attention_mask=None):
    def mask(scores, allowed):
        return ops.where(allowed, -1e9, scores)

    return _attend(query, key, value, attention_mask, mask=mask)


@attention.misconception
def mask_after_softmax(query, key, value, attention_mask=None):
    _, weights = _attend(query, key, value, None)
    if attention_mask is not None:
        weights = ops.where(attention_mask, weights, 0.0)
    return ops.matmul(weights, value), weights


@attention.misconception
def mask_multiplied(query, key, value, attention_mask=None):
    def mask(scores, allowed):
        return scores * ops.cast(allowed, scores.dtype)

    return _attend(query, key, value, attention_mask, mask=mask)


@attention.misconception
def mask_added(query, key, value, attention_mask=None):
    def mask(scores, allowed):
        return scores + ops.cast(allowed, scores.dtype)

    return _attend(query, key, value, attention_mask, mask=mask)


@attention.misconception
def masked_row_uniform(query, key, value, attention_mask=None):
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2)) / query.shape[-1] ** 0.5
    if attention_mask is not None:
        scores = _very_negative(scores, attention_mask)
    weights = ops.softmax(scores)
    return ops.matmul(weights, value), weights


@attention.misconception
def masked_row_nan(query, key, value, attention_mask=None):
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2)) / query.shape[-1] ** 0.5
    if attention_mask is not None:
        scores = ops.where(attention_mask, scores, -np.inf)
    weights = ops.softmax(scores)
    return ops.matmul(weights, value), weights


@attention.misconception
def mask_too_mild(query, key, value, attention_mask=None):
    def mask(scores, allowed):
        return ops.where(allowed, scores, -1.0)

    return _attend(query, key, value, attention_mask, mask=mask)


@attention.misconception
def values_are_keys(query, key, value, attention_mask=None):
    return _attend(query, key, key, attention_mask)


@attention.misconception
def sum_instead_of_softmax(query, key, value, attention_mask=None):
    def weigh(scores):
        return scores / ops.sum(scores, axis=-1, keepdims=True)

    return _attend(query, key, value, attention_mask, weigh=weigh)


@attention.misconception
def softmax_overflows(query, key, value, attention_mask=None):
    def weigh(scores):
        exponentials = ops.exp(scores)
        return exponentials / ops.sum(exponentials, axis=-1, keepdims=True)

    return _attend(query, key, value, attention_mask, weigh=weigh)


@attention.misconception
def uniform_weights(query, key, value, attention_mask=None):
    return _attend(query, key, value, attention_mask, score=ops.zeros_like)


@attention.misconception
def key_not_transposed(query, key, value, attention_mask=None):
    scores = ops.matmul(query, key) / query.shape[-1] ** 0.5
    if attention_mask is not None:
        scores = _very_negative(scores, attention_mask)
    weights = ops.softmax(scores)
    return ops.matmul(weights, value), weights


@attention.misconception
def scores_returned(query, key, value, attention_mask=None):
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2)) / query.shape[-1] ** 0.5
    output, _ = _attend(query, key, value, attention_mask)
    return output, scores


@attention.misconception
def dtype_widened(query, key, value, attention_mask=None):
    wide = [ops.cast(x, "float32") for x in (query, key, value)]
    return _attend(*wide, attention_mask)


@attention.misconception
def weights_transposed(query, key, value, attention_mask=None):
    output, weights = _attend(query, key, value, attention_mask)
    return output, ops.swapaxes(weights, -1, -2)


@attention.misconception
def scaled_by_the_second_axis(query, key, value, attention_mask=None):
    """The number of keys, of heads or of features: whatever stands there."""
    root = key.shape[1] ** 0.5
    return _attend(query, key, value, attention_mask, score=lambda s: s / root)


@attention.misconception
def scaled_by_value_width(query, key, value, attention_mask=None):
    root = value.shape[-1] ** 0.5
    return _attend(query, key, value, attention_mask, score=lambda s: s / root)


@attention.alternative
def minus_infinity(query, key, value, attention_mask=None):
    scores = tf.matmul(query, key, transpose_b=True)
    scores /= tf.sqrt(tf.cast(tf.shape(key)[-1], scores.dtype))
    if attention_mask is not None:
        scores = tf.where(attention_mask, scores, -np.inf)
    weights = tf.nn.softmax(scores)
    weights = tf.where(tf.math.is_nan(weights), tf.zeros_like(weights), weights)
    return weights @ value, weights


@attention.alternative
def query_scaled_first(query, key, value, attention_mask=None):
    query = query / query.shape[-1] ** 0.5
    scores = ops.einsum("...qd,...kd->...qk", query, key)
    if attention_mask is not None:
        allowed = ops.cast(attention_mask, scores.dtype)
        scores = scores + (1.0 - allowed) * -1e9
    weights = ops.softmax(scores, axis=-1)
    if attention_mask is not None:
        weights = weights * allowed
    return ops.einsum("...qk,...kd->...qd", weights, value), weights


@attention.alternative
def softmax_by_hand(query, key, value, attention_mask=None):
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2)) / query.shape[-1] ** 0.5
    if attention_mask is not None:
        scores = ops.where(attention_mask, scores, -1e4)
    exponentials = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
    if attention_mask is not None:
        exponentials *= ops.cast(attention_mask, exponentials.dtype)
    total = ops.sum(exponentials, axis=-1, keepdims=True)
    weights = exponentials / ops.maximum(total, 1e-9)
    return ops.matmul(weights, value), weights


@attention.alternative
def in_float64(query, key, value, attention_mask=None):
    dtype = query.dtype
    query, key, value = (tf.cast(x, tf.float64) for x in (query, key, value))
    output, weights = softmax_by_hand(query, key, value, attention_mask)
    return tf.cast(output, dtype), tf.cast(weights, dtype)
