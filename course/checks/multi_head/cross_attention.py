"""Cross-attention: one sequence looks at another."""

import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.multi_head.samples import PAPER, UNIT, WHOLE_LAYERS, kernel
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import merge_heads, split_heads


def cross_attention(
    x,
    memory,
    query_kernel,
    key_kernel,
    value_kernel,
    output_kernel,
    num_heads,
    memory_mask=None,
):
    """Lets each position of one sequence look at another sequence, once per head.

    Args:
        x: [batch, query, dim] floats: the sequence that looks.
        memory: [batch, key, memory_dim] floats: the sequence that is looked at.
        query_kernel, output_kernel: [dim, dim] floats.
        key_kernel, value_kernel: [memory_dim, dim] floats.
        num_heads: Number of attention heads; it divides dim.
        memory_mask: [batch, key] booleans: True for words of the memory, False for
            padding, which nobody may look at.

    Returns:
        output: [batch, query, dim] floats.
        weights: [batch, head, query, key] floats.
    """
    query = split_heads(ops.matmul(x, query_kernel), num_heads)
    key = split_heads(ops.matmul(memory, key_kernel), num_heads)
    value = split_heads(ops.matmul(memory, value_kernel), num_heads)
    if memory_mask is not None:
        memory_mask = memory_mask[:, None, None, :]
    heads, weights = transformer_tf.scaled_dot_product_attention(
        query, key, value, memory_mask
    )
    return ops.matmul(merge_heads(heads), output_kernel), weights


cross = Exercise(
    "multi_head.cross_attention",
    unit=UNIT,
    answer="cross_attention",
    reference=cross_attention,
    parts={"others": 2, "alike": 2, "mask": 2, "gradient": 1},
    returns={
        "weights": ("batch", "head", "query", "key"),
        "output": ("batch", "query", "dim"),
    },
    outputs=("output", "weights"),
    forbidden=(f"{__name__}.cross_attention", *WHOLE_LAYERS),
    stands_on=(
        "course.pieces.heads",
        "transformer_tf.attention.scaled_dot_product",
    ),
    hints=3,
    difficulty=3,
    importance=5,
    minutes=15,
    paper=PAPER,
)


def _call(rng, query, key, dim, memory_dim, batch=2, num_heads=2, **more):
    x, memory = floats(rng, batch, query, dim), floats(rng, batch, key, memory_dim)
    rows = (dim, memory_dim, memory_dim, dim)
    kernels = [kernel(rng, size, dim) for size in rows]
    return Call(x, memory, *kernels, num_heads, **more)


def _real(keys, *lengths):
    return tf.sequence_mask(lengths, keys).numpy()


@cross.probe(part="alike")
def both_of_one_form(rng):
    return _call(rng, query=4, key=4, dim=6, memory_dim=6)


@cross.probe(part="others")
def all_sizes_differ(rng):
    return _call(rng, query=3, key=5, dim=8, memory_dim=7)


@cross.probe(part="mask")
def padded_memory(rng):
    """Lengths alike, so that a mask put on the wrong axis fits too."""
    mask = _real(4, 2, 3)
    return _call(rng, query=4, key=4, dim=6, memory_dim=6, memory_mask=mask)


@cross.probe(part="gradient")
def gradients(rng):
    cotangents = (floats(rng, 2, 3, 4), floats(rng, 2, 2, 3, 5))
    call = _call(rng, query=3, key=5, dim=4, memory_dim=6)
    return call.asking(gradient=cotangents)


@cross.promise(
    part="others",
    batch=Sizes(1, 3),
    query=Sizes(1, 4),
    key=Sizes(1, 5),
    head_dim=Sizes(1, 3),
    memory_dim=Sizes(1, 7),
    num_heads=Sizes(1, 4),
)
def any_sizes(rng, head_dim, num_heads, **sizes):
    return _call(rng, dim=head_dim * num_heads, num_heads=num_heads, **sizes)


@cross.promise(part="mask", batch=Sizes(1, 3), key=Sizes(1, 6), num_heads=OneOf(1, 3))
def any_mask(rng, batch, key, num_heads):
    mask = _real(key, *rng.integers(1, key + 1, size=batch))
    return _call(rng, 3, key, 6, 5, batch, num_heads, memory_mask=mask)


