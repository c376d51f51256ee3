"""Whatever the small model drafts, the large one writes its own greedy tokens."""

import keras
import numpy as np
import pytest

from tests.generation.changed_models import FAMILIES, plain
from tests.selection import table
from transformer_tf import CausalLM, DraftModel
from transformer_tf.generation import Buckets, generate

PROMPTS = [[3, 7, 7, 1], [5], [9, 2, 4, 4, 8, 1, 6]]
OPTIONS = {"buckets": Buckets((1, 4), (8,), (16,)), "jit_compile": False}


def model_of(family):
    keras.utils.set_random_seed(5)
    return plain(*FAMILIES[family])


def nearly(model):
    """A model that agrees with this one now and then."""
    twin, generator = model_of("gpt2"), np.random.default_rng(0)
    for weight, other in zip(twin.weights, model.weights):
        if "float" in weight.dtype:
            noise = generator.normal(size=weight.shape, scale=0.02)
            weight.assign(other + noise)
    return twin


EVERY = [(name, draft) for name in ("itself", "nearly", "another") for draft in (1, 4)]
OFTEN = [("nearly", 4), ("another", 1)]


@pytest.mark.parametrize("drafts, draft", table(EVERY, OFTEN))
def test_writes_the_greedy_tokens(drafts, draft):
    model = model_of("gpt2")
    small = {"itself": lambda: model, "nearly": lambda: nearly(model)}
    small = small.get(drafts, lambda: model_of("llama"))()
    expected = generate(model, PROMPTS, 14, stop_ids=[11], **OPTIONS)
    strategy = DraftModel(small, draft)
    assert generate(model, PROMPTS, 14, strategy, stop_ids=[11], **OPTIONS) == expected
    (alone,) = generate(model, PROMPTS[:1], 14, strategy, stop_ids=[11], **OPTIONS)
    assert alone == expected[0]


def test_reads_the_same_source():
    model = model_of("t5")
    expected = generate(model, PROMPTS, 8, **OPTIONS)
    assert generate(model, PROMPTS, 8, DraftModel(model, 3), **OPTIONS) == expected


def test_refuses_what_cannot_draft():
    model = model_of("gpt2")
    config = FAMILIES["gpt2"][1]
    other = CausalLM(config.with_changes(vocabulary_size=30))
    short = CausalLM(config.with_changes(max_length=9))
    with pytest.raises(ValueError, match="30 and 31 ids"):
        generate(model, PROMPTS, 3, DraftModel(other), **OPTIONS)
    with pytest.raises(ValueError, match="reads"):
        generate(model, PROMPTS, 3, DraftModel(model_of("t5")), **OPTIONS)
    with pytest.raises(ValueError, match="max_length of 9"):
        generate(model, PROMPTS, 3, DraftModel(short), **OPTIONS)
    with pytest.raises(TypeError, match="must be a CausalLM"):
        DraftModel("small")
