"""infill_text by counting; statistics within five standard deviations."""

import numpy as np
import pytest
import tensorflow as tf

from transformer_tf.objectives import infill_text
from transformer_tf.objectives.text_infilling import draw_lengths

MASK = 4


def many(draws, draw):
    """What `draw(step)` gives for many steps, in one array."""
    dataset = tf.data.Dataset.range(draws).map(draw).batch(draws)
    return next(iter(dataset)).numpy()


def spans_of(text, corrupted):
    """The lengths that the masks stand for; tokens of `text` are its positions."""
    tokens, masks = [], 0
    lengths = []
    position = text[0]
    for token in [*corrupted, text[-1] + 1]:
        if token == MASK:
            masks += 1
            continue
        if masks:
            lengths.append((masks, token - position))
            masks = 0
        else:
            assert token == position
        tokens.append(token)
        position = token + 1
    return lengths


class TestInfillText:
    def test_hides_the_wanted_number(self):
        text = np.arange(100, 160)
        for step in range(20):
            corrupted, targets = infill_text(text, (2, step), mask_id=MASK)
            np.testing.assert_array_equal(targets, text)
            kept = corrupted.numpy()[corrupted.numpy() != MASK]
            assert len(kept) == 60 - 18
            assert np.all(np.diff(kept) > 0)
            hidden = sum(length for _, length in spans_of(text, corrupted.numpy()))
            assert hidden == 18

    def test_every_token_is_equally_likely(self):
        text = tf.range(100, 130)
        draws = 3000

        def is_kept(step):
            corrupted, _ = infill_text(text, (2, step), mask_id=MASK)
            return tf.reduce_any(corrupted[:, None] == text, axis=0)

        kept = many(draws, is_kept)
        # Long spans reach past no end: the first and last tokens are hidden as often.
        counts = np.sum(kept, axis=0)
        deviation = np.sqrt(draws * 0.3 * 0.7)
        assert np.abs(counts - counts[::-1]).max() < 5 * np.sqrt(2) * deviation
        np.testing.assert_allclose(counts.mean(), 0.7 * draws)

    @pytest.mark.parametrize("rate", [0, 1])
    def test_all_or_nothing(self, rate):
        text = np.arange(100, 110)
        corrupted, _ = infill_text(text, (2, 3), mask_id=MASK, rate=rate)
        expected = text if rate == 0 else np.full(corrupted.shape, MASK)
        np.testing.assert_array_equal(corrupted, expected)

    def test_dataset_repeats_exactly(self):
        dataset = tf.data.Dataset.from_tensors(tf.range(100, 130)).repeat(4).enumerate()
        dataset = dataset.map(
            lambda step, ids: infill_text(ids, (7, step), mask_id=MASK)
        )
        runs = [[c.numpy().tolist() for c, _ in dataset] for _ in range(2)]
        assert runs[0] == runs[1]
        assert len(set(map(tuple, runs[0]))) > 1

    def test_refuses_an_empty_text(self):
        with pytest.raises(ValueError, match="ids is empty"):
            infill_text(np.zeros(0, "int32"), (1, 1), mask_id=MASK)


class TestDrawLengths:
    def test_poisson_lengths(self):
        lengths = draw_lengths(tf.constant(60_000), 3.0, (1, 2)).numpy()
        assert lengths.sum() == 60_000
        spans = len(lengths)
        assert abs(lengths.mean() - 3) < 5 * np.sqrt(3 / spans)
        empty = np.exp(-3.0)
        deviation = np.sqrt(spans * empty * (1 - empty))
        assert abs(np.sum(lengths == 0) - spans * empty) < 5 * deviation

    @pytest.mark.parametrize("total", [0, 1, 7])
    @pytest.mark.parametrize("mean", [0.01, 0.5, 3.0, 50.0])
    def test_sums_to_the_total(self, total, mean):
        for step in range(5):
            assert np.sum(draw_lengths(tf.constant(total), mean, (1, step))) == total
