"""Published beam search against its rules, written down once more in NumPy."""

import itertools

import numpy as np
import pytest

from tests.generation.toy_models import BigramModel, TrigramModel, log_softmax
from tests.selection import table
from transformer_tf.generation import (
    BeamSearch,
    GenerationConfig,
    MinimumLength,
    NoRepeatNgrams,
    PublishedBeamSearch,
    generate,
    generate_beams,
)

NONE = -1e30


def reference(table, prompt, search, limit, stop_ids, least=0, ngram=0):
    """[(score, ids)], the best first, by the rules that `transformers` follows.

    Args:
        table: [token, token, token] log-probabilities of the third.
        least: No text stops before it has as many tokens.
        ngram: No n-gram of this length occurs twice, 0 for any.
    """
    alive, finished = [(0.0, [])], []
    for length in range(1, limit + 1):
        candidates = []
        for score, ids in alive:
            text = [0, *prompt, *ids]
            row = table[text[-2], text[-1]].copy()
            if length <= least:
                row[list(stop_ids)] = NONE
            for n in range(1, len(text) - ngram + 1 if ngram else 0):
                if text[n : n + ngram - 1] == text[len(text) - ngram + 1 :]:
                    row[text[n + ngram - 1]] = NONE
            candidates += [(score + p, [*ids, t]) for t, p in enumerate(row)]
        candidates.sort(key=lambda found: -found[0])
        candidates = candidates[: max(2, 1 + len(stop_ids)) * search.beams]
        alive = []
        for rank, (score, ids) in enumerate(candidates):
            if ids[-1] not in stop_ids and length < limit:
                alive.append((score, ids))
            elif rank < search.beams and score > NONE / 2:
                finished.append((score / length**search.length_penalty, ids))
        alive = alive[: search.beams]
        finished = sorted(finished, reverse=True)[: search.beams]
        if not alive or alive[0][0] < NONE / 2:
            break
        if len(finished) == search.beams:
            longest = search.early_stopping == "never" and search.length_penalty > 0
            hope = alive[0][0] / (limit if longest else length) ** search.length_penalty
            if search.early_stopping is True or hope <= finished[-1][0]:
                break
    return finished[: search.num_results]


PENALTIES, STOPS = (-0.5, 0.0, 1.0, 2.0), ((), (3,), (1, 3))
EARLY = (True, False, "never")
# Of tokens before a stop, and of an n-gram that does not come again.
LIMITS = ((0, 0), (2, 2))
EVERY = list(itertools.product(EARLY, PENALTIES, STOPS, LIMITS))
# Every pair of two options comes up.
PAIRS = [
    (early, penalty, STOPS[(n + m) % 3], LIMITS[(n + m // 2) % 2])
    for n, early in enumerate(EARLY)
    for m, penalty in enumerate(PENALTIES)
]


@pytest.mark.parametrize(
    "early_stopping, penalty, stop_ids, limits", table(EVERY, PAIRS)
)
def test_equals_the_rules(rng, early_stopping, penalty, stop_ids, limits):
    prompts = [[2], [0, 2, 1], [1, 1]]
    search = PublishedBeamSearch(3, penalty, early_stopping, num_results=3)
    least, ngram = limits
    model = TrigramModel(1.5 * rng.normal(size=(7, 7, 7)))
    table = log_softmax(model.logits)
    processors = []
    if least and stop_ids:
        processors.append(MinimumLength(least, stop_ids))
    if ngram:
        processors.append(NoRepeatNgrams(ngram))
    found = generate_beams(
        *(model, prompts, 6, search),
        stop_ids=stop_ids,
        processors=processors,
        jit_compile=False,
    )
    for prompt, texts in zip(prompts, found):
        wanted = reference(table, prompt, search, 6, stop_ids, least, ngram)
        assert [text.ids for text in texts] == [ids for _, ids in wanted]
        np.testing.assert_allclose(
            [text.score for text in texts], [score for score, _ in wanted], 1e-4
        )


def test_the_two_rankings_differ_as_stated():
    """An end of small probability wins by probability; published, it is never seen."""
    end = 3
    probability = np.full((4, 4), 1e-9)
    probability[0, :3], probability[0, end] = [0.3, 0.3, 0.3], 0.1
    probability[1:3, :3], probability[1:3, end] = [0.3, 0.3, 0.3], 0.1
    model = BigramModel(np.log(probability))
    options = {"stop_ids": [end], "jit_compile": False}
    (plain,) = generate_beams(model, [[0]], 6, BeamSearch(3), **options)
    published = PublishedBeamSearch(3, length_penalty=0.0, early_stopping="never")
    (theirs,) = generate_beams(model, [[0]], 6, published, **options)
    assert plain[0].ids == [end]
    assert len(theirs[0].ids) == 6 and end not in theirs[0].ids


def test_compiled_by_xla_and_from_a_generation_config():
    model = TrigramModel(1.5 * np.random.default_rng(3).normal(size=(7, 7, 7)))
    model.generation_config = GenerationConfig(
        num_beams=3, length_penalty=2.0, eos_token_id=[1, 3], max_new_tokens=6
    )
    search = PublishedBeamSearch(3, 2.0)
    wanted = reference(log_softmax(model.logits), [2], search, 6, (1, 3))
    assert generate(model, [[2]]) == [wanted[0][1]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"beams": 0}, "beams must be at least 1"),
        ({"early_stopping": "now"}, "True, False or 'never'; got 'now'"),
        ({"num_results": 5}, "num_results must not exceed beams"),
    ],
)
def test_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        PublishedBeamSearch(**arguments)
