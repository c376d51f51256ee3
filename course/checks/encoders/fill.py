"""encoders.fill: the most likely tokens for every mask, and how likely they are."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.encoders.samples import BERT, UNIT, floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import fill_masks

exercise = Exercise(
    "encoders.fill",
    unit=UNIT,
    answer="fill_masks",
    reference=fill_masks,
    parts={"masks": 3, "ties": 1, "all": 1},
    returns={"tokens": ("mask", "rank"), "probabilities": ("mask", "rank")},
    forbidden=("course.pieces.fill_masks",),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper=BERT,
)

MASK = 4


def _call(rng, masks, k, length=6, vocabulary=9):
    """Texts with masks at these places; every row of logits is a permutation."""
    ids = rng.integers(5, 30_000, size=(len(masks), length))
    for row, places in zip(ids, masks, strict=True):
        row[list(places)] = MASK
    scores = np.linspace(-2, 2.4, vocabulary)
    order = rng.permuted(np.tile(scores, (len(masks), length, 1)), axis=-1)
    # Places differ in their scale, so that a softmax over places is another one.
    scale = rng.uniform(0.7, 1.3, size=(len(masks), length, 1))
    return Call((order * scale).astype("float32"), ids.astype("int32"), MASK, k)


@exercise.probe(part="masks")
def several_masks(rng):
    return _call(rng, [(1, 4), (), (0,), (2, 3, 5)], k=3)


@exercise.probe(part="masks")
def one_mask_one_token(rng):
    return _call(rng, [(), (3,)], k=1)


@exercise.probe(part="masks")
def special_tokens_are_likely(rng):
    """The mask's own id is the best one: it stays among the answers."""
    case = _call(rng, [(2,), (1,)], k=2)
    logits, ids = (array.values.copy() for array in case.request.args[:2])
    logits[..., MASK] += 6
    return Call(logits, ids, MASK, 2)


@exercise.probe(part="masks")
def ids_above_a_byte(rng):
    case = _call(rng, [(2,), (1,)], k=3, vocabulary=300)
    logits, ids = (array.values.copy() for array in case.request.args[:2])
    logits[..., (299, 260, 280)] += (20, 18, 16)
    return Call(logits, ids, MASK, 3)


@exercise.probe(part="ties")
def a_hundred_tokens_alike(rng):
    """So many that a sort which is not stable puts another id first."""
    case = _call(rng, [(2,), (1,)], k=3, vocabulary=300)
    logits, ids = (array.values.copy() for array in case.request.args[:2])
    logits[:] = np.arange(300) % 3 == 1
    return Call(logits, ids, MASK, 3)


@exercise.probe(part="ties")
def equally_likely(rng):
    """Of every four tokens alike, two fit."""
    case = _call(rng, [(1, 3), (4,)], k=2, vocabulary=8)
    logits = np.zeros((2, 6, 8), "float32")
    for row in logits.reshape(-1, 8):
        row[rng.choice(8, 4, replace=False)] = 1
    return Call(logits, case.request.args[1].values, MASK, 2)


@exercise.probe(part="all")
def the_whole_vocabulary(rng):
    return _call(rng, [(1,), (0, 5)], k=9)


@exercise.promise(
    part="all",
    batch=Sizes(1, 4),
    length=Sizes(1, 7),
    vocabulary=OneOf(1, 6, 300),
    k=OneOf(1, 2, "all"),
    mask_id=OneOf(0, 103, 29_999),
)
def any_texts(rng, batch, length, vocabulary, k, mask_id):
    ids = rng.integers(200, 29_000, size=(batch, length))
    ids[rng.random(ids.shape) < 0.4] = mask_id
    ids.flat[-1] = mask_id
    most = vocabulary if k == "all" else min(k, vocabulary)
    logits = 2 * floats(rng, batch, length, vocabulary)
    return Call(logits, ids.astype("int32"), mask_id, most)


def _rows(values, ids, mask_id):
    """[masks, ...] of [batch, length, ...], text by text."""
    return tf.boolean_mask(values, ids == mask_id)


def _best(probabilities, k):
    values, tokens = tf.math.top_k(probabilities, k)
    return tokens, values


@exercise.misconception
def renormalised(logits, ids, mask_id, k):
    rows = tf.nn.softmax(_rows(logits, ids, mask_id))
    tokens, values = _best(rows, k)
    return tokens, values / tf.reduce_sum(values, axis=-1, keepdims=True)


@exercise.misconception
def over_the_places(logits, ids, mask_id, k):
    return _best(_rows(tf.nn.softmax(logits, axis=1), ids, mask_id), k)


