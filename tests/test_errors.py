"""Bad arguments of public calls: what comes back says what came and what should.

Each row is a call that must be refused, the error, and words its message must have. A
call is refused alike in eager mode, in a graph and under XLA, unless only the values of
its arguments tell (those rows are eager).
"""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf as t
from transformer_tf.attention import AttentionMask, KeyValueCache


def floats(*shape):
    return np.ones(shape, "float32")


def ids(*shape):
    return np.ones(shape, "int32")


@dataclasses.dataclass
class Bad:
    """A call that must be refused.

    Attributes:
        call: Makes it; takes tensors made from `arrays`.
        error: What it raises.
        words: Must all be in the message: what came, what was expected.
        arrays: What the call is given.
        values: Whether only the values tell, so that a graph cannot refuse it.
    """

    call: Callable
    error: type
    words: tuple
    arrays: tuple = ()
    values: bool = False


def attend(*tensors, heads=2, options=None, **arguments):
    return t.MultiHeadAttention(heads, **(options or {}))(*tensors, **arguments)


def mask(*shape, dtype=bool):
    return np.ones(shape, dtype)


X, KEY = (2, 3, 8), (2, 5, 8)
HEADS, KEY_HEADS = (2, 3, 4, 6), (2, 5, 4, 6)

ATTENTION = {
    "sdpa rank": Bad(
        t.scaled_dot_product_attention,
        ValueError,
        ("[length, dim]", "(4,)"),
        (floats(4), floats(5, 4), floats(5, 4)),
    ),
    "sdpa head_dim": Bad(
        t.scaled_dot_product_attention,
        ValueError,
        ("head_dim", "4", "6"),
        (floats(3, 4), floats(5, 6), floats(5, 6)),
    ),
    "sdpa values": Bad(
        t.scaled_dot_product_attention,
        ValueError,
        ("5 keys", "7 values"),
        (floats(3, 4), floats(5, 4), floats(7, 4)),
    ),
    "sdpa no keys": Bad(
        t.scaled_dot_product_attention,
        ValueError,
        ("no key", "empty"),
        (floats(3, 4), floats(0, 4), floats(0, 4)),
    ),
    "sdpa mask dtype": Bad(
        t.scaled_dot_product_attention,
        TypeError,
        ("boolean", "float32"),
        (floats(3, 4), floats(5, 4), floats(5, 4), floats(3, 5)),
    ),
    "sdpa mask shape": Bad(
        t.scaled_dot_product_attention,
        ValueError,
        ("(3, 6)", "(3, 5)"),
        (floats(3, 4), floats(5, 4), floats(5, 4), mask(3, 6)),
    ),
    "padding_mask rank": Bad(
        t.padding_mask, ValueError, ("[batch, key]", "(4,)"), (ids(4),)
    ),
    "additive units": Bad(
        lambda: t.AdditiveAttention(0), ValueError, ("units", "at least 1", "0")
    ),
    "additive rank": Bad(
        lambda *x: t.AdditiveAttention(4)(*x),
        ValueError,
        ("query", "[batch, query, query_dim]", "(3, 8)"),
        (floats(3, 8), floats(*KEY)),
    ),
    "additive values": Bad(
        lambda *x: t.AdditiveAttention(4)(*x),
        ValueError,
        ("5 keys", "7 values"),
        (floats(*X), floats(*KEY), floats(2, 7, 8)),
    ),
    "heads": Bad(lambda: attend(heads=0), ValueError, ("num_heads", "at least 1", "0")),
    "head_dim": Bad(
        lambda: attend(options={"head_dim": 0}), ValueError, ("head_dim", "0")
    ),
    "key heads": Bad(
        lambda: attend(heads=6, options={"num_key_value_heads": 4}),
        ValueError,
        ("num_key_value_heads", "divide", "4", "6"),
    ),
    "no key heads": Bad(
        lambda: attend(options={"num_key_value_heads": 0}),
        ValueError,
        ("num_key_value_heads", "0"),
    ),
    "attention dropout": Bad(
        lambda: attend(options={"dropout": 1.0}), ValueError, ("[0, 1)", "1.0")
    ),
    "dim does not divide": Bad(
        lambda x: attend(x, heads=3),
        ValueError,
        ("8 features", "3 heads"),
        (floats(*X),),
    ),
    "query rank": Bad(
        attend,
        ValueError,
        ("[batch, query, dim]", "(2, 3, 4, 8)"),
        (floats(2, 3, 4, 8),),
    ),
    "key rank": Bad(attend, ValueError, ("key", "(2, 8)"), (floats(*X), floats(2, 8))),
    "values": Bad(
        attend,
        ValueError,
        ("5 keys", "6 values"),
        (floats(*X), floats(*KEY), floats(2, 6, 8)),
    ),
    "value alone": Bad(
        lambda x: attend(x, value=x), ValueError, ("value", "key"), (floats(*X),)
    ),
    "empty query": Bad(attend, ValueError, ("empty", "(2, 0, 8)"), (floats(2, 0, 8),)),
    "empty key": Bad(
        attend, ValueError, ("empty", "(2, 0, 8)"), (floats(*X), floats(2, 0, 8))
    ),
    "mask dtype": Bad(
        lambda x, m: attend(x, attention_mask=m),
        TypeError,
        ("boolean", "int32"),
        (floats(*X), mask(2, 3, 3, dtype="int32")),
    ),
    "mask rank": Bad(
        lambda x, m: attend(x, attention_mask=m),
        ValueError,
        ("[query, key]", "(3,)"),
        (floats(*X), mask(3)),
    ),
    "mask shape": Bad(
        lambda x, m: attend(x, attention_mask=m),
        ValueError,
        ("query=3, key=3", "(2, 1, 3, 4)"),
        (floats(*X), mask(2, 3, 4)),
    ),
    "mask heads": Bad(
        lambda x, m: attend(x, attention_mask=m),
        ValueError,
        ("head=2", "(2, 3, 3, 3)"),
        (floats(*X), mask(2, 3, 3, 3)),
    ),
    "key padding shape": Bad(
        lambda x, m: attend(x, attention_mask=AttentionMask(key_padding=m)),
        ValueError,
        ("key=3", "(2, 4)"),
        (floats(*X), mask(2, 4)),
    ),
    "bias shape": Bad(
        lambda x, b: attend(x, position_bias=b),
        ValueError,
        ("position_bias", "head=2", "(1, 3, 3, 3)"),
        (floats(*X), floats(1, 3, 3, 3)),
    ),
    "bias heads": Bad(
        lambda x: attend(x, position_bias=t.LinearPositionBias(5)),
        ValueError,
        ("5 heads", "has 2"),
        (floats(*X),),
    ),
    "positions shape": Bad(
        lambda x, p: attend(x, positions=p),
        ValueError,
        ("[3] or [batch, 3]", "(4,)"),
        (floats(*X), ids(4)),
    ),
    "rotary across": Bad(
        lambda x, y: attend(x, y, rotary=t.RotaryPositions()),
        ValueError,
        ("rotary", "self-attention"),
        (floats(*X), floats(*KEY)),
    ),
    "cache across": Bad(
        lambda x, y: attend(x, y, cache=KeyValueCache.empty(2, 2, 9, 4)),
        ValueError,
        ("cache", "self-attention"),
        (floats(*X), floats(*KEY)),
    ),
    "cache too small": Bad(
        lambda x: attend(x, cache=KeyValueCache.empty(2, 2, 2, 4)),
        ValueError,
        ("2 slots", "3 more"),
        (floats(*X),),
    ),
    "cache shrinks": Bad(
        lambda: KeyValueCache.empty(2, 2, 9, 4).grown(8), ValueError, ("9", "8")
    ),
    "cache without slots": Bad(
        lambda: KeyValueCache.empty(2, 2, 0, 4), ValueError, ("capacity", "0")
    ),
    "project too early": Bad(
        lambda x: t.MultiHeadAttention(2).project(x),
        ValueError,
        ("build",),
        (floats(*X),),
    ),
    "window": Bad(lambda: AttentionMask(window=0), ValueError, ("window", "0")),
    "causal": Bad(lambda: AttentionMask(causal=1), TypeError, ("True or False", "1")),
    "key padding rank": Bad(
        lambda m: AttentionMask(key_padding=m),
        ValueError,
        ("[batch, key]", "(2, 1, 3)"),
        (mask(2, 1, 3),),
    ),
    "blockwise rank": Bad(
        t.blockwise_attention,
        ValueError,
        ("[batch, query, head, head_dim]", "(2, 3, 8)"),
        (floats(*X), floats(*KEY_HEADS), floats(*KEY_HEADS)),
    ),
    "blockwise head_dim": Bad(
        t.blockwise_attention,
        ValueError,
        ("head_dim", "5", "6"),
        (floats(2, 3, 4, 5), floats(*KEY_HEADS), floats(*KEY_HEADS)),
    ),
    "blockwise heads": Bad(
        t.blockwise_attention,
        ValueError,
        ("divide", "4", "6"),
        (floats(2, 3, 6, 6), floats(*KEY_HEADS), floats(*KEY_HEADS)),
    ),
    "blockwise values": Bad(
        t.blockwise_attention,
        ValueError,
        ("one value", "(2, 5, 4, 6)", "(2, 3, 4, 6)"),
        (floats(*HEADS), floats(*KEY_HEADS), floats(*HEADS)),
    ),
    "blockwise mask": Bad(
        t.blockwise_attention,
        ValueError,
        ("query=3, key=5", "(1, 1, 3, 4)"),
        (floats(*HEADS), floats(*KEY_HEADS), floats(*KEY_HEADS), mask(3, 4)),
    ),
    "blockwise dropout": Bad(
        lambda *x: t.blockwise_attention(*x, dropout=-0.1),
        ValueError,
        ("[0, 1)", "-0.1"),
        (floats(*HEADS), floats(*KEY_HEADS), floats(*KEY_HEADS)),
    ),
    "blockwise seed": Bad(
        lambda *x: t.blockwise_attention(*x, dropout=0.1),
        ValueError,
        ("seed", "None"),
        (floats(*HEADS), floats(*KEY_HEADS), floats(*KEY_HEADS)),
    ),
    "blockwise empty": Bad(
        t.blockwise_attention,
        ValueError,
        ("empty", "(2, 0, 4, 6)"),
        (floats(*HEADS), floats(2, 0, 4, 6), floats(2, 0, 4, 6)),
    ),
}

