"""Keys and locks: one query finds its value; words become queries, keys and values."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.attention.samples import PAPER, UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes


def look_up(query, keys, values):
    """Gives back the value whose key fits one query best.

    Args:
        query: [dim] floats: the lock, what is looked for.
        keys: [key, dim] floats: what each word offers to open it with.
        values: [key, value_dim] floats: what each word has to say.

    Returns:
        scores: [key] floats: how well each key fits, its dot product with the query.
        value: [value_dim] floats: the value of the key with the highest score.
    """
    scores = ops.matmul(keys, query)
    best = ops.argmax(scores)
    return scores, ops.take(values, best, axis=0)


lookup = Exercise(
    "attention.look_up",
    unit=UNIT,
    answer="look_up",
    reference=look_up,
    parts={"fit": 2, "order": 1},
    returns={"scores": ("key",), "value": ("value_dim",)},
    intermediates=("best",),
    forbidden=(f"{__name__}.look_up",),
    hints=3,
    difficulty=1,
    importance=4,
    minutes=8,
    paper="https://arxiv.org/abs/1410.5401",
)


@lookup.probe(part="fit")
def five_keys(rng):
    return Call(floats(rng, 4), floats(rng, 5, 4), floats(rng, 5, 3))


@lookup.probe(part="fit")
def every_key_fits_badly(rng):
    """All scores are negative, the last least so."""
    query = 1 + rng.random(4).astype("float32")
    keys = -query * (7 - rng.random(6).cumsum()[:, None]).astype("float32")
    return Call(query, keys, floats(rng, 6, 3))


@lookup.probe(part="fit")
def one_key(rng):
    return Call(floats(rng, 4), floats(rng, 1, 4), floats(rng, 1, 3))


@lookup.probe(part="fit")
def a_long_key(rng):
    """The key that points best is short; the key with the highest score is long."""
    query = floats(rng, 4)
    keys = floats(rng, 5, 4) * 0.1
    keys[1] = 0.5 * query
    keys[3] = 2 * query + 0.5 * floats(rng, 4)
    return Call(query, keys, floats(rng, 5, 3))


@lookup.property(part="order")
def order_of_keys_is_free(rng):
    query, keys, values = floats(rng, 4), floats(rng, 5, 4), floats(rng, 5, 3)
    order = np.roll(np.arange(5), rng.integers(1, 5))  # no key stays where it was
    first, second = yield [
        Call(query, keys, values),
        Call(query, keys[order], values[order]),
    ]
    scores, value = (x.values for x in first.output)
    moved_scores, same_value = (x.values for x in second.output)
    return (
        abs(scores[order] - moved_scores).max() < 1e-5
        and abs(value - same_value).max() < 1e-5
    )


@lookup.promise(
    part="fit",
    dim=Sizes(1, 6),
    keys=Sizes(1, 9),
    value_dim=Sizes(1, 5),
    best=OneOf(0, 0.5, 1),
)
def any_sizes(rng, dim, keys, value_dim, best):
    """The key that fits best stands first, halfway or last."""
    query, offered = floats(rng, dim), floats(rng, keys, dim)
    place, fits_best = int(best * (keys - 1)), np.argmax(offered @ query)
    offered[[place, fits_best]] = offered[[fits_best, place]]
    return Call(query, offered, floats(rng, keys, value_dim))


def _found(values, best):
    return ops.take(values, best, axis=0)


@lookup.misconception
def lowest_score(query, keys, values):
    scores = ops.matmul(keys, query)
    return scores, _found(values, ops.argmin(scores))


@lookup.misconception
def largest_size(query, keys, values):
    scores = ops.matmul(keys, query)
    return scores, _found(values, ops.argmax(ops.abs(scores)))


@lookup.misconception
def angle_not_product(query, keys, values):
    lengths = ops.norm(keys, axis=-1) * ops.norm(query)
    scores = ops.matmul(keys, query) / lengths
    return scores, _found(values, ops.argmax(scores))


@lookup.misconception
def distance_not_product(query, keys, values):
    scores = ops.norm(keys - query, axis=-1)
    return scores, _found(values, ops.argmin(scores))


@lookup.misconception
def summed_over_keys(query, keys, values):
    scores = ops.sum(keys * query, axis=0)
    return scores, _found(values, ops.argmax(scores))


@lookup.misconception
def key_returned(query, keys, values):
    scores = ops.matmul(keys, query)
    return scores, _found(keys, ops.argmax(scores))


@lookup.misconception
def place_returned(query, keys, values):
    scores = ops.matmul(keys, query)
    return scores, ops.argmax(scores)


@lookup.misconception
def weights_returned(query, keys, values):
    scores = ops.matmul(keys, query)
    return ops.softmax(scores), _found(values, ops.argmax(scores))


@lookup.misconception
def values_averaged(query, keys, values):
    scores = ops.matmul(keys, query)
    return scores, ops.matmul(ops.softmax(scores), values)


@lookup.alternative
def multiplied_and_summed(query, keys, values):
    scores = ops.sum(keys * query, axis=-1)
    return scores, values[ops.argmax(scores)]


@lookup.alternative
def key_by_key(query, keys, values):
    scores = [tf.tensordot(key, query, 1) for key in tf.unstack(keys)]
    best = max(range(len(scores)), key=lambda place: scores[place])
    return tf.stack(scores), values[best]


@lookup.alternative
def with_one_hot(query, keys, values):
    scores = tf.linalg.matvec(keys, query)
    chosen = tf.one_hot(tf.argmax(scores), tf.size(scores), dtype=values.dtype)
    return scores, tf.einsum("k,kd->d", chosen, values)


def project(looking, looked_at, query_kernel, key_kernel, value_kernel):
    """Turns word vectors into queries, keys and values.

    Args:
        looking: [batch, query, dim] floats: the words that look.
        looked_at: [batch, key, dim] floats: the words that are looked at; the same
            words in self-attention.
        query_kernel: [dim, head_dim] floats: what a word looks for.
        key_kernel: [dim, head_dim] floats: what a word offers.
        value_kernel: [dim, value_dim] floats: what a word says.

    Returns:
        query: [batch, query, head_dim] floats.
        key: [batch, key, head_dim] floats.
        value: [batch, key, value_dim] floats.
    """
    query = ops.matmul(looking, query_kernel)
    key = ops.matmul(looked_at, key_kernel)
    value = ops.matmul(looked_at, value_kernel)
    return query, key, value


projection = Exercise(
    "attention.project",
    unit=UNIT,
    answer="project",
    reference=project,
    parts={"itself": 2, "others": 2, "gradient": 1},
    returns={
        "query": ("batch", "query", "head_dim"),
        "key": ("batch", "key", "head_dim"),
        "value": ("batch", "key", "value_dim"),
    },
    forbidden=(f"{__name__}.project",),
    hints=3,
    difficulty=1,
    importance=5,
    minutes=8,
    paper=PAPER,
)


def _words_and_kernels(rng, words=3, others=5, dim=4, head_dim=6, value_dim=7):
    return [
        floats(rng, 2, words, dim),
        floats(rng, 2, others, dim),
        floats(rng, dim, head_dim),
        floats(rng, dim, head_dim),
        floats(rng, dim, value_dim),
    ]


@projection.probe(part="itself")
def square_kernels(rng):
    words, _, *kernels = _words_and_kernels(rng, head_dim=4, value_dim=4)
    return Call(words, words, *kernels)


@projection.probe(part="itself")
def sizes_differ(rng):
    words, _, *kernels = _words_and_kernels(rng)
    return Call(words, words, *kernels)


@projection.probe(part="others")
def other_words(rng):
    return Call(*_words_and_kernels(rng, words=5, others=5))


@projection.probe(part="others")
def more_words_than_queries(rng):
    return Call(*_words_and_kernels(rng))


@projection.probe(part="gradient")
def gradients_of_kernels(rng):
    arguments = _words_and_kernels(rng)
    shapes = [(2, 3, 6), (2, 5, 6), (2, 5, 7)]
    cotangents = tuple(floats(rng, *shape) for shape in shapes)
    return Call(*arguments).asking(gradient=cotangents)


@projection.promise(
    part="others",
    batch=Sizes(1, 3),
    words=Sizes(1, 6),
    others=Sizes(1, 7),
    dim=Sizes(1, 4),
    head_dim=Sizes(1, 5),
    value_dim=Sizes(1, 8),
)
def any_projection(rng, batch, **sizes):
    looking, looked_at, *kernels = _words_and_kernels(rng, **sizes)
    looking, looked_at = (np.repeat(x[:1], batch, axis=0) for x in (looking, looked_at))
    return Call(looking + floats(rng, batch, 1, 1), looked_at, *kernels)


def _three(*pairs):
    """Words times kernel, three times; the mistakes below choose others."""
    return tuple(ops.matmul(words, kernel) for words, kernel in pairs)


def _right(looking, looked_at, query_kernel, key_kernel, value_kernel):
    others = (looked_at, key_kernel), (looked_at, value_kernel)
    return _three((looking, query_kernel), *others)


@projection.misconception
def all_from_looking(looking, looked_at, query_kernel, key_kernel, value_kernel):
    return _three(
        (looking, query_kernel), (looking, key_kernel), (looking, value_kernel)
    )


@projection.misconception
def all_from_looked_at(looking, looked_at, query_kernel, key_kernel, value_kernel):
    return _three(
        (looked_at, query_kernel), (looked_at, key_kernel), (looked_at, value_kernel)
    )


@projection.misconception
def roles_exchanged(looking, looked_at, query_kernel, key_kernel, value_kernel):
    return _three(
        (looked_at, query_kernel), (looking, key_kernel), (looking, value_kernel)
    )


@projection.misconception
def value_from_looking(looking, looked_at, query_kernel, key_kernel, value_kernel):
    return _three(
        (looking, query_kernel), (looked_at, key_kernel), (looking, value_kernel)
    )


@projection.misconception
def value_not_projected(looking, looked_at, query_kernel, key_kernel, value_kernel):
    query, key, _ = _right(looking, looked_at, query_kernel, key_kernel, value_kernel)
    return query, key, looked_at


@projection.misconception
def one_kernel_for_both(looking, looked_at, query_kernel, key_kernel, value_kernel):
    return _three(
        (looking, query_kernel), (looked_at, query_kernel), (looked_at, value_kernel)
    )


@projection.misconception
def query_and_key_swapped(looking, looked_at, query_kernel, key_kernel, value_kernel):
    return _three(
        (looking, key_kernel), (looked_at, query_kernel), (looked_at, value_kernel)
    )


@projection.misconception
def kernels_transposed(looking, looked_at, query_kernel, key_kernel, value_kernel):
    kernels = (query_kernel, key_kernel, value_kernel)
    return _right(looking, looked_at, *map(ops.transpose, kernels))


@projection.misconception
def squashed(looking, looked_at, query_kernel, key_kernel, value_kernel):
    three = _right(looking, looked_at, query_kernel, key_kernel, value_kernel)
    return tuple(ops.relu(x) for x in three)


@projection.misconception
def scaled_too_early(looking, looked_at, query_kernel, key_kernel, value_kernel):
    query, key, value = _right(
        looking, looked_at, query_kernel, key_kernel, value_kernel
    )
    return query / query.shape[-1] ** 0.5, key, value


@projection.misconception
def one_kernel_for_all(looking, looked_at, query_kernel, key_kernel, value_kernel):
    others = (looked_at, query_kernel), (looked_at, query_kernel)
    return _three((looking, query_kernel), *others)


@projection.alternative
def with_einsum(looking, looked_at, query_kernel, key_kernel, value_kernel):
    query = ops.einsum("bqd,dh->bqh", looking, query_kernel)
    key = ops.einsum("bkd,dh->bkh", looked_at, key_kernel)
    value = ops.einsum("bkd,dv->bkv", looked_at, value_kernel)
    return query, key, value


@projection.alternative
def key_and_value_together(looking, looked_at, query_kernel, key_kernel, value_kernel):
    both = looked_at @ tf.concat([key_kernel, value_kernel], axis=-1)
    sizes = [key_kernel.shape[-1], value_kernel.shape[-1]]
    key, value = tf.split(both, sizes, axis=-1)
    return looking @ query_kernel, key, value


@projection.alternative
def with_tensordot(looking, looked_at, query_kernel, key_kernel, value_kernel):
    return (
        tf.tensordot(looking, query_kernel, axes=1),
        tf.tensordot(looked_at, key_kernel, axes=1),
        tf.tensordot(looked_at, value_kernel, axes=1),
    )
