"""What leaves the draw: processors against float64 definitions, at any size."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from transformer_tf.generation import EpsilonCutoff, EtaCutoff, TopP, TypicalP

LARGE = 128_256  # Llama 3's vocabulary


def applied(processor, logits, jit_compile=False):
    """The processor as the compiled loop calls it, with traced numbers."""
    values = processor.tensor_values(logits.shape[-1])
    values = {name: tf.constant(np.asarray(value)) for name, value in values.items()}

    @tf.function(jit_compile=jit_compile, autograph=False)
    def program(values, logits):
        return processor.with_tensors(values)(logits, None)

    return ops.convert_to_numpy(ops.cast(program(values, logits), "float32"))


def kept(processor, logits, jit_compile=False):
    return applied(processor, tf.constant(logits), jit_compile) > -1e29


def probabilities(logits):
    exact = np.exp(logits.astype("float64") - logits.max(-1, keepdims=True))
    return exact / exact.sum(-1, keepdims=True)


def smallest_set(probability, rank, p):
    """[vocabulary] booleans, one id after the other, ties with the last included."""
    order = np.argsort(rank, kind="stable")
    total = np.cumsum(probability[order])
    count = 1 + np.count_nonzero(total[:-1] < p)
    return rank <= rank[order[count - 1]]


def top_p(logits, p):
    return smallest_set(probabilities(logits), -logits.astype("float64"), p)


def typical_p(logits, p):
    probability = probabilities(logits)
    information = -np.log(probability)
    distance = np.abs(information - np.sum(probability * information))
    return smallest_set(probability, distance, p)


class TestTopP:
    @pytest.mark.parametrize("p", [0.05, 0.3, 0.5, 0.8, 0.9, 0.95, 0.999])
    @pytest.mark.parametrize("spread", [0.0, 0.1, 3.0])
    def test_large_vocabularies(self, rng, spread, p):
        """A sum in float32 would be off by several ids of a flat distribution."""
        logits = rng.normal(size=(2, LARGE), scale=spread).astype("float32")
        logits += rng.uniform(-1e-3, 1e-3, logits.shape).astype("float32")
        for row, got in zip(logits, kept(TopP(p), logits)):
            np.testing.assert_array_equal(got, top_p(row, p))

    @pytest.mark.parametrize("size", [7, 1000, LARGE])
    @pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
    def test_one_keeps_every_id(self, rng, size, dtype):
        logits = tf.cast(rng.normal(size=(2, size), scale=5), dtype)
        assert (applied(TopP(1.0), logits) > -1e29).all()

    @pytest.mark.parametrize("size", [50, 5003])
    @pytest.mark.parametrize("p", [0.2, 0.7, 0.95])
    @pytest.mark.parametrize("jit_compile", [False, True])
    def test_bfloat16_keeps_what_ties(self, rng, size, p, jit_compile):
        logits = tf.cast(rng.normal(size=(3, size), scale=2), "bfloat16")
        got = applied(TopP(p), logits, jit_compile) > -1e29
        for row, mask in zip(np.array(logits).astype("float32"), got):
            np.testing.assert_array_equal(mask, top_p(row, p))

    @pytest.mark.parametrize("jit_compile", [False, True])
    def test_sums_that_reach_p_exactly(self, jit_compile):
        """In tenths and twentieths, where no binary fraction is exact."""
        for parts in ((5, 3, 1, 1), (10, 6, 2, 1, 1), (7, 1, 1, 1), (4, 3, 2, 1)):
            whole = sum(parts)
            logits = np.log(np.array([parts]) / whole).astype("float32")
            for count in range(1, len(parts) + 1):
                last = parts[count - 1]
                expected = sum(part >= last for part in parts)
                p = sum(parts[:count]) / whole
                if parts[:count][-1:] != parts[count : count + 1]:
                    got = kept(TopP(p), logits, jit_compile)
                    assert got.sum() == expected, (parts, p)

    def test_smallest_of_all_subsets(self, rng):
        """Against every subset of a small vocabulary."""
        for _ in range(20):
            logits = rng.normal(size=(1, 6), scale=2).astype("float32")
            probability = probabilities(logits)[0]
            p = rng.uniform(0.05, 0.99)
            subsets = [
                subset
                for count in range(1, 7)
                for subset in itertools.combinations(range(6), count)
                if probability[list(subset)].sum() >= p
            ]
            best = min(subsets, key=lambda s: (len(s), -probability[list(s)].sum()))
            got = np.flatnonzero(kept(TopP(p), logits)[0])
            assert set(got) == set(best)


class TestTypicalP:
    @pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
    @pytest.mark.parametrize("size", [12, 3001, 50_257])
    def test_keeps_the_most_typical(self, rng, size, p):
        logits = rng.normal(size=(2, size), scale=2).astype("float32")
        for row, got in zip(logits, kept(TypicalP(p), logits)):
            np.testing.assert_array_equal(got, typical_p(row, p))

    def test_the_likeliest_may_be_untypical(self):
        logits = np.log([[0.45, 0.15, 0.2, 0.2]]).astype("float32")
        np.testing.assert_array_equal(
            kept(TypicalP(0.3), logits), [[False, False, True, True]]
        )

    def test_one_keeps_every_id(self, rng):
        assert kept(TypicalP(1.0), rng.normal(size=(2, 999)).astype("float32")).all()

    def test_forbidden_ids_stay_forbidden(self, rng):
        logits = rng.normal(size=(1, 9)).astype("float32")
        logits[0, 4:] = -1e30
        got = kept(TypicalP(0.9), logits)[0]
        np.testing.assert_array_equal(got[:4], typical_p(logits[0, :4], 0.9))
        assert not got[4:].any()


class TestCutoffs:
    @pytest.mark.parametrize("epsilon", [1e-4, 0.01, 0.3, 0.9])
    @pytest.mark.parametrize("scale", [0.3, 3.0])
    def test_epsilon(self, rng, epsilon, scale):
        logits = rng.normal(size=(4, 500), scale=scale).astype("float32")
        expected = probabilities(logits) >= epsilon
        expected |= logits == logits.max(-1, keepdims=True)
        np.testing.assert_array_equal(kept(EpsilonCutoff(epsilon), logits), expected)

    @pytest.mark.parametrize("epsilon", [1e-4, 0.01, 0.3, 0.9])
    @pytest.mark.parametrize("scale", [0.3, 3.0])
    def test_eta(self, rng, epsilon, scale):
        logits = rng.normal(size=(4, 500), scale=scale).astype("float32")
        probability = probabilities(logits)
        entropy = -np.sum(probability * np.log(probability), -1, keepdims=True)
        eta = np.minimum(epsilon, np.sqrt(epsilon) * np.exp(-entropy))
        expected = (probability >= eta) | (logits == logits.max(-1, keepdims=True))
        np.testing.assert_array_equal(kept(EtaCutoff(epsilon), logits), expected)


@pytest.mark.parametrize(
    "processor",
    [TopP(0.9), TypicalP(0.7), EpsilonCutoff(0.002), EtaCutoff(0.002)],
    ids=lambda processor: type(processor).__name__,
)
def test_half_precision_keeps_what_its_numbers_keep_in_float32(rng, processor):
    logits = tf.cast(rng.normal(size=(4, 300), scale=2), "bfloat16")
    expected = kept(processor, tf.cast(logits, "float32"))
    np.testing.assert_array_equal(kept(processor, logits), expected)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TypicalP(0), r"in \(0, 1\]; got 0"),
        (lambda: TypicalP(float("nan")), "p must be finite; got nan"),
        (lambda: EpsilonCutoff(0.0), r"in \(0, 1\); got 0.0"),
        (lambda: EtaCutoff(1), r"in \(0, 1\); got 1"),
    ],
)
def test_rejects(make, message):
    with pytest.raises(ValueError, match=message):
        make()
