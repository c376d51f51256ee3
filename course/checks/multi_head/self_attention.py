"""Multi-head self-attention: project, split, attend, merge, project."""

import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.attention.samples import visible_mask
from course.checks.multi_head.samples import PAPER, UNIT, WHOLE_LAYERS, kernel
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import merge_heads, split_heads


def self_attention(
    x,
    query_kernel,
    key_kernel,
    value_kernel,
    output_kernel,
    num_heads,
    attention_mask=None,
):
    """Lets each position look at the whole sequence, once per head.

    Args:
        x: [batch, length, dim] floats.
        query_kernel, key_kernel, value_kernel, output_kernel: [dim, dim] floats.
        num_heads: Number of attention heads; it divides dim.
        attention_mask: [batch, query, key] booleans, True where looking is allowed;
            the same for every head.

    Returns:
        output: [batch, length, dim] floats.
        weights: [batch, head, query, key] floats: one map for each head.
    """
    query = split_heads(ops.matmul(x, query_kernel), num_heads)
    key = split_heads(ops.matmul(x, key_kernel), num_heads)
    value = split_heads(ops.matmul(x, value_kernel), num_heads)
    if attention_mask is not None:
        attention_mask = ops.expand_dims(attention_mask, 1)
    heads, weights = transformer_tf.scaled_dot_product_attention(
        query, key, value, attention_mask
    )
    return ops.matmul(merge_heads(heads), output_kernel), weights


several = Exercise(
    "multi_head.self_attention",
    unit=UNIT,
    answer="self_attention",
    reference=self_attention,
    parts={"values": 4, "mask": 2, "gradient": 1, "compiled": 1},
    returns={
        "weights": ("batch", "head", "query", "key"),
        "output": ("batch", "length", "dim"),
    },
    outputs=("output", "weights"),
    forbidden=(f"{__name__}.self_attention", *WHOLE_LAYERS),
    stands_on=(
        "course.pieces.heads",
        "transformer_tf.attention.scaled_dot_product",
    ),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=20,
    paper=PAPER,
)


def _call(rng, batch, length, dim, num_heads, **more):
    kernels = [kernel(rng, dim, dim) for _ in range(4)]
    return Call(floats(rng, batch, length, dim), *kernels, num_heads, **more)


@several.probe(part="values")
def four_heads(rng):
    return _call(rng, batch=2, length=3, dim=20, num_heads=4)


@several.probe(part="values")
def square(rng):
    return _call(rng, batch=1, length=3, dim=6, num_heads=3)


@several.probe(part="mask")
def as_many_heads_as_sequences(rng):
    """Here a mask that lacks the head axis stretches without a complaint."""
    mask = visible_mask(rng, 2, 5, 5)
    mask[1, :, 1:-1] = ~mask[0, :, 1:-1]
    return _call(rng, batch=2, length=5, dim=10, num_heads=2, attention_mask=mask)


@several.probe(part="gradient")
def gradients(rng):
    call = _call(rng, batch=2, length=3, dim=8, num_heads=4)
    return call.asking(gradient=(floats(rng, 2, 3, 8), floats(rng, 2, 4, 3, 3)))


@several.probe(part="compiled")
def in_a_graph(rng):
    return _call(rng, batch=2, length=3, dim=8, num_heads=4).asking(mode="graph")


@several.promise(
    part="values",
    num_heads=Sizes(1, 5),
    batch=Sizes(1, 3),
    head_dim=Sizes(1, 4),
    length=Sizes(1, 6),
)
def any_sizes(rng, num_heads, batch, head_dim, length):
    return _call(rng, batch, length, head_dim * num_heads, num_heads)


@several.promise(part="mask", batch=Sizes(1, 3), num_heads=OneOf(1, 3))
def any_mask(rng, batch, num_heads):
    mask = visible_mask(rng, batch, 5, 5)
    return _call(rng, batch, 5, 6, num_heads, attention_mask=mask)


