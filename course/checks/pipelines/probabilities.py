"""pipelines.probabilities: softmax or sigmoid, and when."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.pipelines.samples import TRANSFORMERS, UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import probabilities

exercise = Exercise(
    "pipelines.probabilities",
    unit=UNIT,
    answer="probabilities",
    reference=probabilities,
    parts={"one_holds": 2, "several_hold": 2, "single": 1, "large": 1},
    returns={"probabilities": ("text", "class")},
    forbidden=(
        "course.pieces.probabilities",
        "transformer_tf.pipelines.text_classification.softmax",
        "transformer_tf.pipelines.text_classification.sigmoid",
    ),
    hints=3,
    difficulty=1,
    importance=5,
    minutes=8,
    paper=TRANSFORMERS,
)


@exercise.probe(part="one_holds")
def five_classes(rng):
    return Call(floats(rng, 3, 5, scale=2), False)


@exercise.probe(part="one_holds")
def two_classes(rng):
    return Call(floats(rng, 4, 2, scale=2), False)


@exercise.probe(part="several_hold")
def several_classes(rng):
    return Call(floats(rng, 3, 5, scale=2), True)


@exercise.probe(part="single")
def a_single_class(rng):
    return Call(floats(rng, 4, 1, scale=2), False)


@exercise.probe(part="single")
def a_single_class_of_several(rng):
    return Call(floats(rng, 3, 1, scale=2), True)


@exercise.probe(part="large")
def large_logits(rng):
    return Call(floats(rng, 3, 4, scale=2) + np.float32(300), False)


@exercise.probe(part="large")
def large_logits_of_both_signs(rng):
    signs = np.float32([[300, -300, 2, -1]])
    return Call(floats(rng, 3, 4) + signs, True)


@exercise.promise(
    part="one_holds",
    texts=Sizes(1, 6),
    classes=Sizes(1, 8),
    several=OneOf(False, True),
)
def any_logits(rng, texts, classes, several):
    return Call(floats(rng, texts, classes, scale=3), several)


def _single(logits):
    return logits.shape[-1] == 1


@exercise.misconception
def always_softmax(logits, several):
    return ops.softmax(logits, axis=-1)


@exercise.misconception
def softmax_of_a_single_class(logits, several):
    return ops.sigmoid(logits) if several else ops.softmax(logits, axis=-1)


@exercise.misconception
def always_sigmoid(logits, several):
    return ops.sigmoid(logits)


@exercise.misconception
def sigmoid_normalised(logits, several):
    found = ops.sigmoid(logits)
    if several or _single(logits):
        return found
    return found / ops.sum(found, axis=-1, keepdims=True)


@exercise.misconception
def over_the_texts(logits, several):
    if several or _single(logits):
        return ops.sigmoid(logits)
    return ops.softmax(logits, axis=0)


@exercise.misconception
def exchanged(logits, several):
    if several and not _single(logits):
        return ops.softmax(logits, axis=-1)
    return ops.sigmoid(logits)


@exercise.misconception
def zero_or_one(logits, several):
    if several or _single(logits):
        return ops.cast(logits > 0, logits.dtype)
    return ops.one_hot(ops.argmax(logits, axis=-1), logits.shape[-1])


@exercise.misconception
def without_the_maximum(logits, several):
    if several or _single(logits):
        return ops.sigmoid(logits)
    powers = ops.exp(ops.cast(logits, "float32"))
    return powers / ops.sum(powers, axis=-1, keepdims=True)


@exercise.misconception
def logarithms(logits, several):
    if several or _single(logits):
        return ops.log_sigmoid(logits)
    return ops.log_softmax(logits, axis=-1)


@exercise.alternative
def with_the_maximum(logits, several):
    if several or _single(logits):
        return 1 / (1 + ops.exp(-logits))
    powers = ops.exp(logits - ops.max(logits, axis=-1, keepdims=True))
    return powers / ops.sum(powers, axis=-1, keepdims=True)


@exercise.alternative
def with_tensorflow(logits, several):
    one = not several and logits.shape[1] > 1
    return tf.nn.softmax(logits) if one else tf.nn.sigmoid(logits)


@exercise.alternative
def by_tanh(logits, several):
    if several or _single(logits):
        return 0.5 * (1 + ops.tanh(0.5 * logits))
    return ops.exp(logits - ops.logsumexp(logits, axis=-1, keepdims=True))


@exercise.alternative
def against_zero(logits, several):
    """A sigmoid is a softmax against a logit of zero."""
    if not several and logits.shape[-1] > 1:
        return ops.softmax(logits)
    both = ops.stack([logits, ops.zeros_like(logits)], axis=-1)
    return ops.softmax(both, axis=-1)[..., 0]


@exercise.alternative
def text_by_text(logits, several):
    function = ops.sigmoid if several or _single(logits) else ops.softmax
    return ops.stack([function(row) for row in logits])


@exercise.alternative
def in_numpy(logits, several):
    logits = np.array(logits)
    if several or logits.shape[-1] == 1:
        return np.exp(-np.logaddexp(0, -logits))
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
