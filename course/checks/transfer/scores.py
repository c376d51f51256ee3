"""transfer.scores: three numbers for one model, and what each of them hides."""

import collections

import numpy as np
import tensorflow as tf

from course.checks.transfer.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import class_scores

exercise = Exercise(
    "transfer.scores",
    unit=UNIT,
    answer="class_scores",
    reference=class_scores,
    parts={"unbalanced": 3, "never_predicted": 1, "never_there": 2},
    returns={"accuracy": (), "balanced": (), "macro_f1": ()},
    forbidden=("course.pieces.class_scores",),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=20,
    paper="https://arxiv.org/abs/2008.05756",
)


def _call(rng, *counts):
    """(true, predicted, how often), the classes renamed, in any order."""
    names = rng.choice(np.arange(2, 2000), size=6, replace=False)
    true = np.concatenate([np.full(count, names[one]) for one, _, count in counts])
    said = np.concatenate([np.full(count, names[other]) for _, other, count in counts])
    order = rng.permutation(len(true))
    return Call(true[order].astype("int32"), said[order].astype("int32"))


@exercise.probe(part="unbalanced")
def nine_three_and_one(rng):
    return _call(
        rng, (0, 0, 7), (0, 1, 1), (0, 2, 1), (1, 1, 1), (1, 0, 2), (2, 2, 1), (2, 1, 1)
    )


@exercise.probe(part="unbalanced")
def nearly_all_of_one_class(rng):
    return _call(rng, (0, 0, 18), (0, 1, 1), (1, 0, 3), (1, 1, 1))


@exercise.probe(part="never_predicted")
def always_the_largest_class(rng):
    return _call(rng, (0, 0, 9), (1, 0, 2), (2, 0, 1))


@exercise.probe(part="never_there")
def a_class_that_does_not_occur(rng):
    return _call(rng, (0, 0, 5), (0, 3, 2), (1, 1, 2), (1, 0, 1), (1, 4, 1))


@exercise.probe(part="never_there")
def nothing_right(rng):
    return _call(rng, (0, 1, 3), (1, 2, 2))


@exercise.promise(part="unbalanced", count=Sizes(1, 30), classes=OneOf(1, 2, 5))
def any_classes(rng, count, classes):
    likely = 0.5 ** np.arange(1, classes + 1)
    drawn = [rng.choice(classes, size=count, p=likely / likely.sum()) for _ in "12"]
    said = np.where(rng.random(count) < 0.5, drawn[0], drawn[1])
    return Call(drawn[0].astype("int32"), said.astype("int32"))


_right = copy_of(class_scores)


def _recalls(true, predicted, classes):
    return [np.mean(predicted[true == one] == one) for one in classes]


def _f1(true, predicted, classes):
    return [
        2
        * np.sum((true == one) & (predicted == one))
        / max(1, np.sum(true == one) + np.sum(predicted == one))
        for one in classes
    ]


def _all(true, predicted):
    true, predicted = np.array(true), np.array(predicted)
    return true, predicted, np.unique(true), np.union1d(true, predicted)


def _varied(true, predicted, accuracy=None, balanced=None, macro=None):
    right = _right(true, predicted)
    found = zip((accuracy, balanced, macro), right, strict=True)
    return tuple(own if other is None else other for other, own in found)


@exercise.misconception
def accuracy_thrice(true, predicted):
    accuracy = _right(true, predicted)[0]
    return accuracy, accuracy, accuracy


@exercise.misconception
def absent_classes_have_no_recall(true, predicted):
    """A class that was predicted and never occurs counts as one of recall 0."""
    true, predicted, there, both = _all(true, predicted)
    recalls = _recalls(true, predicted, there)
    return _varied(true, predicted, balanced=np.sum(recalls) / len(both))


@exercise.misconception
def absent_classes_left_out_of_f1(true, predicted):
    true, predicted, there, _ = _all(true, predicted)
    return _varied(true, predicted, macro=np.mean(_f1(true, predicted, there)))


@exercise.misconception
def precision_for_recall(true, predicted):
    true, predicted, there, _ = _all(true, predicted)
    found = [
        np.mean(true[predicted == one] == one) if np.any(predicted == one) else 0.0
        for one in there
    ]
    return _varied(true, predicted, balanced=np.mean(found))


@exercise.misconception
def weighted_by_size(true, predicted):
    true, predicted, there, _ = _all(true, predicted)
    weights = [np.mean(true == one) for one in there]
    found = np.sum(np.array(weights) * _f1(true, predicted, there))
    return _varied(true, predicted, macro=found)