def _varied(
    x,
    query_kernel,
    key_kernel,
    value_kernel,
    output_kernel,
    num_heads,
    attention_mask=None,
    split=split_heads,
    merge=merge_heads,
    scale_of=lambda head_dim: head_dim,
    axis=-1,
    head_axis=1,
    project=ops.matmul,
):
    """Self-attention with replaceable steps, from which the mistakes are made."""
    kernels = (query_kernel, key_kernel, value_kernel)
    query, key, value = (split(ops.matmul(x, k), num_heads) for k in kernels)
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
    scores = scores / scale_of(query.shape[-1]) ** 0.5
    if attention_mask is not None:
        mask = ops.expand_dims(attention_mask, head_axis)
        scores = ops.where(mask, scores, -1e9)
    weights = ops.softmax(scores, axis=axis)
    return project(merge(ops.matmul(weights, value)), output_kernel), weights


def _by_reshape(x, num_heads):
    batch, length, dim = x.shape
    return ops.reshape(x, (batch, num_heads, length, dim // num_heads))


def _merged_by_reshape(heads):
    batch, num_heads, length, head_dim = heads.shape
    return ops.reshape(heads, (batch, length, num_heads * head_dim))


@several.misconception
def scaled_by_dim(x, *arguments, **mask):
    return _varied(x, *arguments, **mask, scale_of=lambda _: x.shape[-1])


@several.misconception
def not_scaled(*arguments, **mask):
    return _varied(*arguments, **mask, scale_of=lambda _: 1)


@several.misconception
def split_by_reshape(*arguments, **mask):
    return _varied(*arguments, **mask, split=_by_reshape)


@several.misconception
def merged_by_reshape(*arguments, **mask):
    return _varied(*arguments, **mask, merge=_merged_by_reshape)


@several.misconception
def output_not_projected(*arguments, **mask):
    return _varied(*arguments, **mask, project=lambda merged, _: merged)


@several.misconception
def mask_not_over_heads(*arguments, **mask):
    return _varied(*arguments, **mask, head_axis=0)


@several.misconception
def mask_ignored(*arguments, attention_mask=None):
    return _varied(*arguments)


@several.misconception
def softmax_over_heads(*arguments, **mask):
    return _varied(*arguments, **mask, axis=1)


@several.misconception
def one_kernel_for_all(
    x,
    query_kernel,
    key_kernel,
    value_kernel,
    output_kernel,
    num_heads,
    attention_mask=None,
):
    kernels = (query_kernel, query_kernel, query_kernel, output_kernel)
    return _varied(x, *kernels, num_heads, attention_mask)


@several.alternative
def step_by_step(*arguments, **mask):
    return _varied(*arguments, **mask)


@several.alternative
def one_head_after_another(
    x,
    query_kernel,
    key_kernel,
    value_kernel,
    output_kernel,
    num_heads,
    attention_mask=None,
):
    kernels = (query_kernel, key_kernel, value_kernel)
    pieces = [ops.split(x @ kernel, num_heads, axis=-1) for kernel in kernels]
    attended = [
        transformer_tf.scaled_dot_product_attention(
            *triple, attention_mask=attention_mask
        )
        for triple in zip(*pieces, strict=True)
    ]
    outputs, weights = zip(*attended, strict=True)
    merged = ops.concatenate(outputs, axis=-1)
    return merged @ output_kernel, ops.stack(weights, axis=1)


@several.alternative
def with_einsum(
    x,
    query_kernel,
    key_kernel,
    value_kernel,
    output_kernel,
    num_heads,
    attention_mask=None,
):
    dim = x.shape[-1]
    size = dim // num_heads
    query, key, value = (
        tf.einsum("bld,dhs->bhls", x, tf.reshape(kernel, (dim, num_heads, size)))
        for kernel in (query_kernel, key_kernel, value_kernel)
    )
    scores = tf.einsum("bhqs,bhks->bhqk", query, key) / size**0.5
    if attention_mask is not None:
        scores = tf.where(attention_mask[:, tf.newaxis], scores, -1e9)
    weights = tf.nn.softmax(scores)
    back = tf.reshape(output_kernel, (num_heads, size, dim))
    return tf.einsum("bhqk,bhks,hsd->bqd", weights, value, back), weights
