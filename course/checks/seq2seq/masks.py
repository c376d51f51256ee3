"""seq2seq.masks: the three masks of an encoder-decoder."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.seq2seq.samples import TRANSFORMER, UNIT, behind
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import three_masks

exercise = Exercise(
    "seq2seq.masks",
    unit=UNIT,
    answer="three_masks",
    reference=three_masks,
    parts={"whole_rows": 1, "padding": 3},
    returns={
        "encoder": ("batch", "query", "key"),
        "decoder": ("batch", "query", "key"),
        "cross": ("batch", "query", "key"),
    },
    forbidden=(
        "course.pieces.three_masks",
        "transformer_tf.causal_mask",
        "transformer_tf.padding_mask",
    ),
    hints=3,
    difficulty=2,
    importance=5,
    minutes=15,
    paper=TRANSFORMER,
)

right = exercise.reference  # a copy: nobody may call the answer itself


def _call(rng, batch, source, target, side="behind"):
    """The target's long rows are the source's short ones."""
    one, other = behind(rng, batch, source), behind(rng, batch, target)[::-1]
    if side == "in_front":
        one, other = one[:, ::-1], other[:, ::-1]
    elif side == "none":
        one, other = np.ones_like(one), np.ones_like(other)
    return Call(np.ascontiguousarray(one), np.ascontiguousarray(other))


@exercise.probe(part="whole_rows")
def no_padding(rng):
    return _call(rng, 2, 5, 4, "none")


@exercise.probe(part="padding")
def source_is_longer(rng):
    return _call(rng, 3, 7, 5)


@exercise.probe(part="padding")
def target_is_longer(rng):
    return _call(rng, 2, 4, 6)


@exercise.promise(
    part="padding",
    batch=Sizes(1, 4),
    source=Sizes(1, 8),
    target=Sizes(1, 7),
    side=OneOf("behind", "in_front", "none"),
)
def any_texts(rng, batch, source, target, side):
    return _call(rng, batch, source, target, side)


def _keys(real, queries):
    return ops.broadcast_to(real[:, None], (real.shape[0], queries, real.shape[1]))


def _earlier(length):
    places = ops.arange(length)
    return places <= places[:, None]


def _with(source_real, target_real, **changed):
    masks = zip(("encoder", "decoder", "cross"), right(source_real, target_real))
    return tuple(changed.get(name, mask) for name, mask in masks)


@exercise.misconception
def cross_asks_the_target(source_real, target_real):
    """Whether the query is real, not whether the key is."""
    shape = (*target_real.shape, source_real.shape[1])
    cross = ops.broadcast_to(target_real[:, :, None], shape)
    return _with(source_real, target_real, cross=cross)


@exercise.misconception
def cross_is_causal(source_real, target_real):
    cross = right(source_real, target_real)[2]
    queries, keys = (ops.arange(n) for n in cross.shape[1:])
    cross = ops.logical_and(cross, keys <= queries[:, None])
    return _with(source_real, target_real, cross=cross)


@exercise.misconception
def decoder_sees_the_future(source_real, target_real):
    decoder = _keys(target_real, target_real.shape[1])
    return _with(source_real, target_real, decoder=decoder)


@exercise.misconception
def decoder_sees_padding(source_real, target_real):
    batch, length = target_real.shape
    decoder = ops.broadcast_to(_earlier(length), (batch, length, length))
    return _with(source_real, target_real, decoder=decoder)


@exercise.misconception
def not_even_itself(source_real, target_real):
    places = ops.arange(target_real.shape[1])
    earlier = places < places[:, None]
    decoder = ops.logical_and(earlier, target_real[:, None])
    return _with(source_real, target_real, decoder=decoder)


@exercise.misconception
def encoder_is_causal(source_real, target_real):
    length = source_real.shape[1]
    encoder = ops.logical_and(_earlier(length), source_real[:, None])
    return _with(source_real, target_real, encoder=encoder)


@exercise.misconception
def queries_masked_not_keys(source_real, target_real):
    """Rows of padding are hidden, and everybody may look at padding."""
    length = source_real.shape[1]
    shape = (*source_real.shape, length)
    encoder = ops.broadcast_to(source_real[:, :, None], shape)
    return _with(source_real, target_real, encoder=encoder)


@exercise.misconception
def upside_down(source_real, target_real):
    """Only what comes later may be seen."""
    later = ops.transpose(_earlier(target_real.shape[1]))
    decoder = ops.logical_and(later, target_real[:, None])
    return _with(source_real, target_real, decoder=decoder)


@exercise.misconception
def true_hides(source_real, target_real):
    """True for what may not be seen, as in PyTorch's own layers."""
    return tuple(ops.logical_not(mask) for mask in right(source_real, target_real))


