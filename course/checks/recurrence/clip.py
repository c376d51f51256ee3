"""recurrence.clip: the answer to gradients that explode."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.recurrence.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes


def right_clipping(gradients, max_norm):
    squares = [ops.sum(ops.square(gradient)) for gradient in gradients]
    norm = ops.sqrt(sum(squares))
    scale = ops.minimum(1.0, max_norm / ops.maximum(norm, 1e-12))
    return [gradient * scale for gradient in gradients], norm


clip = Exercise(
    "recurrence.clip",
    unit=UNIT,
    answer="clip_gradients",
    reference=right_clipping,
    parts={"norm": 1, "large": 2, "small": 1, "zero": 1, "compiled": 1},
    returns={"norm": (), "clipped": ()},
    outputs=("clipped", "norm"),
    forbidden=(
        "tensorflow.clip_by_global_norm",
        "tensorflow.clip_by_norm",
        "tensorflow.linalg.global_norm",
    ),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/1211.5063",
)


def _gradients(rng, norm):
    """Gradients of a kernel, a recurrent kernel and a bias, with this norm in all."""
    found = [floats(rng, 3, 4), 4 * floats(rng, 4, 4), floats(rng, 4)]
    size = np.sqrt(sum(np.sum(np.square(gradient)) for gradient in found))
    return [gradient * np.float32(norm / size) for gradient in found]


@clip.probe(part="norm")
def one_gradient(rng):
    return Call(_gradients(rng, 7.0)[:1], 0.3)  # far below, whatever was drawn


@clip.probe(part="large")
def exploded(rng):
    return Call(_gradients(rng, 20.0), 5.0)


@clip.probe(part="large")
def just_above(rng):
    return Call(_gradients(rng, 2.5), 2.0)


@clip.probe(part="small")
def below(rng):
    return Call(_gradients(rng, 0.7), 3.0)


@clip.probe(part="zero")
def nothing_to_clip(rng):
    return Call([np.zeros((2, 3), "float32"), np.zeros(3, "float32")], 2.0)


@clip.probe(part="compiled")
def in_a_graph(rng):
    return Call(_gradients(rng, 9.0), 2.0).asking(mode="graph")


@clip.promise(
    part="large",
    count=Sizes(1, 6),
    rank=Sizes(0, 4),
    norm=OneOf(0.5, 5.0, 1e4),
    max_norm=OneOf(0.1, 1.0, 3.0),
)
def any_gradients(rng, count, rank, norm, max_norm):
    """Gradients of any shapes; never just as long as allowed."""
    shapes = [rng.integers(1, 4, size=rank) for _ in range(count)]
    found = [1 + rng.random(shape) for shape in shapes]
    size = np.sqrt(sum(np.sum(np.square(gradient)) for gradient in found))
    scaled = [np.asarray(g * norm / size, dtype="float32") for g in found]
    return Call(scaled, max_norm)


def _norm(gradients):
    return ops.sqrt(sum(ops.sum(ops.square(gradient)) for gradient in gradients))


def _scaled(gradients, scale):
    return [gradient * scale for gradient in gradients]


def _scale(norm, max_norm):
    return ops.minimum(1.0, max_norm / ops.maximum(norm, 1e-12))


@clip.misconception
def each_by_its_own_norm(gradients, max_norm):
    clipped = [g * _scale(_norm([g]), max_norm) for g in gradients]
    return clipped, _norm(gradients)


@clip.misconception
def each_value_clipped(gradients, max_norm):
    clipped = [ops.clip(g, -max_norm, max_norm) for g in gradients]
    return clipped, _norm(gradients)


@clip.misconception
def always_rescaled(gradients, max_norm):
    norm = _norm(gradients)
    return _scaled(gradients, max_norm / ops.maximum(norm, 1e-12)), norm


@clip.misconception
def norms_added(gradients, max_norm):
    norm = sum(_norm([gradient]) for gradient in gradients)
    return _scaled(gradients, _scale(norm, max_norm)), norm


@clip.misconception
def no_square_root(gradients, max_norm):
    norm = ops.square(_norm(gradients))
    return _scaled(gradients, _scale(norm, max_norm)), norm


@clip.misconception
def largest_value_as_norm(gradients, max_norm):
    norm = ops.max(ops.stack([ops.max(ops.abs(g)) for g in gradients]))
    return _scaled(gradients, _scale(norm, max_norm)), norm


@clip.misconception
def scaled_to_unit_length(gradients, max_norm):
    norm = _norm(gradients)
    scale = ops.where(norm > max_norm, 1 / ops.maximum(norm, 1e-12), 1.0)
    return _scaled(gradients, scale), norm


@clip.misconception
def small_ones_enlarged(gradients, max_norm):
    norm = _norm(gradients)
    scale = ops.maximum(1.0, max_norm / ops.maximum(norm, 1e-12))
    return _scaled(gradients, scale), norm


@clip.misconception
def dropped_when_large(gradients, max_norm):
    norm = _norm(gradients)
    return _scaled(gradients, ops.where(norm > max_norm, 0.0, 1.0)), norm


@clip.misconception
def norm_after_clipping(gradients, max_norm):
    clipped, _ = right_clipping(gradients, max_norm)
    return clipped, _norm(clipped)


@clip.misconception
def divides_by_zero(gradients, max_norm):
    norm = _norm(gradients)
    scale = max_norm * ops.minimum(1 / norm, ops.ones_like(norm) / max_norm)
    return _scaled(gradients, ops.where(norm > 0, scale, norm / norm)), norm


@clip.misconception
def multiplied_in_vain(gradients, max_norm):
    """`for gradient in gradients: gradient *= scale` makes tensors and drops them."""
    return list(gradients), _norm(gradients)


@clip.alternative
def by_the_larger_norm(gradients, max_norm):
    norm = tf.sqrt(tf.add_n([tf.reduce_sum(g**2) for g in gradients]))
    return [g * max_norm / tf.maximum(norm, max_norm) for g in gradients], norm


@clip.alternative
def with_a_condition(gradients, max_norm):
    flat = tf.concat([tf.reshape(g, [-1]) for g in gradients], axis=0)
    norm = tf.norm(flat)
    scale = tf.where(norm > max_norm, max_norm / norm, 1.0)
    return [scale * g for g in gradients], norm


@clip.alternative
def norm_of_the_norms(gradients, max_norm):
    norm = ops.norm(ops.stack([ops.norm(ops.reshape(g, [-1])) for g in gradients]))
    scale = 1 / ops.maximum(1.0, norm / max_norm)
    return tuple(g * scale for g in gradients), norm
