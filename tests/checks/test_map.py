"""The staged references of unit 00 against the library and independent truth."""

import itertools

import numpy as np
import pytest

from course.checks.map.masked_mean import masked_mean
from course.checks.map.pad_batch import pad_batch
from course.checks.map.training_cost import training_cost
from transformer_tf.text import Encoding, Padding


@pytest.mark.parametrize("padding_id", [0, 7])
def test_a_batch_is_padded_as_the_library_pads(padding_id):
    sentences = [[3, 7, 1], [5], [2, 2, 9, 4]]
    ids, mask = pad_batch(sentences, padding_id)
    padded = Padding(id=padding_id)([encoding(sentence) for sentence in sentences])
    assert ids.tolist() == [list(each.ids) for each in padded]
    assert mask.tolist() == [[bool(n) for n in each.attention_mask] for each in padded]


def encoding(ids):
    count = len(ids)
    return Encoding(
        ids=list(ids),
        tokens=[str(n) for n in ids],
        offsets=[(0, 1)] * count,
        special_tokens_mask=[0] * count,
        type_ids=[0] * count,
        attention_mask=[1] * count,
        word_ids=[0] * count,
        sequence_ids=[0] * count,
        unknown_mask=[0] * count,
    )


def test_means_are_those_of_the_words_alone():
    rng = np.random.default_rng(0)
    values, lengths = rng.normal(size=(3, 5)), [2, 5, 1]
    mask = np.arange(5) < np.array(lengths)[:, None]
    values[~mask] = [np.inf, np.nan, -np.inf, 7, 8, 9, 10][: (~mask).sum()]
    expected = [np.mean(row[:n]) for row, n in zip(values, lengths)]
    np.testing.assert_allclose(masked_mean(values, mask), expected)


def test_six_operations_are_what_a_layer_takes():
    """Products and sums, counted one by one, in y = xW, dW = x'dy and dx = dyW'."""
    tokens, inputs, outputs = 4, 3, 5
    one_product = len(list(itertools.product(*map(range, (tokens, inputs, outputs)))))
    counted = 3 * 2 * one_product
    operations, _, _ = training_cost(inputs * outputs, tokens, 1, 1.0, 1.0, 1.0)
    assert operations == counted


def test_the_bill_of_a_published_model():
    """GPT-3: 3.14e23 operations (https://arxiv.org/abs/2005.14165, table D.1)."""
    operations, hours, energy = training_cost(175e9, 300e9, 1, 28e12, 1.0, 300.0)
    assert operations == pytest.approx(3.14e23, rel=0.01)
    assert hours * 3600 * 28e12 == pytest.approx(operations)
    assert energy == pytest.approx(hours * 0.3)


def test_more_chips_take_less_time_and_the_same_energy():
    one = training_cost(1e8, 1e10, 1, 1e14, 0.4, 500.0)
    many = training_cost(1e8, 1e10, 64, 1e14, 0.4, 500.0)
    assert many[1] == pytest.approx(one[1] / 64)
    assert many[2] == pytest.approx(one[2])
