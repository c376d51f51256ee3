"""checkpoints.block: a published encoder's block, with the pieces of units 03 to 05."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.checkpoints.samples import MINILM, UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import library as mine


def published_block(x, real, w, num_heads, epsilon):
    """One block of a BERT-like encoder: norms behind the sums, biases, and GELU.

    Args:
        x: [batch, length, dim] floats.
        real: [batch, length] booleans: False for padding.
        w: {name: array}: kernels `query_kernel`, `key_kernel`, `value_kernel`,
            `mix_kernel` [dim, dim], `wide_kernel` [dim, hidden_dim], `narrow_kernel`
            [hidden_dim, dim]; for each a bias, `query_bias` ... `narrow_bias`; of two
            norms `first_scale`, `first_offset`, `second_scale`, `second_offset`.
        num_heads: The number of attention heads.
        epsilon: Added to the variance in both norms.

    Returns:
        [batch, length, dim] floats: a = LN(x + mixed attention of x), first norm; then
        LN(a + feed-forward of a), second norm. Between the two dense layers of the
        feed-forward stands the exact GELU.
    """
    query, key, value = (
        mine.split_heads(ops.matmul(x, w[f"{n}_kernel"]) + w[f"{n}_bias"], num_heads)
        for n in ("query", "key", "value")
    )
    mask = real[:, None, None, :]
    found, _ = mine.scaled_dot_product_attention(query, key, value, mask)
    mixed = ops.matmul(mine.merge_heads(found), w["mix_kernel"]) + w["mix_bias"]
    x = mine.layer_norm(x + mixed, w["first_scale"], w["first_offset"], epsilon)
    hidden = ops.matmul(x, w["wide_kernel"]) + w["wide_bias"]
    hidden = ops.gelu(hidden, approximate=False)
    narrow = ops.matmul(hidden, w["narrow_kernel"]) + w["narrow_bias"]
    return mine.layer_norm(x + narrow, w["second_scale"], w["second_offset"], epsilon)


exercise = Exercise(
    "checkpoints.block",
    unit=UNIT,
    answer="published_block",
    reference=published_block,
    parts={"attention": 2, "feed_forward": 2, "padding": 1, "epsilon": 1},
    returns={"states": ("batch", "length", "dim")},
    forbidden=(
        f"{__name__}.published_block",
        "transformer_tf.EncoderBlock",
        "transformer_tf.MultiHeadAttention",
        "transformer_tf.FeedForward",
        "keras.layers.MultiHeadAttention",
    ),
    stands_on=("course.pieces", "transformer_tf.attention.scaled_dot_product"),
    pieces=(
        "attention.scaled_dot_product",
        "multi_head.split_heads",
        "multi_head.merge_heads",
        "blocks.layer_norm",
    ),
    hints=4,
    difficulty=4,
    importance=5,
    minutes=20,
    paper=MINILM,
)

KERNELS = ("query", "key", "value", "mix", "wide", "narrow")


def _weights(rng, dim, hidden_dim, only=None):
    """Weights of a block; those of the half that is not `only` do nothing."""
    sizes = {"wide": (dim, hidden_dim), "narrow": (hidden_dim, dim)}
    w = {}
    for name in KERNELS:
        shape = sizes.get(name, (dim, dim))
        w[f"{name}_kernel"] = floats(rng, *shape, scale=1.5 * shape[0] ** -0.5)
        w[f"{name}_bias"] = floats(rng, shape[1], scale=0.7)
    for name in ("first", "second"):
        w[f"{name}_scale"] = 1 + floats(rng, dim, scale=0.4)
        w[f"{name}_offset"] = floats(rng, dim, scale=0.5)
    silent = {"attention": "narrow", "feed_forward": "mix"}.get(only)
    if silent:
        w[f"{silent}_kernel"] *= 0
        w[f"{silent}_bias"] *= 0
    return w


def _call(rng, batch=2, length=5, heads=3, head_dim=2, epsilon=1e-12, **how):
    only, count = how.get("only"), how.get("count", length)
    dim = heads * head_dim
    real = np.arange(length) < np.maximum(1, count - 2 * np.arange(batch))[:, None]
    if only:
        real = np.ones_like(real)
    x = floats(rng, batch, length, dim, scale=how.get("scale", 1.0))
    weights = _weights(rng, dim, 2 * dim + 1, only)
    case = Call(x, real, weights, heads, epsilon)
    return case.with_regions(padding=~real[..., None])


@exercise.probe(part="attention")
def attention_alone(rng):
    return _call(rng, only="attention")


@exercise.probe(part="attention")
def one_head(rng):
    return _call(rng, heads=1, head_dim=4, only="attention")


@exercise.probe(part="feed_forward")
def feed_forward_alone(rng):
    return _call(rng, only="feed_forward")


@exercise.probe(part="feed_forward")
def everything(rng):
    return _call(rng, heads=2, head_dim=4, length=4, count=9)


@exercise.probe(part="padding")
def padding_behind(rng):
    return _call(rng, batch=3, length=6)


@exercise.probe(part="epsilon")
def epsilon_that_shows(rng):
    return _call(rng, epsilon=0.5, count=9)


@exercise.promise(
    part="padding",
    batch=Sizes(1, 3),
    length=Sizes(1, 6),
    heads=Sizes(1, 3),
    head_dim=OneOf(2, 3),
    epsilon=OneOf(1e-12, 1e-5, 0.2),
)
def any_states(rng, batch, length, heads, head_dim, epsilon):
    return _call(rng, batch, length, heads, head_dim, epsilon)


def _dense(x, w, name):
    return ops.matmul(x, w[f"{name}_kernel"]) + w[f"{name}_bias"]


def _exact(x):
    return ops.gelu(x, approximate=False)


def _attend(x, real, w, heads, dense=_dense, mask=None):
    parts = (
        mine.split_heads(dense(x, w, name), heads) for name in ("query", "key", "value")
    )
    mask = real[:, None, None, :] if mask is None else mask
    found, _ = mine.scaled_dot_product_attention(*parts, mask)
    return mine.merge_heads(found)


def _forward(x, w, activation=_exact):
    return _dense(activation(_dense(x, w, "wide")), w, "narrow")


def _norm(x, w, name, epsilon):
    return mine.layer_norm(x, w[f"{name}_scale"], w[f"{name}_offset"], epsilon)


def _block(x, real, w, num_heads, epsilon, attend=_attend, forward=_forward):
    """The block with one step changed."""
    x = _norm(x + _dense(attend(x, real, w, num_heads), w, "mix"), w, "first", epsilon)
    return _norm(x + forward(x, w), w, "second", epsilon)


@exercise.misconception
def norms_in_front(x, real, w, num_heads, epsilon):
    """Unit 05's order: pre-norm."""
    normed = _norm(x, w, "first", epsilon)
    x = x + _dense(_attend(normed, real, w, num_heads), w, "mix")
    return x + _forward(_norm(x, w, "second", epsilon), w)


