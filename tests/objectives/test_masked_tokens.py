"""mask_tokens by counting: what is hidden, how often, and by what.

Statistics are held within five standard deviations: a right implementation would fail
one count in 1.7 million; seeds are fixed, so that a run is repeated exactly.
"""

import numpy as np
import pytest
import tensorflow as tf

from transformer_tf.objectives import IGNORED, mask_tokens

PAD, START, END, MASK, VOCABULARY = 0, 2, 3, 4, 60
OPTIONS = {
    "vocabulary_size": VOCABULARY,
    "mask_id": MASK,
    "special_ids": (PAD, START, END),
}


@pytest.fixture
def ids(rng):
    """[rows, length]: start, text, end, padding, with lengths of their own."""
    ids = rng.integers(5, VOCABULARY, (400, 50))
    for row, length in zip(ids, rng.integers(8, 50, 400)):
        row[length:] = PAD
        row[0], row[length - 1] = START, END
    return ids


def is_near(count, trials, probability, sigmas=5):
    deviation = np.sqrt(trials * probability * (1 - probability))
    return abs(count - trials * probability) < sigmas * deviation


class TestMaskTokens:
    def test_chosen_number_and_their_targets(self, ids):
        corrupted, targets = mask_tokens(ids, (7, 0), **OPTIONS)
        chosen = targets.numpy() != IGNORED
        text = ids > MASK
        wanted = np.maximum(np.round(0.15 * text.sum(1)), 1)
        np.testing.assert_array_equal(chosen.sum(1), wanted)
        assert not np.any(chosen & ~text)
        np.testing.assert_array_equal(targets.numpy()[chosen], ids[chosen])
        np.testing.assert_array_equal(corrupted.numpy()[~chosen], ids[~chosen])

    def test_eighty_ten_ten(self, ids):
        kinds = np.zeros(3)
        drawn = []
        for step in range(5):
            corrupted, targets = (
                x.numpy() for x in mask_tokens(ids, (7, step), **OPTIONS)
            )
            chosen = targets != IGNORED
            masked = chosen & (corrupted == MASK)
            kept = chosen & (corrupted == ids)
            other = chosen & ~masked & ~kept
            kinds += masked.sum(), other.sum(), kept.sum()
            drawn.append(corrupted[other])
        ordinary = VOCABULARY - 5 + 1  # id 1 is ordinary, too
        again = 0.1 / ordinary  # a random token may be the one that stood there
        for count, share in zip(kinds, [0.8, 0.1 - again, 0.1 + again], strict=True):
            assert is_near(count, kinds.sum(), share)
        drawn = np.concatenate(drawn)
        assert not np.isin(drawn, [PAD, START, END, MASK]).any()
        counts = np.bincount(drawn, minlength=VOCABULARY)[[1, *range(5, VOCABULARY)]]
        assert all(is_near(count, len(drawn), 1 / ordinary) for count in counts)

    def test_every_place_is_equally_likely(self):
        text = np.full((4000, 20), 9)
        _, targets = mask_tokens(text, (1, 2), **OPTIONS)
        for count in (targets.numpy() != IGNORED).sum(0):
            assert is_near(count, 4000, 3 / 20)

    @pytest.mark.parametrize(("mask_share", "random_share"), [(1, 0), (0, 1), (0, 0)])
    def test_shares_at_their_ends(self, ids, mask_share, random_share):
        corrupted, targets = mask_tokens(
            ids, (7, 0), mask_share=mask_share, random_share=random_share, **OPTIONS
        )
        chosen = targets.numpy() != IGNORED
        masked = corrupted.numpy()[chosen] == MASK
        kept = corrupted.numpy()[chosen] == ids[chosen]
        assert masked.mean() == mask_share
        assert np.isclose(kept.mean(), 1 - mask_share - random_share, atol=0.05)

    def test_seed_decides_alone(self, ids):
        first, again, other = (
            mask_tokens(ids, seed, **OPTIONS)[0].numpy()
            for seed in [(7, 0), (7, 0), (7, 1)]
        )
        np.testing.assert_array_equal(first, again)
        assert np.mean(first != other) > 0.1

    def test_dataset_repeats_exactly_and_epochs_differ(self, ids):
        dataset = tf.data.Dataset.from_tensor_slices(ids[:6].astype("int32"))
        dataset = dataset.repeat(2).enumerate()
        dataset = dataset.map(lambda step, x: mask_tokens(x, (7, step), **OPTIONS))
        runs = [[c.numpy() for c, _ in dataset] for _ in range(2)]
        np.testing.assert_array_equal(runs[0], runs[1])
        assert np.any(np.not_equal(runs[0][:6], runs[0][6:]))
        assert dataset.element_spec[0].shape == (50,)
        assert dataset.element_spec[1].dtype == tf.int32

    def test_graph_and_xla_equal_eager(self, ids):
        def hide(ids, seed):
            return mask_tokens(ids, seed, **OPTIONS)

        for jit in (False, True):
            compiled = tf.function(hide, jit_compile=jit)
            seed = tf.constant([7, -3])
            for got, expected in zip(compiled(ids, seed), hide(ids, seed)):
                np.testing.assert_array_equal(got, expected)


