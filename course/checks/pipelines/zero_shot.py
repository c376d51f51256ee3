"""pipelines.zero_shot: classes that no model was trained for, from entailment."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.pipelines.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of


def zero_shot(logits, entailment, contradiction, several):
    """How likely each label is, from what a model of inference says of its sentence.

    Args:
        logits: [label, 3] floats: for each label the logits of the three classes, of
            the text with "This text is about LABEL." as its claim.
        entailment: The number of the class "the claim follows from the text".
        contradiction: The number of the class "the claim contradicts the text".
        several: Whether several labels may hold, or none.

    Returns:
        [label] floats. If exactly one label holds: softmax, over the labels, of the
        logits of entailment. If several may hold, or if there is one label alone: each
        label's entailment against its contradiction, a softmax of these two logits.
    """
    yes, no = logits[:, entailment], logits[:, contradiction]
    if several or logits.shape[0] == 1:
        return ops.sigmoid(yes - no)
    return ops.softmax(yes)


exercise = Exercise(
    "pipelines.zero_shot",
    unit=UNIT,
    answer="zero_shot",
    reference=zero_shot,
    parts={"one_holds": 2, "several_hold": 2, "single": 1, "large": 1},
    returns={"scores": ("label",)},
    forbidden=(
        f"{__name__}.zero_shot",
        "transformer_tf.pipelines.text_classification.softmax",
    ),
    hints=4,
    difficulty=2,
    importance=4,
    minutes=10,
    paper="https://arxiv.org/abs/1909.00161",
)


@exercise.probe(part="one_holds")
def entailment_last(rng):
    return Call(floats(rng, 4, 3, scale=2), 2, 0, False)


@exercise.probe(part="one_holds")
def entailment_in_the_middle(rng):
    return Call(floats(rng, 5, 3, scale=2), 1, 2, False)


@exercise.probe(part="several_hold")
def entailment_first(rng):
    return Call(floats(rng, 4, 3, scale=2), 0, 2, True)


@exercise.probe(part="several_hold")
def contradiction_in_the_middle(rng):
    return Call(floats(rng, 3, 3, scale=2), 2, 1, True)


@exercise.probe(part="single")
def one_label_alone(rng):
    return Call(floats(rng, 1, 3, scale=2), 1, 0, False)


@exercise.probe(part="large")
def large_logits(rng):
    return Call(floats(rng, 4, 3, scale=2) + np.float32(300), 0, 1, False)


@exercise.promise(
    part="one_holds",
    labels=Sizes(1, 7),
    classes=OneOf((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)),
    several=OneOf(False, True),
)
def any_labels(rng, labels, classes, several):
    return Call(floats(rng, labels, 3, scale=2), *classes, several)


_right = copy_of(zero_shot)


def _one(logits, several):
    return not several and logits.shape[0] > 1


@exercise.misconception
def softmax_over_the_three(logits, entailment, contradiction, several):
    return ops.softmax(logits, axis=-1)[:, entailment]


@exercise.misconception
def three_then_normalised(logits, entailment, contradiction, several):
    found = ops.softmax(logits, axis=-1)[:, entailment]
    return found / ops.sum(found) if _one(logits, several) else found


@exercise.misconception
def entailment_is_always_last(logits, entailment, contradiction, several):
    return _right(logits, 2, 0, several)


@exercise.misconception
def entailment_is_always_first(logits, entailment, contradiction, several):
    return _right(logits, 0, 2, several)


@exercise.misconception
def sigmoid_of_entailment(logits, entailment, contradiction, several):
    if _one(logits, several):
        return ops.softmax(logits[:, entailment])
    return ops.sigmoid(logits[:, entailment])


@exercise.misconception
def against_neutral(logits, entailment, contradiction, several):
    return _right(logits, entailment, 3 - entailment - contradiction, several)


@exercise.misconception
def against_both_others(logits, entailment, contradiction, several):
    """The three classes where two are asked for; right for labels that compete."""
    if _one(logits, several):
        return ops.softmax(logits[:, entailment])
    return ops.softmax(logits, axis=-1)[:, entailment]


@exercise.misconception
def several_sum_to_one(logits, entailment, contradiction, several):
    return _right(logits, entailment, contradiction, False)


@exercise.misconception
def one_label_is_certain(logits, entailment, contradiction, several):
    if not several:
        return ops.softmax(logits[:, entailment])
    return _right(logits, entailment, contradiction, True)


@exercise.misconception
def contradiction_left_in(logits, entailment, contradiction, several):
    difference = logits[:, entailment] - logits[:, contradiction]
    function = ops.softmax if _one(logits, several) else ops.sigmoid
    return function(difference)


@exercise.misconception
def contradiction_for_entailment(logits, entailment, contradiction, several):
    return _right(logits, contradiction, entailment, several)


@exercise.misconception
def without_the_maximum(logits, entailment, contradiction, several):
    if not _one(logits, several):
        return _right(logits, entailment, contradiction, several)
    powers = ops.exp(ops.cast(logits[:, entailment], "float32"))
    return powers / ops.sum(powers)


@exercise.alternative
def softmax_of_two(logits, entailment, contradiction, several):
    if _one(logits, several):
        return ops.softmax(logits[:, entailment])
    two = ops.stack([logits[:, contradiction], logits[:, entailment]], axis=1)
    return ops.softmax(two, axis=1)[:, 1]


@exercise.alternative
def by_difference(logits, entailment, contradiction, several):
    yes = logits[:, entailment]
    if several or len(logits) == 1:
        return 1 / (1 + ops.exp(logits[:, contradiction] - yes))
    powers = ops.exp(yes - ops.max(yes))
    return powers / ops.sum(powers)


@exercise.alternative
def with_tensorflow(logits, entailment, contradiction, several):
    two = tf.gather(logits, [entailment, contradiction], axis=1)
    if several or tf.shape(logits)[0] == 1:
        return tf.nn.softmax(two, axis=-1)[:, 0]
    return tf.nn.softmax(two, axis=0)[:, 0]


@exercise.alternative
def by_logarithms(logits, entailment, contradiction, several):
    yes, no = logits[:, entailment], logits[:, contradiction]
    if _one(logits, several):
        return ops.exp(yes - ops.logsumexp(yes))
    return ops.exp(-ops.softplus(no - yes))


@exercise.alternative
def label_by_label(logits, entailment, contradiction, several):
    rows = np.array(logits, "float64")
    yes = rows[:, entailment]
    found = []
    for row in rows:
        rivals = yes if _one(logits, several) else row[[entailment, contradiction]]
        found.append(1 / np.exp(rivals - row[entailment]).sum())
    return np.array(found, "float32")


@exercise.alternative
def by_tanh(logits, entailment, contradiction, several):
    yes, no = logits[:, entailment], logits[:, contradiction]
    if _one(logits, several):
        return ops.softmax(ops.reshape(yes, (1, -1)))[0]
    return 0.5 + 0.5 * ops.tanh((yes - no) / 2)
