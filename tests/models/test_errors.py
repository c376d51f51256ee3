"""Bad arguments of models, heads and generation: refused, and with what words.

One row a mistake: what was done, the error's type, and what its message must say. What
shapes and options tell is refused in a graph too.
"""

import numpy as np
import pytest
import tensorflow as tf

import transformer_tf as t
from tests.generation.toy_models import BigramModel

SMALL = {"vocabulary_size": 29, "dim": 12, "num_heads": 3, "num_layers": 1}
BERT = t.bert_config(**SMALL, max_length=9)
GPT2 = t.gpt2_config(**SMALL, max_length=9)
T5 = t.t5_config(**SMALL)
TOY = BigramModel(np.zeros((5, 5)))
IDS = np.ones((2, 7), "int32")
X = np.ones((2, 7, 12), "float32")


def generated(prompts=((1, 2),), new_tokens=3, strategy=None, **options):
    return t.generate(TOY, prompts, new_tokens, strategy, jit_compile=False, **options)


CONFIGS = {
    "no vocabulary": (
        lambda: t.gpt2_config(vocabulary_size=0),
        ValueError,
        ("vocabulary_size", "at least 1", "0"),
    ),
    "layers not whole": (
        lambda: t.gpt2_config(num_layers=1.5),
        TypeError,
        ("num_layers", "whole", "1.5"),
    ),
    "heads do not divide": (
        lambda: t.gpt2_config(dim=10, num_heads=3),
        ValueError,
        ("num_heads", "10", "3"),
    ),
    "unknown positions": (
        lambda: t.gpt2_config(positions="absolute"),
        ValueError,
        ("positions", "learned", "absolute"),
    ),
    "learned without length": (
        lambda: t.gpt2_config(max_length=None),
        ValueError,
        ("learned", "max_length"),
    ),
    "start outside": (
        lambda: t.t5_config(start_id=99_999),
        ValueError,
        ("start_id", "32128", "99999"),
    ),
}

BODIES = {
    "encoder of no config": (
        lambda: t.Encoder({"dim": 4}),
        TypeError,
        ("TransformerConfig", "dict"),
    ),
    "encoder-decoder of no config": (
        lambda: t.EncoderDecoder(5),
        TypeError,
        ("TransformerConfig", "int"),
    ),
    "ids of one axis": (
        lambda: t.Encoder(BERT)(IDS[0]),
        ValueError,
        ("[batch, length]", "(7,)"),
    ),
    "empty sequence": (
        lambda: t.Encoder(BERT)(IDS[:, :0]),
        ValueError,
        ("at least one", "0"),
    ),
    "too long": (
        lambda: t.Encoder(BERT)(np.ones((2, 10), "int32")),
        ValueError,
        ("10", "max_length=9"),
    ),
    "ids outside": (
        lambda: t.Encoder(BERT)(IDS * 29),
        ValueError,
        ("ids", "29"),
    ),
    "ids not whole": (
        lambda: t.Encoder(BERT)(IDS.astype("float32")),
        TypeError,
        ("ids", "float32"),
    ),
    "padding mask of numbers": (
        lambda: t.Encoder(BERT)(IDS, padding_mask=IDS),
        TypeError,
        ("boolean", "int32"),
    ),
    "padding mask of three axes": (
        lambda: t.Encoder(BERT)(IDS, padding_mask=np.ones((2, 7, 7), bool)),
        ValueError,
        ("[batch, length]", "(2, 7, 7)"),
    ),
    "token types unknown": (
        lambda: t.Decoder(GPT2)(IDS, token_types=IDS),
        ValueError,
        ("token_types", "num_token_types=0"),
    ),
    "memory unwanted": (
        lambda: t.Decoder(GPT2)(IDS, memory=X),
        ValueError,
        ("use_cross_attention=False", "a memory"),
    ),
    "memory missing": (
        lambda: t.Decoder(GPT2, use_cross_attention=True)(IDS),
        ValueError,
        ("use_cross_attention=True", "no memory"),
    ),
    "cache without positions": (
        lambda: (lambda d: d(IDS, cache=d.empty_cache(2, 9)))(t.Decoder(GPT2)),
        ValueError,
        ("positions", "next_positions"),
    ),
}

MODELS = {
    "wrong body": (
        lambda: t.CausalLM(t.Encoder(BERT)),
        TypeError,
        ("Decoder", "Encoder"),
    ),
    "body with memory": (
        lambda: t.CausalLM(t.Decoder(GPT2, use_cross_attention=True)),
        ValueError,
        ("cross-attention",),
    ),
    "narrow tied table": (
        lambda: t.CausalLM(GPT2.with_changes(embedding_dim=5)),
        ValueError,
        ("embedding_dim=5", "dim=12"),
    ),
    "unknown input": (
        lambda: t.MaskedLM(BERT)({"ids": IDS, "mask": IDS}),
        ValueError,
        ("['mask']", "padding_mask"),
    ),
    "no ids": (
        lambda: t.MaskedLM(BERT)({"padding_mask": IDS > 0}),
        ValueError,
        ("'ids'", "padding_mask"),
    ),
    "no target": (
        lambda: t.Seq2SeqLM(T5)({"source_ids": IDS}),
        ValueError,
        ("'target_ids'",),
    ),
    "choices of two axes": (
        lambda: t.MultipleChoice(BERT)(IDS),
        ValueError,
        ("[batch, choice, length]", "(2, 7)"),
    ),
}

