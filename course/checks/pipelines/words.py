"""pipelines.words: one class for each word, from its pieces."""

import itertools

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.pipelines.samples import BERT, UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import label_words

exercise = Exercise(
    "pipelines.words",
    unit=UNIT,
    answer="label_words",
    reference=label_words,
    parts={"first": 1, "average": 2, "max": 2, "special": 1},
    returns={"classes": ("word",), "best": ("word",)},
    forbidden=("course.pieces.label_words",),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper=BERT,
)

# Three pieces on which the ways disagree: the first, the mean, the surest, most pieces.
APART = ((0.36, 0.34, 0.3), (0.06, 0.5, 0.44), (0.05, 0.35, 0.6))
VOTE = ((0.34, 0.33, 0.33), (0.1, 0.44, 0.46), (0.36, 0.6, 0.04))
MEAN = ((0.45, 0.15, 0.4), (0.1, 0.5, 0.4), (0.2, 0.25, 0.55))
SURE = ((0.52, 0.44, 0.04), (0.53, 0.43, 0.04), (0.04, 0.5, 0.46))


def _jittered(rng, rows):
    """Moved by so little that nothing changes places."""
    rows = np.array(rows) + 0.004 * rng.random(np.shape(rows))
    return (rows / rows.sum(axis=1, keepdims=True)).astype("float32")


def _call(rng, how, words=(APART, MEAN, VOTE, SURE), special=False):
    rows = [row for word in words for row in word]
    word_ids: list = [n for n, word in enumerate(words) for _ in word]
    if special:
        rows = [(0.02, 0.02, 0.96), *rows, (0.97, 0.02, 0.01)]
        word_ids = [None, *word_ids, None]
    return Call(_jittered(rng, rows), word_ids, how)


@exercise.probe(part="first")
def the_first_piece(rng):
    return _call(rng, "first")


@exercise.probe(part="first")
def pieces_of_every_number(rng):
    return _call(rng, "first", (APART[:1], VOTE, MEAN[:2], SURE))


@exercise.probe(part="average")
def the_mean(rng):
    return _call(rng, "average")


@exercise.probe(part="average")
def the_mean_of_two(rng):
    return _call(rng, "average", (APART[1:], VOTE[:2], MEAN[:2], SURE[1:]))


@exercise.probe(part="max")
def the_surest_piece(rng):
    return _call(rng, "max")


@exercise.probe(part="max")
def equally_sure_pieces(rng):
    pieces = np.float32(
        [[0.25, 0.5, 0.25], [0.5, 0.125, 0.375], [0.125, 0.75, 0.125], [0, 0.25, 0.75]]
    )
    return Call(pieces, [0, 0, 1, 1], "max")


@exercise.probe(part="average")
def equally_likely_classes(rng):
    pieces = np.float32([[0.125, 0.5, 0.375], [0.125, 0.25, 0.625], [0.25, 0.75, 0]])
    return Call(pieces[[0, 2, 1, 1]], [0, 1, 1, 2], "average")


@exercise.probe(part="special")
def special_tokens_around(rng):
    return _call(rng, "average", special=True)


@exercise.probe(part="special")
def special_tokens_inside(rng):
    rows = _jittered(rng, [MEAN[0], APART[0], APART[1], VOTE[2], VOTE[1], SURE[0]])
    return Call(rows, [None, 0, 0, None, 1, None], "max")


@exercise.promise(
    part="first",
    words=Sizes(1, 6),
    most=OneOf(1, 3),
    classes=Sizes(1, 5),
    how=OneOf("first", "average", "max"),
)
def any_words(rng, words, most, classes, how):
    pieces = rng.integers(1, most + 1, size=words)
    word_ids = [n for n, count in enumerate(pieces) for _ in range(count)]
    rows = rng.dirichlet(np.ones(classes), size=len(word_ids)).astype("float32")
    return Call(rows, word_ids, how)


@exercise.promise(part="average", how=OneOf("first", "average", "max"))
def a_certain_piece(rng, how):
    """A probability of exactly 1 counts like any other."""
    pieces = np.float32([[0, 1, 0], [0.5, 0.25, 0.25], [0.25, 0.375, 0.375], [1, 0, 0]])
    return Call(pieces, [0, 0, 1, 1], how)


_right = copy_of(label_words)


def _groups(scores, word_ids):
    """[piece, class] of each word."""
    scores = np.array(scores)
    words = sorted({n for n in word_ids if n is not None})
    return [scores[[p for p, n in enumerate(word_ids) if n == w]] for w in words]


def _likeliest(rows):
    rows = np.stack(rows)
    return rows.argmax(axis=1), rows.max(axis=1)


@exercise.misconception
def always_the_first(scores, word_ids, how):
    return _right(scores, word_ids, "first")


@exercise.misconception
def always_the_mean(scores, word_ids, how):
    return _right(scores, word_ids, "average")


@exercise.misconception
def always_the_surest(scores, word_ids, how):
    return _right(scores, word_ids, "max")


@exercise.misconception
def last_piece(scores, word_ids, how):
    if how != "first":
        return _right(scores, word_ids, how)
    return _likeliest([pieces[-1] for pieces in _groups(scores, word_ids)])


