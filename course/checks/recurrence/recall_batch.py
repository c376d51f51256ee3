"""recurrence.recall_batch: the data of the recall task."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.recurrence.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def recall_batch(first, noise, symbols, noises):
    ids = ops.concatenate([first[:, None], symbols + noise], axis=1)
    return ops.one_hot(ids, symbols + noises), first


exercise = Exercise(
    "recurrence.recall_batch",
    unit=UNIT,
    answer="recall_batch",
    reference=recall_batch,
    parts={"values": 3, "distance": 1, "compiled": 1},
    returns={"inputs": ("batch", "step", "symbol"), "targets": ("batch",)},
    forbidden=(),
    hints=4,
    difficulty=2,
    importance=3,
    minutes=10,
    paper="https://doi.org/10.1162/neco.1997.9.8.1735",
)


def _arguments(rng, batch=6, distance=4, symbols=3, noises=5):
    first = rng.integers(0, symbols, batch).astype("int32")
    noise = rng.integers(0, noises, (batch, distance)).astype("int32")
    first[:2], first[-1] = (0, 1), symbols - 1
    noise[:1], noise[-1:] = noises - 1, 0
    return first, noise, symbols, noises


@exercise.probe(part="values")
def sizes_differ(rng):
    return Call(*_arguments(rng))


@exercise.probe(part="values")
def as_many_noises_as_symbols(rng):
    return Call(*_arguments(rng, batch=5, distance=6, symbols=4, noises=4))


@exercise.probe(part="distance")
def nothing_in_between(rng):
    return Call(*_arguments(rng, batch=4, distance=0))


@exercise.probe(part="distance")
def far_away(rng):
    return Call(*_arguments(rng, batch=3, distance=50, symbols=2, noises=3))


@exercise.probe(part="compiled")
def in_a_graph(rng):
    return Call(*_arguments(rng)).asking(mode="graph")


@exercise.promise(
    part="values",
    batch=Sizes(1, 5),
    distance=Sizes(0, 9),
    symbols=OneOf(1, 4, 300),
    noises=OneOf(1, 3, 300),
)
def any_sizes(rng, batch, distance, symbols, noises):
    first = rng.integers(0, symbols, batch).astype("int32")
    first[0] = symbols - 1
    noise = rng.integers(0, noises, (batch, distance)).astype("int32")
    return Call(first, noise, symbols, noises)


def _ids(first, noise, symbols):
    return ops.concatenate([first[:, None], symbols + noise], axis=1)


@exercise.misconception
def noise_not_shifted(first, noise, symbols, noises):
    ids = ops.concatenate([first[:, None], noise], axis=1)
    return ops.one_hot(ids, symbols + noises), first


@exercise.misconception
def shifted_by_noises(first, noise, symbols, noises):
    ids = ops.concatenate([first[:, None], noises + noise], axis=1)
    return ops.one_hot(ids, symbols + noises), first


@exercise.misconception
def noise_first(first, noise, symbols, noises):
    ids = ops.concatenate([symbols + noise, first[:, None]], axis=1)
    return ops.one_hot(ids, symbols + noises), first


@exercise.misconception
def last_is_the_target(first, noise, symbols, noises):
    ids = _ids(first, noise, symbols)
    return ops.one_hot(ids, symbols + noises), ids[:, -1]


@exercise.misconception
def targets_one_hot(first, noise, symbols, noises):
    ids = _ids(first, noise, symbols)
    return ops.one_hot(ids, symbols + noises), ops.one_hot(first, symbols)


@exercise.misconception
def target_at_every_step(first, noise, symbols, noises):
    ids = _ids(first, noise, symbols)
    targets = ops.broadcast_to(first[:, None], ids.shape)
    return ops.one_hot(ids, symbols + noises), targets


@exercise.misconception
def only_symbols_counted(first, noise, symbols, noises):
    return ops.one_hot(_ids(first, noise, symbols), symbols), first


@exercise.misconception
def only_noises_counted(first, noise, symbols, noises):
    return ops.one_hot(_ids(first, noise, symbols), noises), first


@exercise.misconception
def ids_not_one_hot(first, noise, symbols, noises):
    return _ids(first, noise, symbols), first


@exercise.misconception
def first_forgotten(first, noise, symbols, noises):
    return ops.one_hot(symbols + noise, symbols + noises), first


@exercise.misconception
def symbol_repeated(first, noise, symbols, noises):
    ids = ops.broadcast_to(first[:, None], [len(first), noise.shape[1] + 1])
    return ops.one_hot(ids, symbols + noises), first


@exercise.misconception
def steps_before_batch(first, noise, symbols, noises):
    ids = ops.transpose(_ids(first, noise, symbols))
    return ops.one_hot(ids, symbols + noises), first


@exercise.alternative
def with_tensorflow(first, noise, symbols, noises):
    ids = tf.concat([tf.expand_dims(first, 1), noise + symbols], 1)
    return tf.one_hot(ids, depth=symbols + noises), tf.identity(first)


@exercise.alternative
def two_blocks(first, noise, symbols, noises):
    head = tf.pad(tf.one_hot(first, symbols)[:, None], [[0, 0], [0, 0], [0, noises]])
    tail = tf.pad(tf.one_hot(noise, noises), [[0, 0], [0, 0], [symbols, 0]])
    return tf.concat([head, tail], axis=1), tf.cast(first, tf.int64)


@exercise.alternative
def rows_of_the_identity(first, noise, symbols, noises):
    rows = tf.constant(np.eye(symbols + noises, dtype="float32"))
    ids = tf.pad(noise + symbols, [[0, 0], [1, 0]])
    ids += tf.pad(first[:, None], [[0, 0], [0, noise.shape[1]]])
    return tf.gather(rows, ids), first