class TestWholeWords:
    def test_words_are_hidden_as_a_whole(self, rng):
        lengths = rng.integers(1, 5, (200, 12))
        words = np.stack([np.repeat(np.arange(12), row)[:12] for row in lengths])
        text = rng.integers(5, VOCABULARY, words.shape)
        _, targets = mask_tokens(text, (3, 4), rate=0.3, words=words, **OPTIONS)
        chosen = targets.numpy() != IGNORED
        for row, row_words in zip(chosen, words, strict=True):
            by_word = [row[row_words == w] for w in np.unique(row_words)]
            assert all(len(set(flags)) == 1 for flags in by_word)
            last = max(len(flags) for flags in by_word if flags.any())
            assert 4 <= row.sum() < 4 + last  # 0.3 * 12 rounded, the last one over

    def test_long_words_are_as_likely_as_short_ones(self):
        words = np.tile(np.repeat(np.arange(5), [1, 4, 2, 1, 3]), (6000, 1))
        text = np.full(words.shape, 9)
        _, targets = mask_tokens(text, (3, 4), rate=0.01, words=words, **OPTIONS)
        chosen = (targets.numpy() != IGNORED)[:, [0, 1, 5, 7, 8]]  # first tokens
        assert chosen.sum() == 6000
        for count in chosen.sum(0):
            assert is_near(count, 6000, 1 / 5)

    def test_repeated_word_number_is_another_word(self):
        words = np.tile([0, 1, 0, 1], (300, 1))
        _, targets = mask_tokens(
            np.full(words.shape, 9), (3, 4), rate=0.25, words=words, **OPTIONS
        )
        np.testing.assert_array_equal((targets.numpy() != IGNORED).sum(1), 1)


class TestEdges:
    def test_nothing_but_special_ids(self):
        ids = np.array([[START, END, PAD, PAD]])
        corrupted, targets = mask_tokens(ids, (1, 1), **OPTIONS)
        np.testing.assert_array_equal(corrupted, ids)
        np.testing.assert_array_equal(targets, np.full_like(ids, IGNORED))

    def test_no_columns(self):
        corrupted, targets = mask_tokens(np.zeros((2, 0), "int32"), (1, 1), **OPTIONS)
        assert corrupted.shape == targets.shape == (2, 0)

    def test_peer_hides_as_many(self, ids):
        """KerasHub's generator tosses a coin a token, and so may hide none."""
        keras_hub = pytest.importorskip("keras_hub")
        generator = keras_hub.layers.MaskedLMMaskGenerator(
            vocabulary_size=VOCABULARY,
            mask_selection_rate=0.15,
            mask_token_id=MASK,
            mask_selection_length=40,
            unselectable_token_ids=[PAD, START, END, MASK],
        )
        theirs = np.sum(generator(tf.constant(ids))["mask_weights"])
        _, targets = mask_tokens(ids, (7, 0), **OPTIONS)
        ours = np.sum(targets.numpy() != IGNORED)
        assert is_near(theirs, np.sum(ids > MASK), ours / np.sum(ids > MASK))