@exercise.misconception
def vote_of_the_pieces(scores, word_ids, how):
    if how != "average":
        return _right(scores, word_ids, how)
    classes, best = [], []
    for pieces in _groups(scores, word_ids):
        votes = np.bincount(pieces.argmax(axis=1))
        classes.append(int(votes.argmax()))
        best.append(pieces.mean(axis=0)[classes[-1]])
    return np.array(classes), np.array(best)


@exercise.misconception
def mean_of_the_best(scores, word_ids, how):
    """The right class; but the pieces' largest values are averaged."""
    classes, best = _right(scores, word_ids, how)
    if how == "average":
        groups = _groups(scores, word_ids)
        best = np.array([pieces.max(axis=1).mean() for pieces in groups])
    return classes, best


@exercise.misconception
def largest_of_each_class(scores, word_ids, how):
    if how != "max":
        return _right(scores, word_ids, how)
    rows = [pieces.max(axis=0) for pieces in _groups(scores, word_ids)]
    return _likeliest([row / row.sum() for row in rows])


@exercise.misconception
def sum_for_mean(scores, word_ids, how):
    if how != "average":
        return _right(scores, word_ids, how)
    return _likeliest([pieces.sum(axis=0) for pieces in _groups(scores, word_ids)])


@exercise.misconception
def product_of_the_pieces(scores, word_ids, how):
    if how != "average":
        return _right(scores, word_ids, how)
    rows = [pieces.prod(axis=0) for pieces in _groups(scores, word_ids)]
    return _likeliest([row / max(row.sum(), 1e-9) for row in rows])


@exercise.misconception
def one_a_piece(scores, word_ids, how):
    places = [place for place, word in enumerate(word_ids) if word is not None]
    return _likeliest(np.array(scores)[places])


@exercise.misconception
def special_tokens_are_words(scores, word_ids, how):
    found, word, before = [], -1, object()
    for number in word_ids:
        word += number is None or number != before
        before = number
        found.append(word)
    return _right(scores, found, how)


@exercise.misconception
def special_tokens_join_a_word(scores, word_ids, how):
    """None read as the word before it."""
    found, before = [], 0
    for number in word_ids:
        before = before if number is None else number
        found.append(before)
    return _right(scores, found, how)


def _row(pieces, how):
    if how == "first":
        return pieces[0]
    if how == "average":
        return sum(pieces) / len(pieces)
    return max(pieces, key=max)


@exercise.alternative
def by_groups(scores, word_ids, how):
    rows = []
    for word, group in itertools.groupby(range(len(word_ids)), word_ids.__getitem__):
        if word is not None:
            rows.append(_row([np.array(scores[place]) for place in group], how))
    return _likeliest(rows)


@exercise.alternative
def with_segments(scores, word_ids, how):
    places = [place for place, word in enumerate(word_ids) if word is not None]
    words = tf.constant([word_ids[place] for place in places])
    scores = tf.gather(scores, places)
    if how == "average":
        rows = tf.math.segment_mean(scores, words)
    else:
        rows = tf.constant([_row(p, how) for p in _groups(scores, words.numpy())])
    return tf.argmax(rows, axis=1), tf.reduce_max(rows, axis=1)


@exercise.alternative
def with_lists(scores, word_ids, how):
    words = {}
    for row, word in zip(np.array(scores).tolist(), word_ids):
        if word is not None:
            words.setdefault(word, []).append(row)
    classes, best = [], []
    for pieces in words.values():
        if how == "average":
            row = [sum(column) / len(pieces) for column in zip(*pieces)]
        else:
            row = pieces[0] if how == "first" else max(pieces, key=max)
        best.append(max(row))
        classes.append(row.index(best[-1]))
    return classes, best


@exercise.alternative
def with_averaging_matrix(scores, word_ids, how):
    count = max(n for n in word_ids if n is not None) + 1
    table = np.array([[n == w for n in word_ids] for w in range(count)], "float32")
    if how == "first":
        table = table * (np.cumsum(table, axis=1) == 1)
    if how == "max":
        sure = table * np.array(ops.max(scores, axis=1)) - (1 - table)
        table = np.eye(len(word_ids), dtype="float32")[sure.argmax(axis=1)]
    rows = ops.matmul(table / table.sum(axis=1, keepdims=True), scores)
    return ops.argmax(rows, axis=1), ops.max(rows, axis=1)


@exercise.alternative
def by_borders(scores, word_ids, how):
    scores = np.array(scores)
    rows = []
    for word in sorted(set(word_ids) - {None}):
        first = word_ids.index(word)
        last = first + word_ids.count(word)
        pieces = scores[first:last]
        place = 0 if how == "first" else int(np.argmax(np.max(pieces, axis=1)))
        rows.append(pieces.mean(0) if how == "average" else pieces[place])
    table = np.array(rows)
    return np.argmax(table, axis=-1), np.amax(table, axis=-1)


@exercise.alternative
def walking_along(scores, word_ids, how):
    rows, counts, before = [], [], None
    for row, word in zip(np.array(scores, "float64"), word_ids):
        if word is None:
            continue
        if word != before:
            rows.append(row.copy())
            counts.append(1)
        elif how == "average":
            rows[-1] += row
            counts[-1] += 1
        elif how == "max" and row.max() > rows[-1].max():
            rows[-1] = row.copy()
        before = word
    table = np.array(rows) / np.array(counts)[:, None]
    return table.argmax(axis=1), table.max(axis=1).astype("float32")