@exercise.misconception
def biases_of_attention_forgotten(x, real, w, num_heads, epsilon):
    def dense(x, w, name):
        return ops.matmul(x, w[f"{name}_kernel"])

    def attend(x, real, w, heads):
        return _attend(x, real, w, heads, dense)

    return _block(x, real, w, num_heads, epsilon, attend)


@exercise.misconception
def bias_of_the_mix_forgotten(x, real, w, num_heads, epsilon):
    mixed = ops.matmul(_attend(x, real, w, num_heads), w["mix_kernel"])
    x = _norm(x + mixed, w, "first", epsilon)
    return _norm(x + _forward(x, w), w, "second", epsilon)


@exercise.misconception
def relu_of_unit_05(x, real, w, num_heads, epsilon):
    def forward(x, w):
        return _forward(x, w, ops.relu)

    return _block(x, real, w, num_heads, epsilon, forward=forward)


@exercise.misconception
def gelu_by_tanh(x, real, w, num_heads, epsilon):
    """`ops.gelu` as it comes: the approximation, right for GPT-2."""

    def forward(x, w):
        return _forward(x, w, ops.gelu)

    return _block(x, real, w, num_heads, epsilon, forward=forward)


@exercise.misconception
def padding_seen(x, real, w, num_heads, epsilon):
    return _block(x, ops.ones_like(real), w, num_heads, epsilon)


@exercise.misconception
def padding_hidden_as_a_query(x, real, w, num_heads, epsilon):
    """The mask along the queries: what is padding sees nothing, and is seen."""

    def attend(x, real, w, heads):
        return _attend(x, real, w, heads, mask=real[:, None, :, None])

    return _block(x, real, w, num_heads, epsilon, attend)


@exercise.misconception
def one_norm_for_both(x, real, w, num_heads, epsilon):
    x = _norm(x + _dense(_attend(x, real, w, num_heads), w, "mix"), w, "first", epsilon)
    return _norm(x + _forward(x, w), w, "first", epsilon)


