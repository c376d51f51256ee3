"""Contrastive search against its definition, by calls of the whole model in NumPy."""

import keras
import numpy as np
import pytest

from tests.generation.toy_models import BigramModel
from transformer_tf import CausalLM, Seq2SeqLM, gpt2_config, llama_config, t5_config
from transformer_tf.generation import (
    ContrastiveSearch,
    ForbiddenTokens,
    generate,
)

SMALL = {
    "vocabulary_size": 29,
    "dim": 24,
    "num_layers": 2,
    "num_heads": 3,
    "hidden_dim": 40,
    "initializer_range": 0.3,
}
MODELS = {
    "learned": (CausalLM, gpt2_config(**SMALL, max_length=40)),
    "rotary": (CausalLM, llama_config(**SMALL, max_length=40)),
    "encoder-decoder": (Seq2SeqLM, t5_config(**SMALL)),
}
PROMPTS = [[3, 7, 7, 1], [5], [9, 2, 4, 4, 8, 1, 6]]


def states_and_probabilities(model, prompt, ids, forbidden):
    """Directions of all hidden states, and the distribution of the next token."""
    if isinstance(model, Seq2SeqLM):
        memory = model.body.encoder(np.array([prompt]))
        states = model.body.decoder(np.array([ids]), memory=memory)
    else:
        states = model.body(np.array([ids]))
    logits = np.array(model.logits(states)[0, -1], "float64")
    logits[list(forbidden)] = -np.inf
    weights = np.exp(logits - logits.max())
    states = np.array(states[0], "float64")
    return states / np.linalg.norm(states, axis=-1, keepdims=True), (
        weights / weights.sum()
    )


def by_definition(model, prompt, limit, count, alpha, stop_ids, forbidden):
    read = [model.start_id] if isinstance(model, Seq2SeqLM) else list(prompt)
    first = len(read)
    while len(read) - first < limit and not set(read[first:]) & set(stop_ids):
        context, probability = states_and_probabilities(model, prompt, read, forbidden)
        scores = {}
        for token in np.argsort(-probability)[:count]:
            states, _ = states_and_probabilities(
                model, prompt, [*read, token], forbidden
            )
            similarity = (context @ states[-1]).max()
            scores[token] = (1 - alpha) * probability[token] - alpha * similarity
        read.append(int(max(scores, key=scores.get)))
    return read[first:]


@pytest.mark.parametrize("name", MODELS)
def test_equals_its_definition(name):
    keras.utils.set_random_seed(4)
    kind, config = MODELS[name]
    model, forbidden, stop_ids = kind(config), (11, 12), (2,)
    model.build()
    for search in (ContrastiveSearch(4, 0.6), ContrastiveSearch(3, 0.2)):
        texts = generate(
            model,
            PROMPTS,
            8,
            search,
            processors=ForbiddenTokens(forbidden),
            stop_ids=stop_ids,
            jit_compile=False,
        )
        assert texts == [
            by_definition(
                model, prompt, 8, search.candidates, search.alpha, stop_ids, forbidden
            )
            for prompt in PROMPTS
        ]


def test_without_a_penalty_it_is_greedy_and_xla_agrees():
    keras.utils.set_random_seed(4)
    model = CausalLM(MODELS["learned"][1])
    greedy = generate(model, PROMPTS, 8, jit_compile=False)
    search = ContrastiveSearch(4, 0.0)
    assert generate(model, PROMPTS, 8, search, jit_compile=False) == greedy
    assert generate(model, PROMPTS, 8, search) == greedy


def test_needs_hidden_states():
    with pytest.raises(TypeError, match="BigramModel has no step_with_states"):
        generate(BigramModel(np.zeros((5, 5))), [[1]], 3, ContrastiveSearch())


class Whole(CausalLM):
    def call(self, inputs, training=None):
        return super().call(inputs, training=training)


def test_says_so_where_only_logits_are_known():
    model = Whole(MODELS["learned"][1])
    with pytest.raises(ValueError, match="Whole changes `call`"):
        generate(model, [[1]], 3, ContrastiveSearch(), jit_compile=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((0,), "candidates must be at least 1"), ((4, 1.5), r"alpha must be in \[0, 1\]")],
)
def test_rejects(arguments, message):
    with pytest.raises(ValueError, match=message):
        ContrastiveSearch(*arguments)
