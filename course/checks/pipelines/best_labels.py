"""pipelines.best_labels: the likeliest classes of a text, by name."""

import heapq

import numpy as np
from keras import ops

from course.checks.pipelines.samples import TRANSFORMERS, UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import best_labels

exercise = Exercise(
    "pipelines.best_labels",
    unit=UNIT,
    answer="best_labels",
    reference=best_labels,
    parts={"order": 2, "top_k": 2, "ties": 1},
    returns={"answers": ()},
    forbidden=("course.pieces.best_labels",),
    hints=3,
    difficulty=1,
    importance=4,
    minutes=8,
    paper=TRANSFORMERS,
)

NAMES = ("TurnOn", "Broadcast", "StartTimer", "LightSet", "MediaNext", "Añadir", "Get")


def _scores(rng, *parts):
    """Shares in that proportion, moved a little and told apart by it."""
    shares = np.array(parts) + 0.01 * rng.permutation(len(parts))
    return (shares / shares.sum()).tolist()


@exercise.probe(part="order")
def all_of_five(rng):
    return Call(_scores(rng, 2, 5, 1, 4, 3), list(NAMES[:5]), None)


@exercise.probe(part="order")
def the_best(rng):
    return Call(_scores(rng, 2, 1, 3, 7, 5), list(NAMES[1:6]), 1)


@exercise.probe(part="top_k")
def three_of_six(rng):
    return Call(_scores(rng, 3, 1, 6, 2, 5, 4), list(NAMES[:6]), 3)


@exercise.probe(part="top_k")
def more_than_there_are(rng):
    return Call(_scores(rng, 1, 3, 2), list(NAMES[2:5]), 10)


@exercise.probe(part="top_k")
def probabilities_of_several(rng):
    """They need not sum to 1: each is a class's own."""
    scores = 0.5 + 0.4 * rng.random(4)
    return Call(scores.tolist(), list(NAMES[:4]), 2)


@exercise.probe(part="ties")
def equally_likely(rng):
    half = float(rng.uniform(0.2, 0.25))
    return Call([0.1, half, 0.05, half, 0.3, half], list(NAMES[:6]), 3)


@exercise.promise(part="top_k", classes=Sizes(1, 7), top_k=OneOf(1, 3, None, 50))
def any_scores(rng, classes, top_k):
    scores = rng.permutation(np.arange(1, classes + 1)) / 30
    return Call(scores.tolist(), list(NAMES[:classes]), top_k)


_right = copy_of(best_labels)


def _named(order, scores, names):
    return [{"label": names[n], "score": scores[n]} for n in order]


@exercise.misconception
def worst_first(scores, names, top_k):
    order = sorted(range(len(scores)), key=lambda n: scores[n])
    return _named(order[:top_k], scores, names)


@exercise.misconception
def in_the_order_of_the_classes(scores, names, top_k):
    return _named(list(range(len(scores)))[:top_k], scores, names)


@exercise.misconception
def by_the_alphabet(scores, names, top_k):
    return sorted(_right(scores, names, top_k), key=lambda one: one["label"])


@exercise.misconception
def ties_from_the_back(scores, names, top_k):
    order = np.argsort(scores, kind="stable")[::-1][:top_k]
    return _named(order.tolist(), scores, names)


@exercise.misconception
def scores_stay_behind(scores, names, top_k):
    """Only the names are sorted."""
    answers = _right(scores, names, top_k)
    return [one | {"score": s} for one, s in zip(answers, scores)]


@exercise.misconception
def names_stay_behind(scores, names, top_k):
    answers = _right(scores, names, top_k)
    return [one | {"label": name} for one, name in zip(answers, names)]


@exercise.misconception
def numbers_for_names(scores, names, top_k):
    return _right(scores, list(range(len(names))), top_k)


@exercise.misconception
def normalised_again(scores, names, top_k):
    answers = _right(scores, names, top_k)
    total = sum(one["score"] for one in answers)
    return [one | {"score": one["score"] / total} for one in answers]


@exercise.misconception
def one_too_many(scores, names, top_k):
    return _right(scores, names, None if top_k is None else top_k + 1)


@exercise.misconception
def only_the_best(scores, names, top_k):
    return _right(scores, names, 1)


@exercise.misconception
def none_means_one(scores, names, top_k):
    return _right(scores, names, top_k or 1)


@exercise.alternative
def with_argsort(scores, names, top_k):
    order = np.argsort(-np.array(scores), kind="stable")[:top_k]
    return [{"label": names[n], "score": scores[n]} for n in order]


@exercise.alternative
def with_pairs(scores, names, top_k):
    pairs = sorted(zip(names, scores), key=lambda pair: pair[1], reverse=True)
    return [{"score": score, "label": name} for name, score in pairs[:top_k]]


@exercise.alternative
def with_a_heap(scores, names, top_k):
    count = len(scores) if top_k is None else top_k
    order = heapq.nsmallest(count, range(len(scores)), key=lambda n: (-scores[n], n))
    return _named(order, scores, names)


@exercise.alternative
def one_after_the_other(scores, names, top_k):
    left, found = list(range(len(scores))), []
    while left and (top_k is None or len(found) < top_k):
        best = max(left, key=lambda n: scores[n])
        left.remove(best)
        found.append({"score": scores[best], "label": names[best]})
    return found


@exercise.alternative
def with_top_k(scores, names, top_k):
    count = len(scores) if top_k is None else min(top_k, len(scores))
    values, order = ops.top_k(np.array(scores, "float64"), count)
    return [
        {"label": names[int(n)], "score": float(value)}
        for value, n in zip(values, order)
    ]


@exercise.alternative
def sorted_dicts(scores, names, top_k):
    answers = _named(range(len(scores)), scores, names)
    answers.sort(key=lambda one: -one["score"])
    del answers[len(answers) if top_k is None else top_k :]
    return answers
