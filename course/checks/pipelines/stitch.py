"""pipelines.stitch: a long text read in windows, each token judged once."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.pipelines.samples import BERT, UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import stitch

exercise = Exercise(
    "pipelines.stitch",
    unit=UNIT,
    answer="stitch",
    reference=stitch,
    parts={"once": 2, "halves": 2, "ends": 1, "odd": 1},
    returns={"outputs": ("token", "feature")},
    forbidden=("course.pieces.stitch", "transformer_tf.pipelines.windows.Whole"),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper=BERT,
)


def _windows(rng, *lengths, features=3):
    """Each window says something else of the tokens that it shares."""
    return [floats(rng, length, features) for length in lengths]


@exercise.probe(part="once")
def two_windows(rng):
    return Call(_windows(rng, 9, 7), 4)


@exercise.probe(part="once")
def nothing_shared(rng):
    return Call(_windows(rng, 5, 5, 3), 0)


@exercise.probe(part="halves")
def four_windows(rng):
    return Call(_windows(rng, 10, 10, 10, 6), 4)


@exercise.probe(part="halves")
def more_than_half_is_shared(rng):
    """Some tokens stand in three windows."""
    return Call(_windows(rng, 9, 9, 9, 8, features=2), 6)


@exercise.probe(part="ends")
def one_window(rng):
    return Call(_windows(rng, 6), 4)


@exercise.probe(part="odd")
def an_odd_overlap(rng):
    return Call(_windows(rng, 9, 9, 8), 5)


@exercise.probe(part="odd")
def one_token_shared(rng):
    return Call(_windows(rng, 4, 4, 3), 1)


@exercise.promise(
    part="halves",
    windows=Sizes(1, 6),
    more=Sizes(1, 8),
    overlap=OneOf(0, 1, 4, 5),
    features=Sizes(1, 4),
)
def any_windows(rng, windows, more, overlap, features):
    last = int(rng.integers(1, more + 1))
    lengths = [overlap + more] * (windows - 1) + [overlap + last]
    return Call(_windows(rng, *lengths, features=features), overlap)


def _joined(windows, earlier, later):
    """With so many of the shared tokens cut off the next one, and off each."""
    parts = []
    for number, window in enumerate(windows):
        first = earlier if number else 0
        behind = later if number < len(windows) - 1 else 0
        parts.append(np.array(window)[first : len(window) - behind])
    return np.concatenate(parts)


def _pairs(windows, overlap, join):
    """Windows side by side, `join` of the two judgements of what they share."""
    found = np.array(windows[0])
    for window in windows[1:]:
        window = np.array(window)
        shared = found[len(found) - overlap :], window[:overlap]
        found = found[: len(found) - overlap]
        found = np.concatenate([found, join(*shared), window[overlap:]])
    return found


@exercise.misconception
def first_window_wins(windows, overlap):
    return _joined(windows, overlap, 0)


@exercise.misconception
def last_window_wins(windows, overlap):
    return _joined(windows, 0, overlap)


@exercise.misconception
def mean_of_both(windows, overlap):
    return _pairs(windows, overlap, lambda one, other: (one + other) / 2)


@exercise.misconception
def larger_of_both(windows, overlap):
    return _pairs(windows, overlap, np.maximum)


@exercise.misconception
def nearer_to_the_edge(windows, overlap):
    """Of each two judgements the one that has seen less of what is around."""
    half = (overlap + 1) // 2
    return _pairs(
        windows,
        overlap,
        lambda one, other: np.concatenate(
            [other[: overlap - half], one[overlap - half :]]
        ),
    )


@exercise.misconception
def shared_tokens_twice(windows, overlap):
    return np.concatenate([np.array(window) for window in windows])


@exercise.misconception
def shared_tokens_lost(windows, overlap):
    """Cut off in both windows."""
    return _joined(windows, overlap, overlap)


@exercise.misconception
def middle_is_the_later_ones(windows, overlap):
    return _joined(windows, overlap // 2, overlap - overlap // 2)


@exercise.misconception
def ends_of_the_text_cut_too(windows, overlap):
    earlier = (overlap + 1) // 2
    later = overlap - earlier
    return np.concatenate([np.array(w)[earlier : len(w) - later] for w in windows])


@exercise.misconception
def overlap_is_a_step(windows, overlap):
    """As if each window began so many tokens behind the one before it."""
    step = max(overlap, 1)
    parts = [np.array(window)[:step] for window in windows[:-1]]
    return np.concatenate([*parts, np.array(windows[-1])])


@exercise.misconception
def only_the_first_window(windows, overlap):
    return np.array(windows[0])


@exercise.alternative
def with_halves(windows, overlap):
    return _joined(windows, overlap - overlap // 2, overlap // 2)


@exercise.alternative
def in_tensors(windows, overlap):
    late = overlap // 2
    parts = [w[: len(w) - late] for w in windows[:-1]] + [windows[-1]]
    parts = [parts[0]] + [part[overlap - late :] for part in parts[1:]]
    return ops.concatenate(parts, axis=0)


@exercise.alternative
def by_distance(windows, overlap):
    """Every token of every window, with the way to the nearest edge in the text."""
    best = {}
    at = 0
    for number, window in enumerate(windows):
        size = len(window)
        for place in range(size):
            left = place if number else 10**9
            right = size - 1 - place if number < len(windows) - 1 else 10**9
            distance = min(left, right)
            if at + place not in best or distance > best[at + place][0]:
                best[at + place] = distance, window[place]
        at += size - overlap
    return np.stack([np.array(best[n][1]) for n in sorted(best)])


@exercise.alternative
def growing(windows, overlap):
    found = list(windows[0])
    for window in windows[1:]:
        keep = len(found) - overlap // 2
        found = found[:keep] + list(window[(overlap + 1) // 2 :])
    return ops.stack(found)


@exercise.alternative
def two_by_two(windows, overlap):
    half = -(-overlap // 2)
    return _pairs(
        windows,
        overlap,
        lambda one, other: np.concatenate([one[:half], other[half:]]),
    )


@exercise.alternative
def with_a_mask(windows, overlap):
    kept = []
    for number, window in enumerate(windows):
        places = tf.range(len(window))
        mask = (places >= (overlap + 1) // 2) | (number == 0)
        last = number == len(windows) - 1
        mask &= (places < len(window) - overlap // 2) | last
        kept.append(tf.boolean_mask(window, mask))
    return tf.concat(kept, axis=0)
