"""Beam search against brute force: every text of a small vocabulary is scored."""

import functools
import itertools

import numpy as np
import pytest

from tests.generation.toy_models import BigramModel, TrigramModel, log_softmax
from transformer_tf.generation import (
    BeamSearch,
    Continuation,
    ForbiddenTokens,
    generate,
)
from transformer_tf.generation import generate_beams as generate_beams_compiled

# The plain graph compiles faster; one test below compares it with XLA.
generate_beams = functools.partial(generate_beams_compiled, jit_compile=False)


def all_texts(model, prompt, limit, stop_ids, alpha):
    """Every text that stops, or reaches the limit, best first: (score, ids)."""
    table = log_softmax(model.logits)
    texts = []
    for length in range(1, limit + 1):
        for ids in itertools.product(range(model.vocabulary_size), repeat=length):
            if any(token in stop_ids for token in ids[:-1]):
                continue
            if length < limit and ids[-1] not in stop_ids:
                continue
            read = [0, *prompt, *ids]
            first = len(prompt) + 1
            score = sum(
                table[read[n - 2], read[n - 1], read[n]]
                for n in range(first, len(read))
            )
            texts.append((score / ((5 + length) / 6) ** alpha, list(ids)))
    return sorted(texts, reverse=True)


class TestBeamSearch:
    @pytest.mark.parametrize("alpha", [0.0, 0.6, 2.0])
    @pytest.mark.parametrize("stop_ids", [(3,), (1, 3), ()])
    def test_wide_beam_equals_brute_force(self, rng, alpha, stop_ids):
        model = TrigramModel(2 * rng.normal(size=(4, 4, 4)))
        prompts = [[2], [0, 2, 1], [1, 1]]
        search = BeamSearch(beams=64, length_penalty=alpha, num_results=5)
        found = generate_beams(model, prompts, 4, search, stop_ids=stop_ids)
        for prompt, texts in zip(prompts, found):
            truth = all_texts(model, prompt, 4, stop_ids, alpha)
            score_of = {tuple(ids): score for score, ids in truth}
            got = [text.score for text in texts]
            # Rotations of one cycle tie, so scores are compared and then each text's.
            np.testing.assert_allclose(got, [score for score, _ in truth[:5]], 1e-5)
            np.testing.assert_allclose(
                got, [score_of[tuple(text.ids)] for text in texts], 1e-5
            )
            assert len({tuple(text.ids) for text in texts}) == 5

    def test_finished_text_is_not_extended(self):
        """The case that a search without a finished set gets wrong.

        From 0 the best finished text is [2, 3], of probability 0.4. Were it extended,
        each id behind its end would cost a factor of 4, and [1, 2, 3] of probability
        0.3 would win.
        """
        end = 3
        probability = np.full((4, 4), 1e-9)
        probability[0, 1], probability[0, 2] = 0.6, 0.4
        probability[1, 2] = probability[1, 0] = 0.5
        probability[2, end] = 1
        probability[end] = 0.25
        model = BigramModel(np.log(probability))
        (texts,) = generate_beams(
            model, [[0]], 5, BeamSearch(3, num_results=2), stop_ids=[end]
        )
        assert [text.ids for text in texts] == [[2, end], [1, 2, end]]
        np.testing.assert_allclose(texts[0].score, np.log(0.4), atol=1e-4)

    def test_one_beam_is_greedy_until_the_stop(self, rng):
        model = BigramModel(rng.normal(size=(7, 7)))
        (greedy,) = generate(model, [[2, 5]], 9, jit_compile=False)
        ((found,),) = generate_beams(model, [[2, 5]], 9, BeamSearch(1))
        assert found.ids == greedy

    def test_early_end_changes_nothing(self, rng):
        """A limit far beyond the end finds what a limit just beyond it finds."""
        logits = rng.normal(size=(5, 5))
        logits[:, 4] += 3
        model = BigramModel(logits)
        search = BeamSearch(3, num_results=3)
        near = generate_beams(model, [[1], [2]], 12, search, stop_ids=[4])
        far = generate_beams(model, [[1], [2]], 100, search, stop_ids=[4])
        assert near == far

    def test_length_penalty_favours_longer_texts(self):
        probability = np.full((4, 4), 1e-9)
        probability[0, 3], probability[0, 1] = 0.55, 0.45
        probability[1, 2] = probability[2, 3] = 1
        model = BigramModel(np.log(probability))
        ((short,),) = generate_beams(model, [[0]], 6, BeamSearch(2), stop_ids=[3])
        ((long,),) = generate_beams(model, [[0]], 6, BeamSearch(2, 3.0), stop_ids=[3])
        assert short.ids == [3]
        assert long.ids == [1, 2, 3]

    def test_xla_finds_what_the_graph_finds(self, rng):
        model = TrigramModel(rng.normal(size=(5, 5, 5)))
        prompts, search = [[1, 2], [4]], BeamSearch(3, 0.5)
        found = generate(model, prompts, 6, search, stop_ids=[0])
        plain = generate_beams(model, prompts, 6, search, stop_ids=[0])
        assert found == [texts[0].ids for texts in plain]

    def test_processors_act_on_every_beam(self, rng):
        model = BigramModel(rng.normal(size=(6, 6)))
        search = BeamSearch(4, num_results=4)
        (texts,) = generate_beams(
            model, [[1]], 5, search, processors=[ForbiddenTokens([0, 3])]
        )
        assert all(not {0, 3} & set(text.ids) for text in texts)

    def test_fewer_texts_than_beams(self):
        """Two ids, one of them the end: a limit of 1 leaves two texts, not four."""
        model = BigramModel(np.zeros((2, 2)))
        search = BeamSearch(4, num_results=4)
        (texts,) = generate_beams(model, [[0]], 1, search, stop_ids=[1])
        assert sorted(text.ids for text in texts) == [[0], [1]]
        assert isinstance(texts[0], Continuation)