EMBEDDING = {
    "vocabulary": Bad(
        lambda: t.TokenEmbedding(0, 4), ValueError, ("vocabulary_size", "0")
    ),
    "dim": Bad(lambda: t.TokenEmbedding(9, 0), ValueError, ("dim", "0")),
    "padding id": Bad(
        lambda: t.TokenEmbedding(9, 4, padding_id=9), ValueError, ("[0, 9)", "9")
    ),
    "ids are floats": Bad(
        lambda x: t.TokenEmbedding(9, 4)(x),
        TypeError,
        ("integers", "float32"),
        (floats(2, 3),),
    ),
    "ids too large": Bad(
        lambda x: t.TokenEmbedding(9, 4)(x * 9),
        ValueError,
        ("[0, 9)", "9"),
        (ids(2, 3),),
        values=True,
    ),
    "ids negative": Bad(
        lambda x: t.TokenEmbedding(9, 4)(-x),
        ValueError,
        ("[0, 9)", "-1"),
        (ids(2, 3),),
        values=True,
    ),
    "max_length": Bad(lambda: t.LearnedPositions(0), ValueError, ("max_length", "0")),
    "offset": Bad(
        lambda: t.LearnedPositions(4, offset=-1), ValueError, ("offset", "-1")
    ),
    "too long": Bad(
        lambda x: t.LearnedPositions(2)(x), ValueError, ("3", "2"), (floats(*X),)
    ),
    "position beyond the table": Bad(
        lambda x: t.LearnedPositions(4)(x, np.array([0, 1, 4])),
        ValueError,
        ("positions", "[0, 4)", "4"),
        (floats(*X),),
        values=True,
    ),
    "learned rank": Bad(
        lambda x: t.LearnedPositions(4)(x),
        ValueError,
        ("[batch, length, dim]", "(3, 8)"),
        (floats(3, 8),),
    ),
    "wavelength": Bad(
        lambda: t.SinusoidalPositions(1), ValueError, ("max_wavelength", "1")
    ),
    "odd dim": Bad(
        lambda x: t.SinusoidalPositions()(x),
        ValueError,
        ("even", "7"),
        (floats(2, 3, 7),),
    ),
    "sinusoidal positions": Bad(
        lambda x, p: t.SinusoidalPositions()(x, p),
        ValueError,
        ("[3] or [batch, 3]", "(5,)"),
        (floats(*X), ids(5)),
    ),
    "base": Bad(lambda: t.RotaryPositions(base=1), ValueError, ("base", "1")),
    "rotary dim": Bad(lambda: t.RotaryPositions(dim=3), ValueError, ("even", "3")),
    "rotary odd head": Bad(
        lambda x: t.RotaryPositions()(x),
        ValueError,
        ("5 of 5", "even"),
        (floats(2, 3, 4, 5),),
    ),
    "rotary dim too large": Bad(
        lambda x: t.RotaryPositions(dim=8)(x),
        ValueError,
        ("8 of 6",),
        (floats(2, 3, 4, 6),),
    ),
    "rotary rank": Bad(
        lambda x: t.RotaryPositions()(x),
        ValueError,
        ("[batch, length, head, head_dim]", "(2, 3, 8)"),
        (floats(*X),),
    ),
    "scaling type": Bad(
        lambda: t.RotaryPositions(scaling={"type": "cubic", "factor": 2.0}),
        ValueError,
        ("linear", "'cubic'"),
    ),
    "scaling factor": Bad(
        lambda: t.RotaryPositions(scaling={"type": "linear", "factor": 0.5}),
        ValueError,
        ("factor", "0.5"),
    ),
    "scaling misses a number": Bad(
        lambda: t.RotaryPositions(scaling={"type": "llama3", "factor": 2.0}),
        ValueError,
        ("original_max_position_embeddings",),
    ),
    "bias without heads": Bad(
        lambda: t.RelativePositionBias(0), ValueError, ("num_heads", "0")
    ),
    "too few buckets": Bad(
        lambda: t.RelativePositionBias(2, num_buckets=2), ValueError, ("buckets", "2")
    ),
    "distance too small": Bad(
        lambda: t.RelativePositionBias(2, num_buckets=32, max_distance=8),
        ValueError,
        ("max_distance", "8"),
    ),
    "bias positions": Bad(
        lambda p: t.RelativePositionBias(2)(p, p),
        ValueError,
        ("[length]", "3 axes"),
        (ids(2, 3, 4),),
    ),
    "slopes without heads": Bad(
        lambda: t.LinearPositionBias(0), ValueError, ("num_heads", "0")
    ),
}