@exercise.misconception
def logits_returned(logits, ids, mask_id, k):
    return _best(_rows(logits, ids, mask_id), k)


@exercise.misconception
def logarithms_returned(logits, ids, mask_id, k):
    return _best(tf.nn.log_softmax(_rows(logits, ids, mask_id)), k)


@exercise.misconception
def first_mask_of_each_text(logits, ids, mask_id, k):
    is_mask = tf.cast(ids == mask_id, tf.int32)
    first = tf.cast(is_mask * tf.cumsum(is_mask, axis=1) == 1, tf.bool)
    return _best(tf.nn.softmax(tf.boolean_mask(logits, first)), k)


@exercise.misconception
def least_likely(logits, ids, mask_id, k):
    rows = tf.nn.softmax(_rows(logits, ids, mask_id))
    values, tokens = tf.math.top_k(-rows, k)
    return tokens, -values


@exercise.misconception
def ascending(logits, ids, mask_id, k):
    tokens, values = _best(tf.nn.softmax(_rows(logits, ids, mask_id)), k)
    return tokens[:, ::-1], values[:, ::-1]


@exercise.misconception
def place_before(logits, ids, mask_id, k):
    """The habit of a causal model: the logits one place to the left."""
    return _best(tf.nn.softmax(_rows(tf.roll(logits, 1, axis=1), ids, mask_id)), k)


@exercise.misconception
def every_place(logits, ids, mask_id, k):
    return _best(tf.nn.softmax(logits), k)


@exercise.misconception
def higher_id_first(logits, ids, mask_id, k):
    """What `argsort` turned round does with equally likely tokens."""
    rows = tf.nn.softmax(_rows(logits, ids, mask_id))
    tokens = tf.argsort(rows, axis=-1, stable=True)[:, ::-1][:, :k]
    return tokens, tf.gather(rows, tokens, batch_dims=1)


@exercise.misconception
def exchanged(logits, ids, mask_id, k):
    tokens, values = _best(tf.nn.softmax(_rows(logits, ids, mask_id)), k)
    return values, tokens


@exercise.misconception
def the_mask_left_out(logits, ids, mask_id, k):
    """A mask is no answer, people say; here it is asked what the model believes."""
    rows = tf.nn.softmax(_rows(logits, ids, mask_id))
    known = tf.range(tf.shape(rows)[-1]) != mask_id
    tokens, _ = _best(tf.where(known, rows, -1.0), k)
    return tokens, tf.gather(rows, tokens, batch_dims=1)


@exercise.alternative
def with_boolean_mask(logits, ids, mask_id, k):
    return _best(tf.nn.softmax(tf.boolean_mask(logits, ids == mask_id)), k)


@exercise.alternative
def with_where(logits, ids, mask_id, k):
    places = tf.where(tf.equal(ids, mask_id))
    rows = tf.nn.softmax(tf.gather_nd(logits, places), axis=-1)
    found = tf.math.top_k(rows, k=k)
    return found.indices, found.values


@exercise.alternative
def by_sorting(logits, ids, mask_id, k):
    rows = ops.softmax(_rows(logits, ids, mask_id), axis=-1)
    tokens = tf.argsort(-rows, axis=-1, stable=True)[:, :k]
    return tokens, ops.take_along_axis(rows, tokens, axis=-1)


@exercise.alternative
def in_numpy(logits, ids, mask_id, k):
    rows = np.asarray(logits)[np.asarray(ids) == mask_id]
    odds = np.exp(rows - rows.max(axis=-1, keepdims=True))
    p = odds / odds.sum(axis=-1, keepdims=True)
    tokens = np.argsort(-p, axis=-1, kind="stable")[:, :k]
    return tokens, np.take_along_axis(p, tokens, axis=-1)


@exercise.alternative
def mask_by_mask(logits, ids, mask_id, k):
    tokens, probabilities = [], []
    for text in range(ids.shape[0]):
        for place in range(ids.shape[1]):
            if int(ids[text, place]) == mask_id:
                found = tf.math.top_k(tf.nn.softmax(logits[text, place]), k)
                tokens.append(found.indices)
                probabilities.append(found.values)
    return tf.stack(tokens), tf.stack(probabilities)


@exercise.alternative
def of_the_logits_first(logits, ids, mask_id, k):
    """The order of the logits is that of the probabilities."""
    rows = _rows(logits, ids, mask_id)
    values, tokens = ops.top_k(rows, k)
    return tokens, ops.exp(values - ops.logsumexp(rows, axis=-1, keepdims=True))
