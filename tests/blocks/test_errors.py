"""Bad arguments of blocks and feed-forward layers: refused, and with what words."""

import pytest

import transformer_tf as t
from tests.refused import Bad, floats

X, KEY = (2, 3, 8), (2, 5, 8)

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
        lambda x: t.DecoderBlock(2, 4, use_cross_attention=True)(x),
        ValueError,
        ("use_cross_attention", "memory"),
        (floats(*X),),
    ),
    "memory unwanted": Bad(
        lambda *x: t.DecoderBlock(2, 4)(*x),
        ValueError,
        ("use_cross_attention=False", "a memory"),
        (floats(*X), floats(*KEY)),
    ),
    "block rank": Bad(
        lambda x: t.EncoderBlock(2, 4)(x),
        ValueError,
        ("[batch, query, dim]", "(3, 8)"),
        (floats(3, 8),),
    ),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_eager(name):
    BLOCKS[name].check_eager()


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
@pytest.mark.parametrize("name", BLOCKS)
def test_compiled(name, jit_compile):
    BLOCKS[name].check_compiled(jit_compile)
