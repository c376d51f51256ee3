"""What a generation_config.json says, and what a call of `generate` makes of it."""

import pytest

from transformer_tf.generation import (
    ContrastiveSearch,
    EpsilonCutoff,
    EtaCutoff,
    ForbiddenSequences,
    ForbiddenTokens,
    ForcedTokens,
    GenerationConfig,
    Greedy,
    MinimumLength,
    MinP,
    NoRepeatNgrams,
    PromptLookup,
    PublishedBeamSearch,
    RepetitionPenalty,
    Sampling,
    Temperature,
    TopK,
    TopP,
    TypicalP,
)

STRATEGIES = (
    ({}, Greedy()),
    ({"num_beams": 1, "length_penalty": 2.0}, Greedy()),
    (
        {"num_beams": 4, "early_stopping": True, "num_return_sequences": 2},
        PublishedBeamSearch(4, 1.0, True, 2),
    ),
    ({"do_sample": True, "num_return_sequences": 3}, Sampling(num_results=3)),
    ({"penalty_alpha": 0.6, "top_k": 4}, ContrastiveSearch(4, 0.6)),
    ({"prompt_lookup_num_tokens": 5}, PromptLookup(5)),
    ({"num_beams": None, "do_sample": None}, Greedy()),
)
# Settings, and the processors that a text of 3 tokens gets.
PROCESSORS = (
    ({}, ()),
    ({"repetition_penalty": 1.2}, (RepetitionPenalty(1.2),)),
    ({"no_repeat_ngram_size": 3}, (NoRepeatNgrams(3),)),
    (
        {"bad_words_ids": [[7], [2]], "eos_token_id": 2},
        (ForbiddenSequences([[7]]),),
    ),
    ({"min_length": 10, "eos_token_id": [2, 5]}, (MinimumLength(7, (2, 5)),)),
    ({"min_length": 3, "eos_token_id": 2}, ()),
    ({"min_new_tokens": 4, "eos_token_id": 2}, (MinimumLength(4, (2,)),)),
    ({"min_new_tokens": 4}, ()),
    ({"forced_eos_token_id": 2}, (ForcedTokens({-1: 2}),)),
    ({"forced_bos_token_id": 9}, ()),  # only behind a decoder's start
    ({"suppress_tokens": [1, 2]}, (ForbiddenTokens([1, 2]),)),
    ({"temperature": 0.5, "top_k": 3}, ()),  # shapes what is not drawn from
)
WARPERS = (
    ({}, (TopK(50),)),
    ({"temperature": 0.5, "top_k": 0}, (Temperature(0.5),)),
    (
        {"top_k": 5, "top_p": 0.9, "min_p": 0.1, "typical_p": 0.8},
        (TopK(5), TopP(0.9), MinP(0.1), TypicalP(0.8)),
    ),
    (
        {"top_k": 0, "epsilon_cutoff": 3e-4, "eta_cutoff": 2e-4},
        (EpsilonCutoff(3e-4), EtaCutoff(2e-4)),
    ),
)


def described(processors):
    return [(type(p), dict(vars(p))) for p in processors]


@pytest.mark.parametrize(("settings", "strategy"), STRATEGIES)
def test_strategy(settings, strategy):
    assert GenerationConfig(**settings).strategy() == strategy


@pytest.mark.parametrize(("settings", "processors"), PROCESSORS)
def test_processors(settings, processors):
    found = GenerationConfig(**settings).processors(3, samples=False)
    assert described(found) == described(processors)


@pytest.mark.parametrize(("settings", "processors"), WARPERS)
def test_what_shapes_a_draw(settings, processors):
    config = GenerationConfig(**settings, repetition_penalty=1.1)
    found = config.processors(3, samples=True)
    assert described(found) == described((RepetitionPenalty(1.1), *processors))


def test_a_first_token_is_forced_behind_the_start():
    config = GenerationConfig(forced_bos_token_id=9, forced_eos_token_id=[2])
    (forced,) = config.processors(1, samples=False)
    assert forced.ids == {0: 9, -1: 2}


def test_lengths_count_as_published():
    assert GenerationConfig(max_length=30).limit(10) == 20
    assert GenerationConfig(max_length=30).limit(10, longest=24) == 14
    assert GenerationConfig(max_length=30, max_new_tokens=7).limit(10) == 7
    assert GenerationConfig().limit(1) == 19


def test_what_cannot_be_done_is_named():
    settings = {"num_beam_groups": 3, "guidance_scale": 1.0, "diversity_penalty": 0.5}
    assert set(GenerationConfig(**settings).unsupported) == {
        "num_beam_groups",
        "diversity_penalty",
    }
    both = GenerationConfig(do_sample=True, num_beams=4)
    assert both.unsupported == ("do_sample",)
