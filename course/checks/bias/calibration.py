"""bias.calibration: how far confidence lies from how often a model is right."""

import numpy as np
import tensorflow as tf

from course.checks.bias.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import calibration_error

exercise = Exercise(
    "bias.calibration",
    unit=UNIT,
    answer="calibration_error",
    reference=calibration_error,
    parts={"error": 3, "edges": 2, "empty": 1},
    returns={"error": ()},
    forbidden=("course.pieces.calibration_error",),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=20,
    paper="https://arxiv.org/abs/1706.04599",
)
_right = copy_of(calibration_error)


def _between(rng, count, least=0.0, most=1.0):
    """Odd multiples of 1/128: on no edge of 4, 5, 8, 10 or 15 bins."""
    places = np.arange(int(least * 64), int(most * 64))
    return (rng.choice(places, size=count) + 0.5) / 64


def _call(rng, confidence, bins, likely=None):
    confidence = np.asarray(confidence).astype("float32")
    right = rng.random(len(confidence)) < (0.55 if likely is None else likely)
    return Call(confidence, right, bins)


OF_ERRORS = (
    "bins_weigh_alike",
    "empty_bins_count",
    "worst_bin",
    "centre_of_the_bin",
    "squares",
    "not_in_bins",
    "means_of_everything",
    "signs_cancel",
    "last_bin_skipped",
    "bins_of_equal_count",
)
ON_EDGES = ("certainty_lost", "certainty_alone", "zero_lost", "edge_to_the_bin_below")


@exercise.probe(part="error", shows=OF_ERRORS)
def unequal_bins(rng):
    """Crowded above, as the confidences of models are, with gaps."""
    crowd = [
        _between(rng, 3, 0, 0.2),
        _between(rng, 4, 0.4, 0.6),
        _between(rng, 12, 0.8, 1),
    ]
    return _call(rng, np.concatenate(crowd), 5)


@exercise.probe(part="error", shows=OF_ERRORS)
def overconfident(rng):
    values = np.concatenate([_between(rng, 18, 0.7, 1), _between(rng, 4, 0.1, 0.5)])
    return _call(rng, values, 10, likely=0.5)


@exercise.probe(part="edges", shows=ON_EDGES)
def on_the_edges(rng):
    """Every edge of four bins, 0 and 1 among them, and some between."""
    edges = np.array([0, 0, 0.25, 0.25, 0.5, 0.75, 0.75, 1, 1, 1])
    return _call(rng, rng.permutation([*edges, *_between(rng, 6)]), 4)


@exercise.probe(part="edges", shows=ON_EDGES)
def eighths(rng):
    values = rng.integers(0, 9, size=20) / 8
    values[:3] = 0, 1, 1
    return _call(rng, values, 8)


@exercise.probe(part="empty", shows=("empty_bins_count", "bins_weigh_alike"))
def most_bins_are_empty(rng):
    return _call(rng, np.repeat([0.3125, 0.640625, 0.96875], [3, 2, 5]), 15)


@exercise.promise(
    part="empty", count=Sizes(1, 40), bins=OneOf(1, 4, 10, 15), sure=OneOf(0.0, 0.6)
)
def any_answers(rng, count, bins, sure):
    return _call(rng, _between(rng, count, sure, 1), bins)


@exercise.promise(part="edges", bins=OneOf(4, 10), sure=OneOf(0.0, 1.0))
def sure_and_wrong(rng, bins, sure):
    """Alone in its bin, with a gap of 1."""
    confidence = np.array([sure, *_between(rng, 5, 0.3, 0.7)], "float32")
    return Call(confidence, np.array([sure == 0, *(rng.random(5) < 0.5)]), bins)


def _gaps(confidence, right, bins, place_of=None, centre=False, power=1, at=None):
    """(how many, gap) of each bin that is not empty."""
    confidence, right = np.array(confidence, "float64"), np.array(right, "float64")
    places = at
    if at is None:
        place_of = place_of or (lambda c: np.minimum((c * bins).astype(int), bins - 1))
        places = place_of(confidence)
    found = []
    for place in range(bins + 1):
        inside = places == place
        if inside.any():
            said = (place + 0.5) / bins if centre else confidence[inside].mean()
            gap = abs(said - right[inside].mean()) ** power
            found.append((inside.sum(), gap))
    return found


def _mean(gaps, count):
    return sum(size * gap for size, gap in gaps) / count


@exercise.misconception
def bins_weigh_alike(confidence, right, bins):
    return np.mean([gap for _, gap in _gaps(confidence, right, bins)])


@exercise.misconception
def empty_bins_count(confidence, right, bins):
    """Empty bins count as perfect ones."""
    return sum(gap for _, gap in _gaps(confidence, right, bins)) / bins


@exercise.misconception
def worst_bin(confidence, right, bins):
    return max(gap for _, gap in _gaps(confidence, right, bins))


@exercise.misconception
def centre_of_the_bin(confidence, right, bins):
    return _mean(_gaps(confidence, right, bins, centre=True), len(confidence))


@exercise.misconception
def squares(confidence, right, bins):
    return _mean(_gaps(confidence, right, bins, power=2), len(confidence))