@exercise.misconception
def queries_masked_too(source_real, target_real):
    """Rows of padding see nothing: softmax over nothing may give NaN."""
    encoder, decoder, cross = right(source_real, target_real)
    return (
        ops.logical_and(encoder, source_real[:, :, None]),
        ops.logical_and(decoder, target_real[:, :, None]),
        ops.logical_and(cross, target_real[:, :, None]),
    )


@exercise.alternative
def with_tril(source_real, target_real):
    source, target = np.array(source_real), np.array(target_real)
    (batch, keys), length = source.shape, target.shape[1]
    encoder = np.broadcast_to(source[:, None], (batch, keys, keys))
    decoder = np.tri(length, dtype=bool) & target[:, None]
    return encoder, decoder, np.broadcast_to(source[:, None], (batch, length, keys))


@exercise.alternative
def with_band_part(source_real, target_real):
    length = target_real.shape[1]
    band = tf.linalg.band_part(tf.ones((length, length)), -1, 0) > 0
    encoder = tf.repeat(source_real[:, None], source_real.shape[1], axis=1)
    cross = tf.repeat(source_real[:, None], length, axis=1)
    return encoder, band & target_real[:, None], cross


@exercise.alternative
def with_products(source_real, target_real):
    source, target = (tf.cast(real, tf.float32) for real in (source_real, target_real))
    ones = tf.ones_like
    encoder = tf.einsum("bq,bk->bqk", ones(source), source)
    cross = tf.einsum("bq,bk->bqk", ones(target), source)
    decoder = tf.einsum("bq,bk->bqk", ones(target), target)
    decoder = tf.linalg.band_part(decoder, -1, 0)
    return encoder > 0, decoder > 0, cross > 0


@exercise.alternative
def with_loops(source_real, target_real):
    (batch, keys), length = source_real.shape, target_real.shape[1]
    encoder = np.zeros((batch, keys, keys), bool)
    decoder = np.zeros((batch, length, length), bool)
    cross = np.zeros((batch, length, keys), bool)
    for row in range(batch):
        encoder[row, :] = cross[row, :] = source_real[row]
        for query in range(length):
            decoder[row, query, : query + 1] = target_real[row, : query + 1]
    return encoder, decoder, cross


@exercise.alternative
def by_tiling(source_real, target_real):
    keys, length = source_real.shape[1], target_real.shape[1]
    places = tf.range(length)
    encoder = tf.tile(source_real[:, None, :], (1, keys, 1))
    decoder = tf.tile(target_real[:, None, :], (1, length, 1))
    decoder = tf.logical_and(decoder, places[:, None] >= places[None, :])
    return encoder, decoder, tf.tile(source_real[:, None, :], (1, length, 1))


@exercise.alternative
def by_stacking_rows(source_real, target_real):
    source, target = np.array(source_real), np.array(target_real)
    keys, length = source.shape[1], target.shape[1]
    encoder = np.stack([source] * keys, axis=1)
    steps = [np.where(np.arange(length) <= n, target, False) for n in range(length)]
    return encoder, np.stack(steps, axis=1), np.stack([source] * length, axis=1)
