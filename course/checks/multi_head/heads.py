"""Splitting a width into heads, and merging the heads again."""

import tensorflow as tf
from keras import ops

from course.checks.multi_head.samples import PAPER, UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes
from course.pieces import merge_heads, split_heads

split = Exercise(
    "multi_head.split_heads",
    unit=UNIT,
    answer="split_heads",
    reference=split_heads,
    parts={"values": 3, "square": 1, "one_head": 1},
    returns={"heads": ("batch", "head", "length", "head_dim")},
    forbidden=("course.pieces.split_heads",),
    hints=4,
    difficulty=2,
    importance=5,
    minutes=10,
    paper=PAPER,
)


@split.probe(part="values")
def sizes_differ(rng):
    return Call(floats(rng, 2, 3, 20), 4)


@split.probe(part="values")
def one_sequence(rng):
    return Call(floats(rng, 1, 5, 6), 3)


@split.probe(part="square")
def as_many_heads_as_positions(rng):
    return Call(floats(rng, 2, 4, 16), 4)


@split.probe(part="one_head")
def a_single_head(rng):
    return Call(floats(rng, 2, 3, 5), 1)


@split.promise(
    part="values",
    heads=Sizes(1, 4),
    batch=Sizes(1, 3),
    head_dim=Sizes(1, 5),
    length=Sizes(1, 6),
)
def any_sizes(rng, heads, batch, head_dim, length):
    return Call(floats(rng, batch, length, heads * head_dim), heads)


def _split(x, num_heads):
    return ops.swapaxes(length_before_heads(x, num_heads), 1, 2)


@split.misconception
def reshaped_only(x, num_heads):
    batch, length, dim = x.shape
    return ops.reshape(x, (batch, num_heads, length, dim // num_heads))


@split.misconception
def length_before_heads(x, num_heads):
    batch, length, dim = x.shape
    return ops.reshape(x, (batch, length, num_heads, dim // num_heads))


@split.misconception
def dealt_like_cards(x, num_heads):
    batch, length, dim = x.shape
    pieces = ops.reshape(x, (batch, length, dim // num_heads, num_heads))
    return ops.transpose(pieces, (0, 3, 1, 2))


@split.misconception
def heads_of_that_size(x, num_heads):
    batch, length, dim = x.shape
    pieces = ops.reshape(x, (batch, length, dim // num_heads, num_heads))
    return ops.transpose(pieces, (0, 2, 1, 3))


@split.misconception
def heads_in_the_batch(x, num_heads):
    batch, length, dim = x.shape
    return ops.reshape(_split(x, num_heads), (-1, length, dim // num_heads))


@split.misconception
def heads_before_batch(x, num_heads):
    return ops.transpose(_split(x, num_heads), (1, 0, 2, 3))


@split.misconception
def length_at_the_end(x, num_heads):
    return ops.transpose(_split(x, num_heads), (0, 1, 3, 2))


@split.alternative
def cut_and_stacked(x, num_heads):
    return ops.stack(ops.split(x, num_heads, axis=-1), axis=1)


@split.alternative
def with_tensorflow(x, num_heads):
    shape = tf.shape(x)
    pieces = tf.reshape(x, [shape[0], shape[1], num_heads, -1])
    return tf.transpose(pieces, [0, 2, 1, 3])


@split.alternative
def slice_by_slice(x, num_heads):
    size = x.shape[-1] // num_heads
    pieces = [x[..., n * size : (n + 1) * size] for n in range(num_heads)]
    return ops.swapaxes(ops.stack(pieces, axis=2), 1, 2)


merge = Exercise(
    "multi_head.merge_heads",
    unit=UNIT,
    answer="merge_heads",
    reference=merge_heads,
    parts={"values": 3, "square": 1, "one_head": 1},
    returns={"merged": ("batch", "length", "dim")},
    forbidden=("course.pieces.merge_heads",),
    hints=3,
    difficulty=2,
    importance=5,
    minutes=5,
    paper=PAPER,
)


@merge.probe(part="values")
def all_sizes_differ(rng):
    return Call(floats(rng, 2, 4, 3, 5))


@merge.probe(part="values")
def one_position(rng):
    return Call(floats(rng, 3, 2, 1, 4))


@merge.probe(part="square")
def as_many_positions_as_heads(rng):
    return Call(floats(rng, 2, 3, 3, 4))


@merge.probe(part="one_head")
def only_one_head(rng):
    return Call(floats(rng, 2, 1, 3, 5))


@merge.promise(
    part="values",
    batch=Sizes(1, 3),
    heads=Sizes(1, 4),
    length=Sizes(1, 6),
    head_dim=Sizes(1, 5),
)
def any_heads(rng, **sizes):
    return Call(floats(rng, *sizes.values()))


@merge.misconception
def merged_by_reshape(heads):
    batch, num_heads, length, head_dim = heads.shape
    return ops.reshape(heads, (batch, length, num_heads * head_dim))


@merge.misconception
def heads_averaged(heads):
    return ops.mean(heads, axis=1)


@merge.misconception
def heads_added(heads):
    return ops.sum(heads, axis=1)


@merge.misconception
def heads_interleaved(heads):
    batch, num_heads, length, head_dim = heads.shape
    pieces = ops.transpose(heads, (0, 2, 3, 1))
    return ops.reshape(pieces, (batch, length, head_dim * num_heads))


@merge.misconception
def heads_laid_end_to_end(heads):
    batch, num_heads, length, head_dim = heads.shape
    return ops.reshape(heads, (batch, num_heads * length, head_dim))


@merge.misconception
def not_joined(heads):
    return ops.transpose(heads, (0, 2, 1, 3))


@merge.alternative
def concatenated(heads):
    pieces = [heads[:, n] for n in range(heads.shape[1])]
    return ops.concatenate(pieces, axis=-1)


@merge.alternative
def merged_with_tensorflow(heads):
    shape = tf.shape(heads)
    pieces = tf.transpose(heads, [0, 2, 1, 3])
    return tf.reshape(pieces, [shape[0], shape[2], -1])


@merge.alternative
def unstacked(heads):
    return tf.concat(tf.unstack(heads, axis=1), axis=2)