@exercise.misconception
def signs_cancel(confidence, right, bins):
    """Too sure here and too modest there: the mean of the bins without their sizes."""
    confidence, right = np.array(confidence, "float64"), np.array(right, "float64")
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        confidence[places == p].mean() - right[places == p].mean()
        for p in np.unique(places)
    ]
    return abs(np.mean(gaps))


@exercise.misconception
def certainty_lost(confidence, right, bins):
    """A confidence of 1 is in no bin."""
    gaps = _gaps(
        confidence,
        right,
        bins,
        lambda c: np.where(c == 1, -1, (c * bins).astype(int)),
    )
    return _mean(gaps, len(confidence))


@exercise.misconception
def certainty_alone(confidence, right, bins):
    """A confidence of 1 gets a bin of its own behind the last."""
    gaps = _gaps(confidence, right, bins, lambda c: (c * bins).astype(int))
    return _mean(gaps, len(confidence))


@exercise.misconception
def zero_lost(confidence, right, bins):
    """Bins without their lower edge: a confidence of 0 is in none."""
    gaps = _gaps(confidence, right, bins, lambda c: np.ceil(c * bins).astype(int) - 1)
    return _mean(gaps, len(confidence))


@exercise.misconception
def edge_to_the_bin_below(confidence, right, bins):
    gaps = _gaps(
        confidence,
        right,
        bins,
        lambda c: np.maximum(np.ceil(c * bins).astype(int) - 1, 0),
    )
    return _mean(gaps, len(confidence))


@exercise.misconception
def last_bin_skipped(confidence, right, bins):
    """One bin too few in the loop: the most confident answers are not looked at."""
    places = np.minimum((np.array(confidence, "float64") * bins).astype(int), bins - 1)
    gaps = _gaps(
        confidence, right, bins, at=np.where(places == bins - 1, bins + 5, places)
    )
    return _mean(gaps, len(confidence))


@exercise.misconception
def bins_of_equal_count(confidence, right, bins):
    """Bins that hold equally many examples: a better measure by some accounts."""
    confidence = np.array(confidence, "float64")
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    right = np.array(right, "float64")
    return sum(abs(confidence[p].sum() - right[p].sum()) for p in parts) / len(right)


@exercise.misconception
def not_in_bins(confidence, right, bins):
    confidence, right = np.array(confidence, "float64"), np.array(right, "float64")
    return abs(confidence - right).mean()


@exercise.misconception
def means_of_everything(confidence, right, bins):
    confidence, right = np.array(confidence, "float64"), np.array(right, "float64")
    return abs(confidence.mean() - right.mean())


@exercise.alternative
def from_sums(confidence, right, bins):
    """In a bin, size times distance of the means is the distance of the sums."""
    confidence, right = np.array(confidence, "float64"), np.array(right, "float64")
    places = np.minimum(np.floor(confidence * bins).astype(int), bins - 1)
    sums = np.bincount(places, weights=confidence - right, minlength=bins)
    return abs(sums).sum() / len(confidence)


@exercise.alternative
def with_loops(confidence, right, bins):
    inside = [[] for _ in range(bins)]
    for one, hit in zip(confidence, right):
        inside[min(int(float(one) * bins), bins - 1)].append((float(one), bool(hit)))
    total = 0.0
    for rows in inside:
        if rows:
            said = sum(one for one, _ in rows) / len(rows)
            was = sum(hit for _, hit in rows) / len(rows)
            total += len(rows) / len(confidence) * abs(said - was)
    return total


@exercise.alternative
def with_digitize(confidence, right, bins):
    confidence, right = np.array(confidence, "float64"), np.array(right, "float64")
    places = np.digitize(confidence, np.arange(1, bins) / bins)
    parts = (abs((confidence - right)[places == n].sum()) for n in range(bins))
    return sum(parts) / len(confidence)


@exercise.alternative
def with_edges(confidence, right, bins):
    confidence, right = np.array(confidence, "float64"), np.array(right, "float64")
    total = 0.0
    for place in range(bins):
        above, below = place / bins, (place + 1) / bins
        inside = (confidence >= above) & (confidence < below)
        if place == bins - 1:
            inside |= confidence == 1
        if inside.any():
            gap = abs(confidence[inside].mean() - right[inside].mean())
            total += inside.mean() * gap
    return total


@exercise.alternative
def in_tensorflow(confidence, right, bins):
    confidence = tf.cast(confidence, tf.float64)
    places = tf.minimum(tf.cast(confidence * bins, tf.int32), bins - 1)
    gaps = confidence - tf.cast(right, tf.float64)
    sums = tf.math.unsorted_segment_sum(gaps, places, bins)
    return tf.reduce_sum(tf.abs(sums)) / tf.cast(tf.size(confidence), tf.float64)


@exercise.alternative
def with_a_matrix(confidence, right, bins):
    confidence, right = np.array(confidence, "float64"), np.array(right, "float64")
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    hot = places[None] == np.arange(bins)[:, None]
    return abs(hot @ (right - confidence)).sum() / hot.sum()
