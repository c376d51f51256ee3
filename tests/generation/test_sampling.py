"""Sampling draws what the processed logits say; the noise behind it is noise."""

import numpy as np
import pytest

from tests.generation.toy_models import BigramModel
from transformer_tf.generation import (
    Buckets,
    Sampling,
    Temperature,
    TopK,
    generate,
)
from transformer_tf.generation.noise import gumbel_noise

# Chi-square quantiles at 1 - 1e-6: one honest run in a million fails.
CRITICAL = {3: 30.66, 4: 33.38, 9: 45.08, 63: 131.2}
DRAWS = Buckets(batch=(2048,), prompt=(4,), new_tokens=(8,))


def chi_square(counts, probability):
    expected = counts.sum() * probability
    return ((counts - expected) ** 2 / expected).sum()


def draws(model, processors=(), seed=0, tokens=1, jit_compile=False):
    rows = generate(
        model,
        [[2]] * 2048,
        tokens,
        Sampling(seed),
        processors=processors,
        buckets=DRAWS,
        jit_compile=jit_compile,
    )
    return np.array(rows)


class TestSampling:
    """Seeds are fixed, so these tests cannot flicker; their error rate is 1e-6 each."""

    @pytest.mark.parametrize("seed", [0, 1, 12345])
    def test_first_token_follows_the_softmax(self, seed):
        logits = np.log([[0.4, 0.3, 0.2, 0.07, 0.03]] * 5)
        counts = np.bincount(draws(BigramModel(logits), seed=seed)[:, 0], minlength=5)
        assert chi_square(counts, np.exp(logits[0])) < CRITICAL[4]

    def test_later_tokens_follow_the_softmax_of_the_one_before(self, rng):
        logits = rng.normal(size=(5, 5))
        rows = draws(BigramModel(logits), tokens=3)
        for before in range(5):
            following = rows[rows[:, 1] == before, 2]
            probability = np.exp(logits[before]) / np.exp(logits[before]).sum()
            counts = np.bincount(following, minlength=5)
            assert chi_square(counts, probability) < CRITICAL[4]

    def test_processors_shape_the_distribution(self):
        logits = np.tile([3.0, 2.0, 1.0, 0.5, 0.0, -1.0], (6, 1))
        processors = [Temperature(2.0), TopK(4)]
        counts = np.bincount(draws(BigramModel(logits), processors)[:, 0], minlength=6)
        probability = np.exp(logits[0][:4] / 2)
        assert counts[4:].sum() == 0
        assert chi_square(counts[:4], probability / probability.sum()) < CRITICAL[3]

    def test_xla_draws_what_the_graph_draws(self, rng):
        """The integers behind the noise are the same; only a last bit may decide."""
        model = BigramModel(rng.normal(size=(6, 6)))
        given = {"processors": [Temperature(1.3), TopK(5)], "seed": 4, "tokens": 3}
        graph, xla = (draws(model, **given, jit_compile=jit) for jit in (False, True))
        assert np.mean(graph == xla) > 0.999
        assert len(np.unique(graph)) == 6

    def test_seed_decides(self):
        model = BigramModel(np.zeros((9, 9)))

        def texts(seed):
            return generate(model, [[1]], 20, Sampling(seed), jit_compile=False)

        assert texts(3) == texts(3)
        assert texts(3) != texts(4)

    def test_neighbours_do_not_matter(self):
        """A row is sampled alike alone, in company, and in a larger bucket."""
        model = BigramModel(np.zeros((9, 9)))
        alone = generate(model, [[1]], 12, Sampling(5), jit_compile=False)
        together = generate(
            model, [[1], [2, 3, 4], [5]], 12, Sampling(5), jit_compile=False
        )
        assert together[0] == alone[0]
        assert len({tuple(row) for row in together}) == 3


class TestGumbelNoise:
    def uniform(self, **arguments):
        given = {"seed": 7, "step": np.zeros(64, "int32"), "rows": 64}
        noise = np.array(gumbel_noise(**{**given, **arguments}, vocabulary=1000))
        return np.exp(-np.exp(-noise.astype("float64")))

    def test_is_uniform_behind_two_logarithms(self):
        counts = np.histogram(self.uniform(), bins=64, range=(0, 1))[0]
        assert chi_square(counts, np.full(64, 1 / 64)) < CRITICAL[63]

    def test_low_digits_are_uniform(self):
        digits = np.floor(self.uniform() * 10_000) % 10
        counts = np.bincount(digits.astype(int).ravel(), minlength=10)
        assert chi_square(counts, np.full(10, 0.1)) < CRITICAL[9]

    @pytest.mark.parametrize("shift", [(0, 1), (1, 0), (1, 1)])
    def test_neighbours_are_independent(self, shift):
        u = self.uniform()
        rows, ids = shift
        one, other = u[: 64 - rows, : 1000 - ids], u[rows:, ids:]
        correlation = np.corrcoef(one.ravel(), other.ravel())[0, 1]
        # Five standard deviations of the correlation of 63,000 independent pairs.
        assert abs(correlation) < 5 / np.sqrt(one.size)

    def test_steps_and_seeds_are_independent(self):
        u = self.uniform()
        for other in (self.uniform(seed=8), self.uniform(step=np.ones(64, "int32"))):
            correlation = np.corrcoef(u.ravel(), other.ravel())[0, 1]
            assert abs(correlation) < 5 / np.sqrt(u.size)
