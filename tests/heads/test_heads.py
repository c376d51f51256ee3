"""What only the heads promise; the table of layers covers the rest, and the parity
tests compare their numbers with KerasHub's and transformers'."""

import numpy as np
import pytest

from transformer_tf import (
    AdaptiveSoftmaxHead,
    CausalLMHead,
    MaskedLMHead,
    MultipleChoiceHead,
    QuestionAnsweringHead,
    SequenceClassificationHead,
)

BATCH, LENGTH, DIM, VOCABULARY = 3, 5, 8, 11
# All real, padding right, padding left.
REAL = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 1, 1, 1]], bool)


@pytest.fixture
def x(rng):
    return rng.normal(size=(BATCH, LENGTH, DIM)).astype("float32")


def by_hand(x, pooling):
    """The vector of each sequence, row by row."""
    rows = [row[real] for row, real in zip(x.astype("float64"), REAL)]
    pick = {
        "first": lambda r: r[0],
        "last": lambda r: r[-1],
        "mean": lambda r: r.mean(0),
    }
    return np.stack([pick[pooling](row) for row in rows])


class TestPooling:
    @pytest.mark.parametrize("pooling", ["first", "last", "mean"])
    def test_classifies_the_real_tokens(self, x, pooling):
        head = SequenceClassificationHead(4, pooling=pooling, activation=None)
        got = head(x, padding_mask=REAL)
        expected = by_hand(x, pooling) @ np.asarray(head.projection.kernel, "float64")
        np.testing.assert_allclose(got, expected, atol=1e-5)

    @pytest.mark.parametrize("pooling", ["first", "last", "mean"])
    def test_without_a_mask_every_token_is_real(self, x, pooling):
        head = SequenceClassificationHead(4, pooling=pooling, activation=None)
        pick = {"first": x[:, 0], "last": x[:, -1], "mean": x.mean(axis=1)}[pooling]
        got = head(x)
        expected = pick.astype("float64") @ np.asarray(head.projection.kernel)
        np.testing.assert_allclose(got, expected, atol=1e-5)

    @pytest.mark.parametrize("pooling", ["first", "last", "mean"])
    def test_scores_each_choice_alone(self, x, pooling):
        head = MultipleChoiceHead(pooling=pooling)
        got = head(x[None], padding_mask=REAL[None])
        summary = head.summary.transform
        hidden = by_hand(x, pooling) @ np.asarray(summary.kernel, "float64")
        kernel = np.asarray(head.projection.kernel, "float64")
        np.testing.assert_allclose(got, (np.tanh(hidden) @ kernel).T, atol=1e-5)


class TestQuestionAnsweringHead:
    def test_no_answer_stands_in_padding(self, x):
        head = QuestionAnsweringHead()
        start, end = (np.asarray(scores) for scores in head(x, padding_mask=REAL))
        plain_start, plain_end = (np.asarray(scores) for scores in head(x))
        assert (start[~REAL] < -9e3).all() and (end[~REAL] < -9e3).all()
        np.testing.assert_array_equal(start[REAL], plain_start[REAL])
        np.testing.assert_array_equal(end[REAL], plain_end[REAL])


class TestLanguageModelHeads:
    def test_masked_positions_are_those_of_the_whole(self, rng, x):
        head = MaskedLMHead(VOCABULARY)
        whole = np.asarray(head(x))
        positions = rng.integers(0, LENGTH, (BATCH, 2))
        expected = np.take_along_axis(whole, positions[..., None], axis=1)
        got = head(x, mask_positions=positions)
        np.testing.assert_allclose(got, expected, atol=1e-5)

    def test_tied_scores_are_products_with_the_table(self, rng, x):
        table = rng.normal(size=(VOCABULARY, DIM)).astype("float32")
        got = CausalLMHead(VOCABULARY, scale=0.25)(x, table=table)
        np.testing.assert_allclose(got, 0.25 * x @ table.T, atol=1e-5)

    @pytest.mark.parametrize("shape", [(VOCABULARY + 1, DIM), (VOCABULARY - 1, DIM)])
    def test_tables_of_another_size_are_refused(self, shape):
        head = AdaptiveSoftmaxHead(VOCABULARY, cutoffs=[4])
        with pytest.raises(ValueError, match=r"tables must have shapes \[\(11, 8\)\]"):
            head.build((BATCH, LENGTH, DIM), tables_shape=[shape])
