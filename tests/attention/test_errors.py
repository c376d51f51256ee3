"""Bad arguments of attention layers and masks: refused, and with what words."""

import pytest

import transformer_tf as t
from tests.refused import Bad, floats, ids, mask
from transformer_tf.attention import AttentionMask, KeyValueCache


def attend(*tensors, heads=2, options=None, **arguments):
    return t.MultiHeadAttention(heads, **(options or {}))(*tensors, **arguments)


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
        ("at least one key", "empty"),
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
    "prefix shape": Bad(
        lambda x, n: attend(x, attention_mask=AttentionMask(causal=True, prefix=n)),
        ValueError,
        ("prefix", "batch=2", "(3,)"),
        (floats(*X), ids(3)),
    ),
    "bias shape": Bad(
        lambda x, b: attend(x, position_bias=b),
        ValueError,
        ("position_bias", "head=2", "(1, 3, 3, 3)"),
        (floats(*X), floats(1, 3, 3, 3)),
    ),
    "bias heads": Bad(
        lambda x: attend(x, position_bias=t.ALiBi(5)),
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


@pytest.mark.parametrize("name", ATTENTION)
def test_eager(name):
    ATTENTION[name].check_eager()


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
@pytest.mark.parametrize("name", ATTENTION)
def test_compiled(name, jit_compile):
    ATTENTION[name].check_compiled(jit_compile)