@exercise.misconception
def first_residual_forgotten(x, real, w, num_heads, epsilon):
    x = _norm(_dense(_attend(x, real, w, num_heads), w, "mix"), w, "first", epsilon)
    return _norm(x + _forward(x, w), w, "second", epsilon)


@exercise.misconception
def second_residual_forgotten(x, real, w, num_heads, epsilon):
    x = _norm(x + _dense(_attend(x, real, w, num_heads), w, "mix"), w, "first", epsilon)
    return _norm(_forward(x, w), w, "second", epsilon)


@exercise.misconception
def epsilon_of_unit_05(x, real, w, num_heads, epsilon):
    return _block(x, real, w, num_heads, 1e-6)


@exercise.misconception
def second_half_reads_the_input(x, real, w, num_heads, epsilon):
    """The feed-forward is given x, and its sum is with x."""
    a = _norm(x + _dense(_attend(x, real, w, num_heads), w, "mix"), w, "first", epsilon)
    return _norm(a + _forward(x, w), w, "second", epsilon)


@exercise.misconception
def one_head_for_all(x, real, w, num_heads, epsilon):
    return _block(x, real, w, 1, epsilon)


@exercise.misconception
def kernels_transposed(x, real, w, num_heads, epsilon):
    """[out, in], as the file has them: square, so nothing fails."""

    def dense(x, w, name):
        return ops.matmul(x, ops.transpose(w[f"{name}_kernel"])) + w[f"{name}_bias"]

    def attend(x, real, w, heads):
        return _attend(x, real, w, heads, dense)

    return _block(x, real, w, num_heads, epsilon, attend)


@exercise.alternative
def in_named_steps(x, real, w, num_heads, epsilon):
    return _block(x, real, w, num_heads, epsilon)


@exercise.alternative
def with_einsum(x, real, w, num_heads, epsilon):
    batch, length, dim = x.shape
    query, key, value = (
        ops.reshape(_dense(x, w, name), (batch, length, num_heads, -1))
        for name in ("query", "key", "value")
    )
    scores = ops.einsum("bqhd,bkhd->bhqk", query, key) / (dim // num_heads) ** 0.5
    scores = ops.where(real[:, None, None, :], scores, -1e9)
    found = ops.einsum("bhqk,bkhd->bqhd", ops.softmax(scores, axis=-1), value)
    mixed = _dense(ops.reshape(found, x.shape), w, "mix")
    a = _norm(x + mixed, w, "first", epsilon)
    return _norm(a + _forward(a, w), w, "second", epsilon)


@exercise.alternative
def gelu_from_erf(x, real, w, num_heads, epsilon):
    def activation(h):
        return h * 0.5 * (1 + tf.math.erf(h / 2**0.5))

    def forward(x, w):
        return _forward(x, w, activation)

    return _block(x, real, w, num_heads, epsilon, forward=forward)


@exercise.alternative
def with_keras_norm(x, real, w, num_heads, epsilon):
    def norm(x, name):
        return ops.layer_normalization(
            x, w[f"{name}_scale"], w[f"{name}_offset"], epsilon=epsilon
        )

    x = norm(x + _dense(_attend(x, real, w, num_heads), w, "mix"), "first")
    return norm(x + _forward(x, w), "second")


@exercise.alternative
def text_by_text(x, real, w, num_heads, epsilon):
    """Each text without its padding; what stands at padding is computed apart."""
    rows = [
        _block(x[n : n + 1], real[n : n + 1], w, num_heads, epsilon)
        for n in range(x.shape[0])
    ]
    return tf.concat(rows, axis=0)


@exercise.alternative
def heads_in_a_loop(x, real, w, num_heads, epsilon):
    query, key, value = (_dense(x, w, name) for name in ("query", "key", "value"))
    size = x.shape[-1] // num_heads
    found = []
    for head in range(num_heads):
        part = slice(head * size, (head + 1) * size)
        scores = tf.matmul(query[..., part], key[..., part], transpose_b=True)
        scores = tf.where(real[:, None, :], scores / size**0.5, -np.inf)
        found.append(tf.matmul(tf.nn.softmax(scores), value[..., part]))
    x = _norm(x + _dense(tf.concat(found, axis=-1), w, "mix"), w, "first", epsilon)
    return _norm(x + _forward(x, w), w, "second", epsilon)