HEADS = {
    "no classes": (
        lambda: t.SequenceClassificationHead(0),
        ValueError,
        ("num_classes", "0"),
    ),
    "no token classes": (
        lambda: t.TokenClassificationHead(0),
        ValueError,
        ("num_classes", "0"),
    ),
    "no tokens": (lambda: t.CausalLMHead(0), ValueError, ("vocabulary_size", "0")),
    "unknown pooling": (
        lambda: t.SequenceClassificationHead(2, pooling="max"),
        ValueError,
        ("first", "mean", "max"),
    ),
    "unknown pooling of choices": (
        lambda: t.MultipleChoiceHead(pooling="cls"),
        ValueError,
        ("first", "cls"),
    ),
    "unknown activation": (
        lambda: t.MaskedLMHead(9, activation="gelux"),
        ValueError,
        ("gelux",),
    ),
    "table of another width": (
        lambda: t.CausalLMHead(9)(X, table=np.ones((9, 5), "float32")),
        ValueError,
        ("(9, 5)", "12"),
    ),
    "table of another vocabulary": (
        lambda: t.MaskedLMHead(9)(X, table=np.ones((8, 12), "float32")),
        ValueError,
        ("(8, 12)", "9 tokens"),
    ),
    "table once given, then not": (
        lambda: (lambda h: (h(X, table=np.ones((9, 12), "float32")), h(X)))(
            t.CausalLMHead(9)
        ),
        ValueError,
        ("pass it again",),
    ),
    "choices of three axes": (
        lambda: t.MultipleChoiceHead()(X),
        ValueError,
        ("[batch, choice, length, dim]", "(2, 7, 12)"),
    ),
}

GENERATION = {
    "no prompts": (lambda: generated([]), ValueError, ("at least one",)),
    "empty prompt": (lambda: generated([[1], []]), ValueError, ("number 1 is empty",)),
    "negative id": (lambda: generated([[1, -1]]), ValueError, ("-1",)),
    "id outside": (lambda: generated([[5]]), ValueError, ("5", "the largest is 4")),
    "ids of floats": (lambda: generated([[1.0]]), TypeError, ("float64",)),
    "three axes": (
        lambda: generated(np.ones((1, 2, 3), int)),
        ValueError,
        ("[batch, length]", "(2, 3)"),
    ),
    "mask of another shape": (
        lambda: generated(IDS, padding_mask=np.ones((2, 6), bool)),
        ValueError,
        ("padding_mask", "(2, 6)"),
    ),
    "mask of numbers": (
        lambda: generated(IDS, padding_mask=IDS),
        TypeError,
        ("boolean", "int32"),
    ),
    "no new tokens": (
        lambda: generated(new_tokens=0),
        ValueError,
        ("max_new_tokens", "at least 1", "0"),
    ),
    "half a token": (
        lambda: generated(new_tokens=2.5),
        TypeError,
        ("whole", "2.5"),
    ),
    "too many tokens": (
        lambda: t.generate(t.CausalLM(GPT2), [[1, 2]], 8),
        ValueError,
        ("2 tokens", "8 new", "9"),
    ),
    "no strategy": (
        lambda: generated(strategy="greedy"),
        TypeError,
        ("Greedy()", "'greedy'"),
    ),
    "stream of beams": (
        lambda: t.stream(TOY, [[1]], 3, t.BeamSearch(2)),
        TypeError,
        ("Sampling()", "BeamSearch"),
    ),
    "no beams": (lambda: t.BeamSearch(0), ValueError, ("beams", "0")),
    "more results than beams": (
        lambda: t.BeamSearch(2, num_results=3),
        ValueError,
        ("3 results", "2 beams"),
    ),
    "negative penalty": (
        lambda: t.BeamSearch(2, -0.5),
        ValueError,
        ("length_penalty", "-0.5"),
    ),
    "no draft": (lambda: t.PromptLookup(draft=0), ValueError, ("draft", "0")),
    "seed not whole": (lambda: t.Sampling(0.5), TypeError, ("seed", "0.5")),
    "no processor": (
        lambda: generated(processors=[5]),
        TypeError,
        ("LogitsProcessor", "5"),
    ),
    "stop id outside": (
        lambda: generated(stop_ids=[7]),
        ValueError,
        ("stop_ids", "7", "4"),
    ),
    "padding id outside": (
        lambda: generated(padding_id=5),
        ValueError,
        ("padding_id", "5", "4"),
    ),
    "strings without texts": (
        lambda: generated(stop_strings=["x"]),
        ValueError,
        ("token_texts",),
    ),
    "buckets that fall": (
        lambda: t.Buckets(batch=(4, 2)),
        ValueError,
        ("batch", "rise", "(4, 2)"),
    ),
    "no buckets": (lambda: generated(buckets=5), TypeError, ("Buckets", "int")),
    "temperature of text": (lambda: t.Temperature("hot"), TypeError, ("'hot'",)),
}

EVERY_ERROR = {**CONFIGS, **BODIES, **MODELS, **HEADS, **GENERATION}
IN_GRAPHS = {**BODIES, **MODELS, **HEADS}


@pytest.mark.parametrize("name", EVERY_ERROR)
def test_refuses_and_says_why(name):
    call, error, words = EVERY_ERROR[name]
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value), str(caught.value)


@pytest.mark.parametrize("name", sorted(set(IN_GRAPHS) - {"ids outside"}))
def test_refuses_in_a_graph(name):
    call, error, words = IN_GRAPHS[name]
    with pytest.raises(error) as caught:
        tf.function(call, autograph=False)()
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_ids_outside_stop_a_running_graph():
    model = t.Encoder(BERT)
    model.build()
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.function(model)(tf.constant(IDS * 29))