def _attend(sources, kernels, num_heads, mask, width=None):
    """Attention whose query, key and value come from these three sequences."""
    *inner, output_kernel = kernels
    query, key, value = (
        split_heads(ops.matmul(words, matrix), num_heads)
        for words, matrix in zip(sources, inner, strict=True)
    )
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
    scores = scores / (width or query.shape[-1]) ** 0.5
    if mask is not None:
        scores = ops.where(mask, scores, -1e9)
    weights = ops.softmax(scores, axis=-1)
    return ops.matmul(merge_heads(ops.matmul(weights, value)), output_kernel), weights


def _over_heads(mask):
    return None if mask is None else mask[:, None, None, :]


@cross.misconception
def keys_from_the_query_side(x, memory, *kernels_and_heads, memory_mask=None):
    *kernels, heads = kernels_and_heads
    return _attend((x, x, memory), kernels, heads, _over_heads(memory_mask))


@cross.misconception
def values_from_the_query_side(x, memory, *kernels_and_heads, memory_mask=None):
    *kernels, heads = kernels_and_heads
    return _attend((x, memory, x), kernels, heads, _over_heads(memory_mask))


@cross.misconception
def memory_not_used(x, memory, *kernels_and_heads, memory_mask=None):
    *kernels, heads = kernels_and_heads
    return _attend((x, x, x), kernels, heads, _over_heads(memory_mask))


@cross.misconception
def roles_exchanged(x, memory, *kernels_and_heads, memory_mask=None):
    *kernels, heads = kernels_and_heads
    return _attend((memory, x, x), kernels, heads, _over_heads(memory_mask))


@cross.misconception
def mask_hides_queries(x, memory, *kernels_and_heads, memory_mask=None):
    *kernels, heads = kernels_and_heads
    mask = None if memory_mask is None else memory_mask[:, None, :, None]
    return _attend((x, memory, memory), kernels, heads, mask)


@cross.misconception
def mask_inverted(x, memory, *kernels_and_heads, memory_mask=None):
    *kernels, heads = kernels_and_heads
    mask = None if memory_mask is None else ~memory_mask[:, None, None, :]
    return _attend((x, memory, memory), kernels, heads, mask)


@cross.misconception
def mask_ignored(x, memory, *kernels_and_heads, memory_mask=None):
    *kernels, heads = kernels_and_heads
    return _attend((x, memory, memory), kernels, heads, None)


@cross.misconception
def scaled_by_dim(x, memory, *kernels_and_heads, memory_mask=None):
    *kernels, heads = kernels_and_heads
    mask, width = _over_heads(memory_mask), x.shape[-1]
    return _attend((x, memory, memory), kernels, heads, mask, width)


@cross.alternative
def step_by_step(x, memory, *kernels_and_heads, memory_mask=None):
    *kernels, heads = kernels_and_heads
    return _attend((x, memory, memory), kernels, heads, _over_heads(memory_mask))


@cross.alternative
def very_negative_added(x, memory, *kernels_and_heads, memory_mask=None):
    query_kernel, key_kernel, value_kernel, output_kernel, heads = kernels_and_heads
    query, key, value = (
        split_heads(product, heads)
        for product in (
            x @ query_kernel,
            memory @ key_kernel,
            memory @ value_kernel,
        )
    )
    scores = tf.matmul(query, key, transpose_b=True) / query.shape[-1] ** 0.5
    if memory_mask is not None:
        padding = 1.0 - tf.cast(memory_mask, scores.dtype)
        scores += -1e9 * padding[:, tf.newaxis, tf.newaxis]
    weights = tf.nn.softmax(scores)
    return merge_heads(weights @ value) @ output_kernel, weights


@cross.alternative
def one_head_after_another(x, memory, *kernels_and_heads, memory_mask=None):
    *kernels, output_kernel, heads = kernels_and_heads
    pieces = [
        ops.split(words @ matrix, heads, axis=-1)
        for words, matrix in zip((x, memory, memory), kernels, strict=True)
    ]
    mask = None if memory_mask is None else memory_mask[:, None]
    attended = [
        transformer_tf.scaled_dot_product_attention(*triple, attention_mask=mask)
        for triple in zip(*pieces, strict=True)
    ]
    outputs, weights = zip(*attended, strict=True)
    merged = ops.concatenate(outputs, axis=-1)
    return merged @ output_kernel, ops.stack(weights, axis=1)
