"""Shapes that a generator makes up: a small model of any family, and what it reads."""

import random
from typing import Any, NamedTuple

import transformer_tf as t

FAMILIES = {
    "albert": (t.MaskedLM, t.TokenClassifier, t.SequenceClassifier),
    "alibi": (t.CausalLM,),
    "bart": (t.Seq2SeqLM, t.SequenceClassifier),
    "bert": (
        t.MaskedLM,
        t.PretrainingModel,
        t.ReplacedTokenDetector,
        t.SequenceClassifier,
        t.SpanQuestionAnswerer,
        t.TokenClassifier,
    ),
    "gpt2": (t.CausalLM,),
    "led": (t.Seq2SeqLM,),
    "llama": (t.CausalLM,),
    "longformer": (t.MaskedLM, t.SequenceClassifier, t.TokenClassifier),
    "t5": (t.Seq2SeqLM,),
    "transformer_xl": (t.CausalLM,),
}
LENGTHS, TARGETS = (64, 128, 256, 512, 1024, 2048), (16, 64, 128, 256, 512, 1024)
# What a compiled program of a shape takes, at most: tokens, and pairs of them.
MOST_TOKENS, MOST_PAIRS, LEAST_TOKENS = 4096, 2**26, 256


class Shape(NamedTuple):
    """A model and what it reads.

    Attributes:
        kind: The model's class.
        config: Its configuration.
        head: More arguments of the class.
        batch: Number of texts.
        length: Number of tokens in each.
        target: Number of target tokens, or None.
    """

    kind: type
    config: t.TransformerConfig
    head: dict[str, Any]
    batch: int
    length: int
    target: int | None = None


def make_shape(number):
    """The shape of a number; families take turns."""
    rng = random.Random(number)
    family = sorted(FAMILIES)[number % len(FAMILIES)]
    while True:
        shape = _try(rng, family)
        longest = max(shape.length, shape.target or 0)
        pairs = shape.batch * shape.config.num_heads * shape.config.num_layers
        tokens = shape.batch * longest
        few = shape.batch * shape.length < LEAST_TOKENS
        if not few and tokens <= MOST_TOKENS and pairs * longest**2 <= MOST_PAIRS:
            return shape


def _try(rng, family):
    kind = rng.choice(FAMILIES[family])
    dim, size = rng.choice([64, 128, 128]), rng.choice([100, 1000, 1000, 6000])
    both = kind is t.Seq2SeqLM
    length, target = rng.choice(LENGTHS), rng.choice(TARGETS) if both else None
    changes = {
        "vocabulary_size": size,
        "dim": dim,
        "num_layers": rng.choice([1, 2, 2, 2, 3, 4]),
        "num_heads": rng.choice([2, 4, 8]),
        "hidden_dim": dim * rng.choice([2, 4, 4, 8]),
        "max_length": max(64, length, target or 0),
        "dropout": 0.0,
        "attention_dropout": 0.0,
    }
    if family != "transformer_xl":
        changes["rematerialize"] = rng.random() < 0.2
    if kind in (t.CausalLM, t.Seq2SeqLM) and rng.random() < 0.3:
        changes["tied"] = family == "transformer_xl" or rng.random() < 0.5
    if rng.random() < 0.2:
        changes |= {"dropout": 0.1, "attention_dropout": 0.1}
    changes |= _of_family(rng, family, changes)
    head = {}
    if kind in (t.TokenClassifier, t.SequenceClassifier):
        head["num_classes"] = rng.choice([2, 5, 30])
    make = getattr(t, "gpt2_config" if family == "alibi" else f"{family}_config")
    batch = rng.choice([1, 4, 16])
    return Shape(kind, make(**changes), head, batch, length, target)


def _of_family(rng, family, changes):
    """What only some families have."""
    size = changes["vocabulary_size"]
    if family == "alibi":
        return {"positions": "linear"}
    if family == "albert":
        return {"embedding_dim": rng.choice([32, 64])}
    if family == "llama":
        return {"num_key_value_heads": rng.choice([2, changes["num_heads"]])}
    if family in ("longformer", "led"):
        more = {"max_decoder_length": 2048} if family == "led" else {}
        return {"window": rng.choice([33, 129, 257]), **more}
    if family == "t5":
        gated = {"gated": True, "activation": "gelu_tanh"} if rng.random() < 0.4 else {}
        return {"activation_dropout": changes["dropout"], **gated}
    if family == "transformer_xl":
        cutoffs = [None, (size // 4,), (size // 8, size // 4, size // 2)]
        return {
            "memory_length": rng.choice([32, 128]),
            "cutoffs": rng.choice(cutoffs),
            "cutoff_divisor": rng.choice([1, 2]),
            "zero_memory": rng.random() < 0.2,
        }
    return {}
