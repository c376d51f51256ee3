"""transfer.distil: learning from a teacher's whole distribution."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.samples import floats
from course.checks.transfer.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def distillation_loss(student, teacher, labels, temperature, share):
    """What a student pays: partly for the labels, partly for not being its teacher.

    Args:
        student: [batch, class] floats: logits of the model that learns.
        teacher: [batch, class] floats: logits of the model that is imitated. It does
            not learn: no gradient reaches it.
        labels: [batch] integers: the true classes.
        temperature: Divides the logits of both in the soft part; above 0.
        share: How much of the loss is the soft part, from 0 to 1.

    Returns:
        A scalar, mean over the batch of (1 - share) times the cross-entropy with the
        labels (at temperature 1), plus share times temperature squared times the
        Kullback-Leibler divergence KL(teacher || student) at that temperature.
    """
    teacher = ops.stop_gradient(teacher)
    wanted = ops.softmax(teacher / temperature, axis=-1)
    apart = ops.log_softmax(teacher / temperature, axis=-1) - ops.log_softmax(
        student / temperature, axis=-1
    )
    soft = temperature**2 * ops.sum(wanted * apart, axis=-1)
    hard = ops.sparse_categorical_crossentropy(labels, student, from_logits=True)
    return ops.mean((1 - share) * hard + share * soft)


exercise = Exercise(
    "transfer.distil",
    unit=UNIT,
    answer="distillation_loss",
    reference=distillation_loss,
    parts={"values": 4, "large": 1, "gradient": 1, "teacher": 1},
    returns={"loss": ()},
    forbidden=(f"{__name__}.distillation_loss", "transformer_tf.DistillationLoss"),
    hints=4,
    difficulty=4,
    importance=4,
    minutes=20,
    paper="https://arxiv.org/abs/1503.02531",
)


def _call(rng, batch, classes, temperature, share, size=1.0):
    student = size * floats(rng, batch, classes)
    teacher = size * (2 * floats(rng, batch, classes) + 1.5)
    labels = rng.integers(classes, size=batch).astype("int32")
    labels[0] = classes - 1  # the largest id as well
    return Call(
        student.astype("float32"), teacher.astype("float32"), labels, temperature, share
    )


@exercise.probe(part="values")
def warm(rng):
    return _call(rng, 3, 5, 2.0, 0.3)


@exercise.probe(part="values")
def warmer(rng):
    return _call(rng, 4, 3, 3.0, 0.8)


@exercise.probe(part="values")
def cold(rng):
    return _call(rng, 2, 4, 0.5, 0.6)


@exercise.probe(part="values")
def the_soft_part_alone(rng):
    return _call(rng, 3, 4, 2.5, 1.0)


@exercise.probe(
    part="large",
    shows=("teacher_not_warmed", "hard_part_warmed_too", "entropy_left_in"),
)
def logits_of_hundreds(rng):
    return _call(rng, 3, 5, 2.0, 0.3, size=150.0)


@exercise.probe(part="gradient")
def gradients(rng):
    case = _call(rng, 3, 5, 3.0, 0.4)
    return case.asking(gradient=np.array(1.5, "float32"))


@exercise.property(part="teacher")
def teacher_learns_nothing(rng):
    case = _call(rng, 3, 4, 2.0, 0.7)
    (reply,) = yield [case.asking(gradient=np.array(1.0, "float32"))]
    found = reply.gradients.get("args.1")
    return found is None or not np.any(found.values)


@exercise.promise(
    part="values",
    batch=Sizes(1, 4),
    classes=OneOf(1, 3, 300),
    temperature=OneOf(0.5, 4.0),
    share=OneOf(0.0, 0.25, 1.0),
)
def any_logits(rng, batch, classes, temperature, share):
    return _call(rng, batch, classes, temperature, share)


def _hard(student, labels):
    return ops.sparse_categorical_crossentropy(labels, student, from_logits=True)


def _divergence(teacher, student):
    wanted = ops.softmax(teacher, axis=-1)
    logs = ops.log_softmax(teacher, axis=-1), ops.log_softmax(student, axis=-1)
    return ops.sum(wanted * (logs[0] - logs[1]), axis=-1)


def _mixed(student, teacher, labels, temperature, share, soft=None, hard=None):
    """As asked, unless another soft or hard part is given."""
    teacher = ops.stop_gradient(teacher)
    if soft is None:
        soft = temperature**2 * _divergence(
            teacher / temperature, student / temperature
        )
    hard = _hard(student, labels) if hard is None else hard
    return ops.mean((1 - share) * hard + share * soft)


@exercise.misconception
def not_times_the_square(student, teacher, labels, temperature, share):
    teacher = ops.stop_gradient(teacher)
    soft = _divergence(teacher / temperature, student / temperature)
    return _mixed(student, teacher, labels, temperature, share, soft)


@exercise.misconception
def times_the_temperature_once(student, teacher, labels, temperature, share):
    teacher = ops.stop_gradient(teacher)
    soft = temperature * _divergence(teacher / temperature, student / temperature)
    return _mixed(student, teacher, labels, temperature, share, soft)


@exercise.misconception
def the_other_direction(student, teacher, labels, temperature, share):
    teacher = ops.stop_gradient(teacher)
    soft = _divergence(student / temperature, teacher / temperature)
    return _mixed(student, teacher, labels, temperature, share, temperature**2 * soft)


@exercise.misconception
def mean_over_the_classes(student, teacher, labels, temperature, share):
    teacher = ops.stop_gradient(teacher)
    soft = _divergence(teacher / temperature, student / temperature)
    soft = temperature**2 * soft / student.shape[-1]
    return _mixed(student, teacher, labels, temperature, share, soft)


@exercise.misconception
def teacher_not_warmed(student, teacher, labels, temperature, share):
    teacher = ops.stop_gradient(teacher)
    soft = temperature**2 * _divergence(teacher, student / temperature)
    return _mixed(student, teacher, labels, temperature, share, soft)


@exercise.misconception
def student_not_warmed(student, teacher, labels, temperature, share):
    teacher = ops.stop_gradient(teacher)
    soft = temperature**2 * _divergence(teacher / temperature, student)
    return _mixed(student, teacher, labels, temperature, share, soft)


@exercise.misconception
def student_not_logged(student, teacher, labels, temperature, share):
    """Probabilities where the divergence wants their logarithms."""
    wanted = ops.softmax(ops.stop_gradient(teacher) / temperature, axis=-1)
    logs = ops.log_softmax(ops.stop_gradient(teacher) / temperature, axis=-1)
    had = ops.softmax(student / temperature, axis=-1)
    soft = temperature**2 * ops.sum(wanted * (logs - had), axis=-1)
    return _mixed(student, teacher, labels, temperature, share, soft)


@exercise.misconception
def hard_part_warmed_too(student, teacher, labels, temperature, share):
    hard = _hard(student / temperature, labels)
    return _mixed(student, teacher, labels, temperature, share, hard=hard)


@exercise.misconception
def shares_exchanged(student, teacher, labels, temperature, share):
    return _mixed(student, teacher, labels, temperature, 1 - share)


@exercise.misconception
def entropy_left_in(student, teacher, labels, temperature, share):
    """The cross-entropy with the teacher: its gradient is the same."""
    wanted = ops.softmax(ops.stop_gradient(teacher) / temperature, axis=-1)
    logs = ops.log_softmax(student / temperature, axis=-1)
    soft = -(temperature**2) * ops.sum(wanted * logs, axis=-1)
    return _mixed(student, teacher, labels, temperature, share, soft)


@exercise.misconception
def squares_of_the_logits(student, teacher, labels, temperature, share):
    soft = ops.sum(ops.square(student - ops.stop_gradient(teacher)), axis=-1)
    return _mixed(student, teacher, labels, temperature, share, soft)


@exercise.misconception
def teacher_learns_too(student, teacher, labels, temperature, share):
    """The same number; but the gradient moves the teacher towards its pupil."""
    soft = temperature**2 * _divergence(teacher / temperature, student / temperature)
    hard = _hard(student, labels)
    return ops.mean((1 - share) * hard + share * soft)


@exercise.misconception
def student_stopped_instead(student, teacher, labels, temperature, share):
    soft = _divergence(
        ops.stop_gradient(teacher) / temperature,
        ops.stop_gradient(student) / temperature,
    )
    return _mixed(student, teacher, labels, temperature, share, temperature**2 * soft)


@exercise.alternative
def cross_entropy_minus_entropy(student, teacher, labels, temperature, share):
    teacher = ops.stop_gradient(teacher) / temperature
    wanted = ops.softmax(teacher, axis=-1)
    cross = -ops.sum(wanted * ops.log_softmax(student / temperature, axis=-1), axis=-1)
    own = -ops.sum(wanted * ops.log_softmax(teacher, axis=-1), axis=-1)
    soft = temperature**2 * (cross - own)
    return ops.mean(share * soft + (1 - share) * _hard(student, labels))


@exercise.alternative
def in_tensorflow(student, teacher, labels, temperature, share):
    teacher = tf.stop_gradient(teacher) / temperature
    soft = tf.reduce_sum(
        tf.nn.softmax(teacher)
        * (tf.nn.log_softmax(teacher) - tf.nn.log_softmax(student / temperature)),
        axis=-1,
    )
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, student)
    return (1 - share) * tf.reduce_mean(hard) + share * temperature**2 * tf.reduce_mean(
        soft
    )


@exercise.alternative
def sums_over_the_batch(student, teacher, labels, temperature, share):
    soft = _divergence(ops.stop_gradient(teacher) / temperature, student / temperature)
    hard = _hard(student, labels)
    total = ops.sum((1 - share) * hard) + temperature**2 * ops.sum(share * soft)
    return total / student.shape[0]


@exercise.alternative
def with_one_hot_labels(student, teacher, labels, temperature, share):
    wanted = ops.one_hot(labels, student.shape[-1], dtype=student.dtype)
    hard = -ops.sum(wanted * ops.log_softmax(student, axis=-1), axis=-1)
    return _mixed(student, teacher, labels, temperature, share, hard=hard)


@exercise.alternative
def logits_scaled_once(student, teacher, labels, temperature, share):
    warm = [part / temperature for part in (ops.stop_gradient(teacher), student)]
    logs = [part - ops.logsumexp(part, axis=-1, keepdims=True) for part in warm]
    soft = ops.sum(ops.exp(logs[0]) * (logs[0] - logs[1]), axis=-1)
    soft = soft * temperature * temperature
    return _mixed(student, teacher, labels, temperature, share, soft)


@exercise.alternative
def row_by_row(student, teacher, labels, temperature, share):
    losses = []
    for row in range(student.shape[0]):
        target = tf.nn.log_softmax(tf.stop_gradient(teacher[row]) / temperature)
        own = tf.nn.log_softmax(student[row] / temperature)
        soft = temperature**2 * tf.reduce_sum(tf.exp(target) * (target - own))
        hard = -tf.nn.log_softmax(student[row])[int(labels[row])]
        losses.append((1 - share) * hard + share * soft)
    return tf.reduce_mean(tf.stack(losses))


@exercise.alternative
def by_keras_losses(student, teacher, labels, temperature, share):
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student)
    soft = _divergence(ops.stop_gradient(teacher) / temperature, student / temperature)
    soft = ops.mean(soft) * temperature**2
    return ops.cast(hard, student.dtype) * (1 - share) + share * soft
