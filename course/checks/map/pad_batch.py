"""A batch from sentences of different lengths: a rectangle, and what of it is real."""

import itertools

import keras
import numpy as np
import tensorflow as tf

from course.examination import Call, Exercise, OneOf, Sizes


def pad_batch(sentences, padding_id):
    """Makes one rectangle of sentences of different lengths.

    Args:
        sentences: List of lists of integers: the ids of each sentence's words.
        padding_id: The id that fills up the short ones.

    Returns:
        ids: [batch, length] integers: every sentence from the left, padding behind
            it; length is that of the longest.
        mask: [batch, length] booleans: True for words, False for padding.
    """
    length = max(len(sentence) for sentence in sentences)
    ids = np.full((len(sentences), length), padding_id)
    mask = np.zeros((len(sentences), length), dtype=bool)
    for row, sentence in enumerate(sentences):
        ids[row, : len(sentence)] = sentence
        mask[row, : len(sentence)] = True
    return ids, mask


padding = Exercise(
    "map.pad_batch",
    unit="00_map",
    answer="pad_batch",
    reference=pad_batch,
    parts={"rectangle": 2, "other_id": 1, "word_with_that_id": 1},
    returns={"ids": ("batch", "length"), "mask": ("batch", "length")},
    forbidden=(f"{__name__}.pad_batch", "transformer_tf.text.Padding"),
    hints=4,
    difficulty=1,
    importance=5,
    minutes=10,
    paper="https://www.tensorflow.org/guide/keras/understanding_masking_and_padding",
)


def _sentences(rng, lengths, padding_id):
    """Random sentences in which the padding's id is not a word."""
    ids = [rng.integers(1, 40, size=length) for length in lengths]
    return [[int(n + (n >= padding_id)) for n in sentence] for sentence in ids]


@padding.probe(part="rectangle")
def lengths_differ(rng):
    return Call(_sentences(rng, (3, 5, 1, 2), padding_id=0), 0)


@padding.probe(part="rectangle")
def the_first_is_the_longest(rng):
    return Call(_sentences(rng, (6, 2), padding_id=0), 0)


@padding.probe(part="rectangle")
def all_alike(rng):
    return Call(_sentences(rng, (4, 4, 4), padding_id=0), 0)


@padding.probe(part="other_id")
def padding_is_not_always_zero(rng):
    return Call(_sentences(rng, (2, 4, 3), padding_id=7), 7)


@padding.probe(part="word_with_that_id")
def a_word_looks_like_padding(rng):
    sentences = _sentences(rng, (5, 3, 4), padding_id=9)
    sentences[0][4], sentences[1][1] = 9, 9
    return Call(sentences, 9)


@padding.promise(
    part="rectangle",
    sentences=Sizes(1, 6),
    longest=Sizes(1, 9),
    largest_id=OneOf(9, 300, 70_000),
)
def any_batch(rng, sentences, longest, largest_id):
    lengths = rng.integers(1, longest + 1, size=sentences)
    lengths[-1] = longest
    ids = [rng.integers(1, largest_id, size=length).tolist() for length in lengths]
    ids[0][0] = largest_id
    return Call(ids, 0)


@padding.promise(
    part="other_id", padding_id=OneOf(1, 256, 65_536, -1), shortest=Sizes(0, 2)
)
def any_padding_id(rng, padding_id, shortest):
    lengths = rng.permutation([5, 3, shortest])
    return Call(_sentences(rng, lengths, padding_id), padding_id)


def _padded(sentences, padding_id, length):
    rows = [(s + [padding_id] * length)[:length] for s in sentences]
    return np.array(rows)


def _real(sentences, length):
    return np.arange(length) < np.array([[len(s)] for s in sentences])


def _longest(sentences):
    return max(map(len, sentences))


def _batch(sentences, padding_id, extra=0):
    length = _longest(sentences) + extra
    return _padded(sentences, padding_id, length), _real(sentences, length)


@padding.misconception
def padded_in_front(sentences, padding_id):
    ids, mask = _batch([s[::-1] for s in sentences], padding_id)
    return ids[:, ::-1].copy(), mask[:, ::-1].copy()


@padding.misconception
def cut_to_the_shortest(sentences, padding_id):
    length = min(map(len, sentences))
    return _padded(sentences, padding_id, length), _real(sentences, length)


@padding.misconception
def mask_upside_down(sentences, padding_id):
    ids, mask = _batch(sentences, padding_id)
    return ids, ~mask


@padding.misconception
def mask_from_ids(sentences, padding_id):
    ids, _ = _batch(sentences, padding_id)
    return ids, ids != padding_id


@padding.misconception
def padding_is_zero(sentences, padding_id):
    return _batch(sentences, 0)


@padding.misconception
def one_place_too_many(sentences, padding_id):
    return _batch(sentences, padding_id, extra=1)


@padding.misconception
def lengths_instead_of_a_mask(sentences, padding_id):
    ids, mask = _batch(sentences, padding_id)
    return ids, mask.sum(axis=1)


@padding.misconception
def mask_of_ones_and_zeros(sentences, padding_id):
    ids, mask = _batch(sentences, padding_id)
    return ids, mask.astype("int32")


@padding.misconception
def words_down_the_columns(sentences, padding_id):
    ids, mask = _batch(sentences, padding_id)
    return ids.T.copy(), mask.T.copy()


@padding.misconception
def sentences_changed(sentences, padding_id):
    ids, mask = _batch(sentences, padding_id)
    for sentence in sentences:
        sentence += [padding_id] * (ids.shape[1] - len(sentence))
    return ids, mask


@padding.alternative
def lists_joined(sentences, padding_id):
    longest = max(len(sentence) for sentence in sentences)
    missing = [longest - len(sentence) for sentence in sentences]
    ids = [s + [padding_id] * n for s, n in zip(sentences, missing)]
    mask = [[True] * (longest - n) + [False] * n for n in missing]
    return ids, mask


@padding.alternative
def with_tensorflow(sentences, padding_id):
    ragged = tf.ragged.constant(sentences)
    mask = tf.sequence_mask(ragged.row_lengths())
    return ragged.to_tensor(default_value=padding_id), mask


@padding.alternative
def with_keras(sentences, padding_id):
    ids = keras.utils.pad_sequences(sentences, padding="post", value=padding_id)
    lengths = np.array([len(sentence) for sentence in sentences])
    return ids, np.arange(ids.shape[1])[None] < lengths[:, None]


@padding.alternative
def column_by_column(sentences, padding_id):
    columns = list(itertools.zip_longest(*sentences, fillvalue=padding_id))
    lengths = [len(sentence) for sentence in sentences]
    mask = [[place < n for place in range(len(columns))] for n in lengths]
    return np.array(columns).T, np.array(mask)