@exercise.misconception
def micro_for_macro(true, predicted):
    """Counted over all classes together: with one class each, that is the accuracy."""
    return _varied(true, predicted, macro=_right(true, predicted)[0])


@exercise.misconception
def f1_of_the_means(true, predicted):
    true, predicted, _, both = _all(true, predicted)
    recall = np.sum(_recalls(true, predicted, np.unique(true))) / len(both)
    precision = np.sum(_recalls(predicted, true, np.unique(predicted))) / len(both)
    total = recall + precision
    found = 2 * recall * precision / total if total else 0.0
    return _varied(true, predicted, macro=found)


@exercise.misconception
def never_predicted_left_out(true, predicted):
    """Its precision has no value where a class is never predicted: it is dropped."""
    true, predicted, _, _ = _all(true, predicted)
    said = np.unique(predicted)
    return _varied(true, predicted, macro=np.mean(_f1(true, predicted, said)))


@exercise.alternative
def from_a_table_of_confusion(true, predicted):
    true, predicted, _, both = _all(true, predicted)
    table = np.zeros((len(both), len(both)))
    np.add.at(table, (np.searchsorted(both, true), np.searchsorted(both, predicted)), 1)
    rows, columns, right = table.sum(1), table.sum(0), np.diag(table)
    there = rows > 0
    return (
        right.sum() / table.sum(),
        (right[there] / rows[there]).mean(),
        (2 * right / (rows + columns)).mean(),
    )


@exercise.alternative
def with_counters(true, predicted):
    true, predicted = np.array(true).tolist(), np.array(predicted).tolist()
    rows, columns = collections.Counter(true), collections.Counter(predicted)
    right = collections.Counter(a for a, b in zip(true, predicted) if a == b)
    f1 = [2 * right[c] / (rows[c] + columns[c]) for c in rows | columns]
    recalls = [right[c] / rows[c] for c in rows]
    accuracy = right.total() / len(true)
    return accuracy, sum(recalls) / len(recalls), sum(f1) / len(f1)


@exercise.alternative
def with_loops(true, predicted):
    pairs = [(int(a), int(b)) for a, b in zip(true, predicted)]
    there, both = {a for a, _ in pairs}, {c for pair in pairs for c in pair}
    balanced = macro = 0.0
    for one in both:
        right = sum(a == b == one for a, b in pairs)
        have = sum(a == one for a, _ in pairs)
        given = sum(b == one for _, b in pairs)
        macro += 2 * right / (have + given) / len(both)
        if one in there:
            balanced += right / have / len(there)
    return sum(a == b for a, b in pairs) / len(pairs), balanced, macro


@exercise.alternative
def in_tensorflow(true, predicted):
    there, _ = tf.unique(true)
    both, _ = tf.unique(tf.concat([true, predicted], axis=0))
    hit = tf.cast(true == predicted, tf.float32)

    def counts(ids, classes, weights):
        return tf.reduce_sum(tf.cast(classes[:, None] == ids, tf.float32) * weights, 1)

    ones = tf.ones_like(hit)
    recall = counts(true, there, hit) / counts(true, there, ones)
    total = counts(true, both, ones) + counts(predicted, both, ones)
    f1 = 2 * counts(true, both, hit) / total
    return tuple(tf.reduce_mean(part) for part in (hit, recall, f1))


@exercise.alternative
def from_precision_and_recall(true, predicted):
    true, predicted, there, both = _all(true, predicted)
    values = []
    for one in both:
        right = np.sum((true == one) & (predicted == one))
        if right == 0:
            values.append(0.0)
            continue
        precision = right / np.sum(predicted == one)
        recall = right / np.sum(true == one)
        values.append(2 * precision * recall / (precision + recall))
    recalls = _recalls(true, predicted, there)
    return float(np.mean(true == predicted)), float(np.mean(recalls)), np.mean(values)


@exercise.alternative
def weights_for_balance(true, predicted):
    """Each example weighs as if all classes were equally frequent."""
    true, predicted, there, both = _all(true, predicted)
    size = {one: np.sum(true == one) for one in there}
    weights = np.array([1 / size[one] for one in true])
    balanced = np.sum(weights * (true == predicted)) / np.sum(weights)
    return np.mean(true == predicted), balanced, np.mean(_f1(true, predicted, both))
