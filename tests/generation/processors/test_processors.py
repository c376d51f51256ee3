"""Each processor against NumPy, on random logits and hand-made histories."""

import keras
import numpy as np
import pytest
from keras import ops

from transformer_tf import CausalLM, gpt2_config
from transformer_tf.generation import (
    BeamSearch,
    ForbiddenTokens,
    ForcedTokens,
    Greedy,
    MinimumLength,
    MinP,
    NoRepeatNgrams,
    PublishedBeamSearch,
    RepetitionPenalty,
    Sampling,
    Temperature,
    TopK,
    TopP,
    generate,
)
from transformer_tf.generation.history import History

ROWS, VOCABULARY, SLOTS = 3, 11, 9
# Padding before the start and what stands behind the end must not matter.
TOKENS = np.array(
    [
        [9, 9, 1, 2, 3, 1, 2, 9, 9],
        [4, 5, 4, 5, 4, 4, 5, 9, 9],
        [9, 9, 9, 9, 9, 9, 7, 9, 9],
    ],
    "int32",
)
START, END, NEW = np.array([2, 0, 6]), np.array([7, 7, 7]), np.array([2, 3, 1])
LIMIT = 4


@pytest.fixture
def logits(rng):
    return rng.normal(size=(ROWS, VOCABULARY), scale=2).astype("float32")


def applied(processor, logits):
    """The processor as the compiled loop calls it, with traced numbers."""
    values = processor.tensor_values(VOCABULARY)
    traced = keras.tree.map_structure(ops.convert_to_tensor, values)
    history = History(*(ops.cast(x, "int32") for x in (TOKENS, START, END, NEW, LIMIT)))
    return np.array(
        processor.with_tensors(traced)(ops.convert_to_tensor(logits), history)
    )


def text(row):
    return TOKENS[row, START[row] : END[row]].tolist()


def kept(got):
    """Which ids of each row are still possible."""
    return [set(np.flatnonzero(row > -1e29)) for row in got]


def probabilities(logits):
    exact = np.exp(logits.astype("float64"))
    return exact / exact.sum(-1, keepdims=True)


class TestTemperature:
    def test_divides(self, logits):
        np.testing.assert_allclose(
            applied(Temperature(0.7), logits), logits / 0.7, 1e-6
        )


class TestTopK:
    @pytest.mark.parametrize("k", [1, 4, VOCABULARY, 99])
    def test_keeps_the_largest(self, logits, k):
        got = applied(TopK(k), logits)
        assert kept(got) == [set(np.argsort(-row)[:k]) for row in logits]
        chosen = got > -1e29
        np.testing.assert_array_equal(got[chosen], logits[chosen])


class TestTopP:
    @pytest.mark.parametrize("p", [0.05, 0.5, 0.9, 1.0])
    def test_keeps_the_smallest_set_that_holds_p(self, logits, p):
        got = applied(TopP(p), logits)
        for row, probability in zip(kept(got), probabilities(logits)):
            order = np.argsort(-probability)
            count = 1 + np.count_nonzero(np.cumsum(probability[order])[:-1] < p)
            assert row == set(order[:count])

    def test_worked_example(self):
        logits = np.log([[0.5, 0.3, 0.15, 0.05]]).astype("float32")
        history = None
        assert kept(np.array(TopP(0.79)(logits, history))) == [{0, 1}]
        assert kept(np.array(TopP(0.81)(logits, history))) == [{0, 1, 2}]


class TestMinP:
    @pytest.mark.parametrize("p", [0.01, 0.2, 1.0])
    def test_keeps_what_is_likely_enough(self, logits, p):
        got = applied(MinP(p), logits)
        for row, probability in zip(kept(got), probabilities(logits)):
            likely = probability >= p * probability.max() * (1 - 1e-6)
            assert row == set(np.flatnonzero(likely))


class TestRepetitionPenalty:
    def test_penalises_seen_ids_alone(self, logits):
        expected = logits.copy()
        for row in range(ROWS):
            for token in set(text(row)):
                value = logits[row, token]
                expected[row, token] = value / 1.3 if value > 0 else value * 1.3
        np.testing.assert_allclose(
            applied(RepetitionPenalty(1.3), logits), expected, rtol=1e-6
        )


class TestNoRepeatNgrams:
    @pytest.mark.parametrize("n", [1, 2, 3, 4, 20])
    def test_forbids_what_would_repeat(self, logits, n):
        got = applied(NoRepeatNgrams(n), logits)
        for row, possible in enumerate(kept(got)):
            words = text(row)
            grams = {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}
            last = tuple(words[len(words) - n + 1 :]) if n > 1 else ()
            banned = {
                token
                for token in range(VOCABULARY)
                if len(words) >= n - 1 and (*last, token) in grams
            }
            assert possible == set(range(VOCABULARY)) - banned


class TestMinimumLength:
    def test_forbids_the_stop_until_then(self, logits):
        got = applied(MinimumLength(3, [2, 7]), logits)
        everything = set(range(VOCABULARY))
        assert kept(got) == [everything - {2, 7}, everything, everything - {2, 7}]


class TestForcedTokens:
    def test_leaves_one_id(self, logits):
        got = applied(ForcedTokens({2: 8, -1: 5}), logits)
        everything = set(range(VOCABULARY))
        assert kept(got) == [{8}, {5}, everything]


class TestForbiddenTokens:
    def test_forbids_always(self, logits):
        got = applied(ForbiddenTokens([0, 10]), logits)
        assert kept(got) == [set(range(1, 10))] * ROWS


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Temperature(0), "above 0; got 0"),
        (lambda: TopK(0), "k must be at least 1; got 0"),
        (lambda: TopP(1.1), r"in \(0, 1\]; got 1.1"),
        (lambda: MinP(0.0), r"in \(0, 1\]; got 0.0"),
        (lambda: RepetitionPenalty(-1), "above 0; got -1"),
        (lambda: NoRepeatNgrams(0), "n must be at least 1"),
        (lambda: MinimumLength(2, []), "at least one id"),
        (lambda: ForcedTokens({}), "not empty"),
        (lambda: ForbiddenTokens([-1]), "whole numbers from 0 on; got -1"),
        (lambda: ForbiddenTokens([11]).tensor_values(11), "the largest is 10"),
        (lambda: ForbiddenTokens(range(4)).tensor_values(4), "are forbidden"),
    ],
)
def test_rejects(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    "strategy",
    [Greedy(), BeamSearch(3), PublishedBeamSearch(3), Sampling(seed=1)],
    ids=lambda strategy: type(strategy).__name__,
)
@pytest.mark.parametrize("rule", [MinimumLength(4, [2]), ForbiddenTokens([2])])
def test_a_forced_token_stands_even_where_another_rule_forbids_it(strategy, rule):
    """As published: a summary as long as its least length still ends."""
    sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
    model = CausalLM(gpt2_config(vocabulary_size=9, max_length=16, **sizes))
    rules = [rule, ForcedTokens({-1: 2})]
    options = {"processors": rules, "strategy": strategy, "stop_ids": [2]}
    (text,) = generate(model, [[3, 4]], 4, jit_compile=False, **options)
    assert len(text) == 4 and text[-1] == 2, text
