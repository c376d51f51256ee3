"""checkpoints.split_joined: one kernel that is three, in four ways to lie in a file."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.checkpoints.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes


def split_joined(weight, bias, num_heads, by_head, out_first):
    """Takes a joined projection of queries, keys and values apart.

    Args:
        weight: [dim, three_dim] floats, that is [in, out], as GPT-2 keeps it; or
            [three_dim, dim], that is [out, in], as torch's dense layers do.
        bias: [three_dim] floats, in the order of the outputs.
        num_heads: How many heads share the outputs; head 0 has the first ones.
        by_head: Whether the outputs are, head by head, its queries, its keys and its
            values (GPT-NeoX, BLOOM). If not: the queries of all heads, then all keys,
            then all values.
        out_first: Whether `weight` is [out, in].

    Returns:
        query_kernel, query_bias, key_kernel, key_bias, value_kernel, value_bias: the
        kernels [dim, dim] floats, each [in, out]; the biases [dim] floats.
    """
    if out_first:
        weight = ops.transpose(weight)
    joined = ops.concatenate([weight, bias[None]], axis=0)
    rows, size = joined.shape[0], joined.shape[1] // 3 // num_heads
    if by_head:
        parts = ops.reshape(joined, (rows, num_heads, 3, size))
        parts = ops.transpose(parts, (2, 0, 1, 3))
    else:
        parts = ops.reshape(joined, (rows, 3, num_heads, size))
        parts = ops.transpose(parts, (1, 0, 2, 3))
    query, key, value = ops.reshape(parts, (3, rows, num_heads * size))
    return query[:-1], query[-1], key[:-1], key[-1], value[:-1], value[-1]


_NAMES = [
    f"{n}_{part}" for n in ("query", "key", "value") for part in ("kernel", "bias")
]
_AXES = {"kernel": ("in", "out"), "bias": ("out",)}

exercise = Exercise(
    "checkpoints.split_joined",
    unit=UNIT,
    answer="split_joined",
    reference=split_joined,
    parts={"side_by_side": 2, "out_first": 2, "by_head": 2},
    returns={name: _AXES[name.split("_")[1]] for name in _NAMES},
    forbidden=(f"{__name__}.split_joined",),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper="https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf",
)


def _call(rng, dim, heads, by_head, out_first):
    shape = (3 * dim, dim) if out_first else (dim, 3 * dim)
    weight, bias = floats(rng, *shape), floats(rng, 3 * dim)
    return Call(weight, bias, heads, by_head, out_first)


@exercise.probe(part="side_by_side")
def as_gpt_2_has_it(rng):
    return _call(rng, 6, 2, False, False)


@exercise.probe(part="side_by_side")
def one_head(rng):
    return _call(rng, 4, 1, False, False)


@exercise.probe(part="side_by_side")
def one_number_each(rng):
    return _call(rng, 1, 1, False, False)


@exercise.probe(part="out_first")
def as_torch_has_it(rng):
    return _call(rng, 6, 3, False, True)


@exercise.probe(part="out_first")
def one_number_each_on_its_side(rng):
    return _call(rng, 1, 1, True, True)


@exercise.probe(part="by_head")
def head_by_head(rng):
    return _call(rng, 12, 4, True, False)


@exercise.probe(part="by_head")
def head_by_head_and_out_first(rng):
    return _call(rng, 6, 3, True, True)


@exercise.promise(
    part="by_head",
    heads=Sizes(1, 4),
    head_dim=Sizes(1, 3),
    by_head=OneOf(False, True),
    out_first=OneOf(True, False),
)
def any_projection(rng, heads, head_dim, by_head, out_first):
    return _call(rng, heads * head_dim, heads, by_head, out_first)


def _in_first(weight, out_first):
    return np.array(weight).T if out_first else np.array(weight)


def _taken(weight, bias, places):
    """Kernels and biases of three lists of outputs."""
    bias = np.array(bias)
    return tuple(part for p in places for part in (weight[:, p], bias[p]))


def _places(size, heads, by_head):
    """Which outputs are queries, keys and values."""
    outputs = np.arange(size)
    if by_head:
        return outputs.reshape(heads, 3, -1).transpose(1, 0, 2).reshape(3, -1)
    return outputs.reshape(3, -1)


@exercise.misconception
def always_side_by_side(weight, bias, num_heads, by_head, out_first):
    places = _places(bias.shape[0], num_heads, False)
    return _taken(_in_first(weight, out_first), bias, places)


@exercise.misconception
def always_head_by_head(weight, bias, num_heads, by_head, out_first):
    places = _places(bias.shape[0], num_heads, True)
    return _taken(_in_first(weight, out_first), bias, places)


@exercise.misconception
def the_two_orders_exchanged(weight, bias, num_heads, by_head, out_first):
    places = _places(bias.shape[0], num_heads, not by_head)
    return _taken(_in_first(weight, out_first), bias, places)


@exercise.misconception
def parts_left_out_first(weight, bias, num_heads, by_head, out_first):
    """Cut rightly, but the three kernels are still [out, in]: square, so no error."""
    places = _places(bias.shape[0], num_heads, by_head)
    found = _taken(_in_first(weight, out_first), bias, places)
    return tuple(part.T if out_first and part.ndim == 2 else part for part in found)


@exercise.misconception
def parts_transposed_always(weight, bias, num_heads, by_head, out_first):
    places = _places(bias.shape[0], num_heads, by_head)
    found = _taken(_in_first(weight, out_first), bias, places)
    return tuple(part.T if part.ndim == 2 else part for part in found)


@exercise.misconception
def every_third_column(weight, bias, num_heads, by_head, out_first):
    if by_head:
        places = _places(bias.shape[0], num_heads, True)
    else:
        places = np.arange(bias.shape[0]).reshape(-1, 3).T
    return _taken(_in_first(weight, out_first), bias, places)


@exercise.misconception
def key_before_query(weight, bias, num_heads, by_head, out_first):
    places = _places(bias.shape[0], num_heads, by_head)[[1, 0, 2]]
    return _taken(_in_first(weight, out_first), bias, places)


@exercise.misconception
def value_before_key(weight, bias, num_heads, by_head, out_first):
    places = _places(bias.shape[0], num_heads, by_head)[[0, 2, 1]]
    return _taken(_in_first(weight, out_first), bias, places)


@exercise.misconception
def bias_side_by_side(weight, bias, num_heads, by_head, out_first):
    """The kernels head by head, the bias not."""
    places = _places(bias.shape[0], num_heads, by_head)
    found = _taken(_in_first(weight, out_first), bias, places)
    plain = _taken(
        _in_first(weight, out_first), bias, _places(bias.shape[0], num_heads, False)
    )
    return tuple(f if f.ndim == 2 else p for f, p in zip(found, plain))


@exercise.misconception
def reshaped_instead_of_transposed(weight, bias, num_heads, by_head, out_first):
    """`reshape` to the wanted shape: the numbers stay in their old order."""
    weight = np.array(weight)
    if out_first:
        weight = weight.reshape(weight.shape[::-1])
    return _taken(weight, bias, _places(bias.shape[0], num_heads, by_head))


@exercise.misconception
def axes_of_head_and_kind_exchanged(weight, bias, num_heads, by_head, out_first):
    """Head by head read as [3, heads] where the file has [heads, 3]."""
    outputs = np.arange(bias.shape[0])
    if by_head:
        places = outputs.reshape(3, num_heads, -1).transpose(1, 0, 2).reshape(3, -1)
    else:
        places = outputs.reshape(3, -1)
    return _taken(_in_first(weight, out_first), bias, places)


@exercise.alternative
def with_split(weight, bias, num_heads, by_head, out_first):
    if out_first:
        weight = tf.transpose(weight)
    if not by_head:
        kernels, biases = tf.split(weight, 3, axis=1), tf.split(bias, 3)
    else:
        heads = tf.split(weight, 3 * num_heads, axis=1)
        biases = tf.split(bias, 3 * num_heads)
        kernels = [tf.concat(heads[n::3], axis=1) for n in range(3)]
        biases = [tf.concat(biases[n::3], axis=0) for n in range(3)]
    return tuple(part for pair in zip(kernels, biases) for part in pair)


@exercise.alternative
def with_slices(weight, bias, num_heads, by_head, out_first):
    if out_first:
        weight = ops.transpose(weight)
    size = bias.shape[0] // 3
    if by_head:
        width = size // num_heads
        order = [
            head * 3 * width + kind * width + n
            for kind in range(3)
            for head in range(num_heads)
            for n in range(width)
        ]
        weight, bias = ops.take(weight, order, axis=1), ops.take(bias, order)
    found = []
    for kind in range(3):
        part = slice(kind * size, (kind + 1) * size)
        found += [weight[:, part], bias[part]]
    return found


@exercise.alternative
def by_places(weight, bias, num_heads, by_head, out_first):
    places = _places(bias.shape[0], num_heads, by_head)
    return _taken(_in_first(weight, out_first), bias, places)


@exercise.alternative
def with_einsum(weight, bias, num_heads, by_head, out_first):
    weight = weight.numpy().T if out_first else weight.numpy()
    dim = len(weight)
    if by_head:
        cut = weight.reshape(dim, num_heads, 3, -1)
        kernels = np.einsum("ihkc->kihc", cut).reshape(3, dim, dim)
        biases = np.einsum("hkc->khc", bias.numpy().reshape(num_heads, 3, -1))
    else:
        kernels = np.einsum("ikc->kic", weight.reshape(dim, 3, -1))
        biases = bias.numpy()
    biases = biases.reshape(3, dim)
    return [part for pair in zip(kernels, biases) for part in pair]


@exercise.alternative
def with_out_first(weight, bias, num_heads, by_head, out_first):
    """The other way to hold them: rows are outputs, transposed at the very end."""
    rows = np.array(weight) if out_first else np.array(weight).T
    bias = np.array(bias)
    if by_head:
        rows = rows.reshape(num_heads, 3, -1, rows.shape[1]).swapaxes(0, 1)
        bias = bias.reshape(num_heads, 3, -1).swapaxes(0, 1)
    rows = rows.reshape(3, -1, rows.shape[-1])
    q, k, v = bias.reshape(3, -1)
    return rows[0].T, q, rows[1].T, k, rows[2].T, v


@exercise.alternative
def as_a_product(weight, bias, num_heads, by_head, out_first):
    """A permutation matrix sorts the outputs."""
    places = _places(bias.shape[0], num_heads, by_head).reshape(-1)
    order = np.eye(len(places))[places].T.astype("float32")
    weight = np.array(weight).T if out_first else np.array(weight)
    kernels = np.split(weight @ order, 3, axis=1)
    biases = np.split(np.array(bias) @ order, 3)
    return tuple(part for pair in zip(kernels, biases) for part in pair)
