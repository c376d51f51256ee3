"""Contrastive search against its definition, by calls of the whole model in NumPy."""

import keras
import numpy as np
import pytest

from tests.generation.toy_models import BigramModel
from tests.selection import pairs_once, table
from transformer_tf import CausalLM, Seq2SeqLM, gpt2_config, llama_config, t5_config
from transformer_tf.generation import (
    ContrastiveSearch,
    ForbiddenTokens,
    generate,
)

SMALL = {
    "vocabulary_size": 29,
    "dim": 24,
    "num_layers": 1,
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


def directions(model, prompt, texts):
    """Of all hidden states of texts of one length, and the logits behind each text."""
    if isinstance(model, Seq2SeqLM):
        memory = model.body.encoder(np.array([prompt] * len(texts)))
        states = model.body.decoder(np.array(texts), memory=memory)
    else:
        states = model.body(np.array(texts))
    logits = np.array(model.logits(states)[:, -1], "float64")
    states = np.array(states, "float64")
    return states / np.linalg.norm(states, axis=-1, keepdims=True), logits


def by_definition(model, prompt, limit, count, alpha, stop_ids, forbidden):
    read = [model.start_id] if isinstance(model, Seq2SeqLM) else list(prompt)
    first = len(read)
    while len(read) - first < limit and not set(read[first:]) & set(stop_ids):
        (context,), (logits,) = directions(model, prompt, [read])
        logits[list(forbidden)] = -np.inf
        weights = np.exp(logits - logits.max())
        probability, scores = weights / weights.sum(), {}
        tokens = np.argsort(-probability)[:count]
        states, _ = directions(model, prompt, [[*read, token] for token in tokens])
        for token, state in zip(tokens, states[:, -1]):
            similarity = (context @ state).max()
            scores[token] = (1 - alpha) * probability[token] - alpha * similarity
        read.append(int(max(scores, key=scores.get)))
    return read[first:]


SEARCHES = (ContrastiveSearch(4, 0.6), ContrastiveSearch(3, 0.2))
EVERY = [(name, search) for name in MODELS for search in SEARCHES]


@pytest.mark.parametrize("name, search", table(EVERY, pairs_once(MODELS, SEARCHES)))
def test_equals_its_definition(name, search):
    keras.utils.set_random_seed(4)
    kind, config = MODELS[name]
    model, forbidden, stop_ids = kind(config), (11, 12), (2,)
    model.build()
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