BLOCKS = {
    "hidden_dim": Bad(lambda: t.FeedForward(0), ValueError, ("hidden_dim", "0")),
    "feed-forward dropout": Bad(
        lambda: t.GatedFeedForward(4, dropout=2), ValueError, ("[0, 1)", "2")
    ),
    "activation": Bad(
        lambda: t.FeedForward(4, activation="gulp"), ValueError, ("gulp",)
    ),
    "activation is no name": Bad(
        lambda: t.FeedForward(4, activation=3), ValueError, ("name", "3")
    ),
    "feed-forward rank": Bad(
        lambda x: t.FeedForward(4)(x),
        ValueError,
        ("[batch, length, dim]", "(2, 8)"),
        (floats(2, 8),),
    ),
    "norm": Bad(
        lambda: t.EncoderBlock(2, 4, norm="batch"), ValueError, ("'rms'", "'batch'")
    ),
    "epsilon": Bad(
        lambda: t.EncoderBlock(2, 4, epsilon=0), ValueError, ("epsilon", "0")
    ),
    "block dropout": Bad(
        lambda: t.DecoderBlock(2, 4, dropout=1), ValueError, ("[0, 1)", "1")
    ),
    "block heads": Bad(
        lambda x: t.EncoderBlock(3, 4)(x),
        ValueError,
        ("8 features", "3 heads"),
        (floats(*X),),
    ),
    "block window": Bad(
        lambda: t.DecoderBlock(2, 4, window=0), ValueError, ("window", "0")
    ),
    "memory missing": Bad(
        lambda x: t.DecoderBlock(2, 4, cross_attention=True)(x),
        ValueError,
        ("cross_attention", "memory"),
        (floats(*X),),
    ),
    "memory unwanted": Bad(
        lambda *x: t.DecoderBlock(2, 4)(*x),
        ValueError,
        ("cross_attention=False", "a memory"),
        (floats(*X), floats(*KEY)),
    ),
    "block rank": Bad(
        lambda x: t.EncoderBlock(2, 4)(x),
        ValueError,
        ("[batch, query, dim]", "(3, 8)"),
        (floats(3, 8),),
    ),
}

EVERY_ERROR = {**ATTENTION, **EMBEDDING, **BLOCKS}


def test_no_name_is_taken_twice():
    assert len(EVERY_ERROR) == len(ATTENTION) + len(EMBEDDING) + len(BLOCKS)


@pytest.mark.parametrize("name", EVERY_ERROR)
class TestEveryError:
    def test_eager(self, name):
        row = EVERY_ERROR[name]
        with pytest.raises(row.error) as caught:
            row.call(*map(keras.ops.convert_to_tensor, row.arrays))
        for word in row.words:
            assert word in str(caught.value), str(caught.value)

    @pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
    def test_compiled(self, name, jit_compile):
        row = EVERY_ERROR[name]
        if row.values or not row.arrays:
            pytest.skip("only values tell, or nothing is computed")
        with pytest.raises(row.error) as caught:
            tf.function(row.call, jit_compile=jit_compile)(*row.arrays)
        for word in row.words:
            assert word in str(caught.value), str(caught.value)
