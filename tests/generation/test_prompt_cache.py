"""A chat with a cache writes what it writes without, and reads only what is new."""

import keras
import pytest

from tests.generation.changed_models import FAMILIES, plain
from tests.selection import table
from transformer_tf import PromptCache
from transformer_tf.generation import BeamSearch, Buckets, Sampling, generate

OPTIONS = {"buckets": Buckets((1, 4), (8, 16, 32, 64), (8,)), "jit_compile": False}
TURNS = ([1, 2], [4], [7, 7, 3, 9])


def model_of(family):
    keras.utils.set_random_seed(5)
    return plain(*FAMILIES[family])


# A new text of a turn, and a whole one: two programs a model, and not one a length.
FEW = {**OPTIONS, "buckets": Buckets((1, 4), (8, 32), (8,))}
EVERY = [(f, s) for f in ("gpt2", "llama") for s in (None, Sampling(3))]


@pytest.mark.parametrize("family, strategy", table(EVERY, [EVERY[1], EVERY[2]]))
def test_turns_equal_calls_without_it(family, strategy):
    model, cache = model_of(family), PromptCache()
    texts = [[3, 7, 7, 1], [5], [9, 2, 4, 4, 8, 1, 6]]
    for turn in TURNS:
        texts = [text + turn for text in texts]
        given = model, texts, 5, strategy
        answers = generate(*given, stop_ids=[11], cache=cache, **FEW)
        assert answers == generate(*given, stop_ids=[11], **FEW)
        texts = [text + answer for text, answer in zip(texts, answers)]
    texts[1][2] = 30  # another past
    given = model, texts, 4, strategy
    assert generate(*given, cache=cache, **FEW) == generate(*given, **FEW)
    given = model, [[8, 1, 1]], 4, strategy  # another number of prompts
    assert generate(*given, cache=cache, **FEW) == generate(*given, **FEW)


def test_reads_only_what_is_new(monkeypatch):
    model, cache, read = model_of("gpt2"), PromptCache(), []
    step = type(model).step

    def counting(self, ids, *arguments, **options):
        read.append(ids.shape[1])
        return step(self, ids, *arguments, **options)

    monkeypatch.setattr(type(model), "step", counting)
    text = list(range(1, 25))
    text += generate(model, [text], 5, cache=cache, **OPTIONS)[0]
    generate(model, [[*text, 3]], 5, cache=cache, **OPTIONS)
    assert [length for length in read if length > 1] == [32, 8]


def test_another_model_is_noticed():
    cache, prompt = PromptCache(), [[3, 7, 7, 1]]
    for family in ("gpt2", "alibi"):
        model = model_of(family)
        expected = generate(model, prompt, 4, **OPTIONS)
        assert generate(model, prompt, 4, cache=cache, **OPTIONS) == expected


def test_refuses_what_it_cannot_keep():
    model = model_of("gpt2")
    with pytest.raises(TypeError, match="must be a PromptCache; got dict"):
        generate(model, [[1]], 2, cache={}, **OPTIONS)
    with pytest.raises(TypeError, match="strategy must be one of"):
        generate(model, [[1]], 2, BeamSearch(), cache=PromptCache(), **OPTIONS)
    with pytest.raises(ValueError, match="for a CausalLM"):
        generate(model_of("t5"), [[1]], 2, cache=PromptCache(), **OPTIONS)
