"""Several texts for a prompt, their log-probabilities, and seeds."""

import keras
import numpy as np
import pytest

from tests.generation.toy_models import BigramModel, TrigramModel, log_softmax
from transformer_tf.generation import (
    Greedy,
    Sampling,
    Temperature,
    TopK,
    export_generation,
    generate,
    generate_samples,
    stream,
    trace_count,
)

PROMPTS = [[1, 2], [4], [0, 3, 3]]


def expected_scores(model, prompt, ids, temperature=1.0, k=None):
    """The log-probability of each id, from the table of the model alone."""
    read, scores = [0, *prompt], []
    for token in ids:
        logits = model.logits[read[-2], read[-1]].astype("float64") / temperature
        if k is not None:
            logits = np.where(logits >= np.sort(logits)[-k], logits, -1e30)
        scores.append(log_softmax(logits)[token])
        read.append(token)
    return scores


class TestLogProbabilities:
    @pytest.mark.parametrize("jit_compile", [False, True])
    @pytest.mark.parametrize("strategy", [Sampling(3, num_results=4), Greedy()])
    def test_equal_the_models_own(self, rng, strategy, jit_compile):
        model = TrigramModel(rng.normal(size=(6, 6, 6), scale=2))
        found = generate_samples(
            model, PROMPTS, 7, strategy, stop_ids=[5], jit_compile=jit_compile
        )
        for prompt, samples in zip(PROMPTS, found, strict=True):
            assert len(samples) == getattr(strategy, "num_results", 1)
            for sample in samples:
                scores = expected_scores(model, prompt, sample.ids)
                np.testing.assert_allclose(sample.log_probabilities, scores, atol=1e-5)
                assert sample.score == pytest.approx(sum(scores), abs=1e-4)

    def test_are_those_of_the_processed_logits(self, rng):
        model = TrigramModel(rng.normal(size=(6, 6, 6), scale=2))
        processors = [Temperature(0.7), TopK(3)]
        found = generate_samples(
            model,
            PROMPTS,
            5,
            Sampling(3, 2),
            processors=processors,
            jit_compile=False,
        )
        for prompt, samples in zip(PROMPTS, found):
            for sample in samples:
                scores = expected_scores(model, prompt, sample.ids, 0.7, 3)
                np.testing.assert_allclose(sample.log_probabilities, scores, atol=1e-5)


class TestSeveralResults:
    def test_are_draws_of_their_own(self):
        model = BigramModel(np.zeros((9, 9)))
        (samples, _) = generate_samples(
            model, [[1], [2]], 8, Sampling(1, num_results=20), jit_compile=False
        )
        assert len({tuple(sample.ids) for sample in samples}) == 20

    def test_ids_are_those_of_repeated_prompts(self, rng):
        model = TrigramModel(rng.normal(size=(6, 6, 6)))
        found = generate_samples(
            model, PROMPTS, 6, Sampling(2, num_results=3), jit_compile=False
        )
        repeated = [prompt for prompt in PROMPTS for _ in range(3)]
        texts = generate(model, repeated, 6, Sampling(2), jit_compile=False)
        assert [sample.ids for row in found for sample in row] == texts

    def test_one_result_functions_refuse_several(self, tmp_path):
        model = BigramModel(np.zeros((5, 5)))
        given = model, [[1]], 3, Sampling(num_results=2)
        for function in (generate, stream):
            with pytest.raises(ValueError, match="generate_samples returns"):
                function(*given)
        with pytest.raises(ValueError, match="generate_samples returns"):
            export_generation(
                model, tmp_path, 3, Sampling(num_results=2), prompt_length=2
            )


class TestSeeds:
    def texts(self, strategy):
        model = BigramModel(np.zeros((9, 9)))
        return generate(model, [[1]], 20, strategy, jit_compile=False)

    def test_without_one_every_call_draws_afresh(self):
        model = BigramModel(np.zeros((9, 9)))
        drawn = [
            tuple(generate(model, [[1]], 20, Sampling(), jit_compile=False)[0])
            for _ in range(5)
        ]
        assert len(set(drawn)) == 5
        assert trace_count(model) == 1
        streams = [
            list(stream(model, [[1]], 20, Sampling(), jit_compile=False))
            for _ in range(2)
        ]
        assert streams[0] != streams[1]

    def test_keras_seeds_all(self):
        keras.utils.set_random_seed(3)
        first = self.texts(Sampling())
        keras.utils.set_random_seed(3)
        assert self.texts(Sampling()) == first

    def test_with_one_every_call_draws_the_same(self):
        assert self.texts(Sampling(7)) == self.texts(Sampling(7))

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [((-1,), ValueError), ((1.5,), TypeError), ((1, 0), ValueError)],
    )
    def test_rejects(self, arguments, error):
        with pytest.raises(error, match="must be"):
            Sampling(*arguments)
