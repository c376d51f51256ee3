"""Bad arguments of embeddings and positions: refused, and with what words."""

import numpy as np
import pytest

import transformer_tf as t
from tests.refused import Bad, floats, ids

X = (2, 3, 8)

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
    "slopes without heads": Bad(lambda: t.ALiBi(0), ValueError, ("num_heads", "0")),
}


@pytest.mark.parametrize("name", EMBEDDING)
def test_eager(name):
    EMBEDDING[name].check_eager()


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
@pytest.mark.parametrize("name", EMBEDDING)
def test_compiled(name, jit_compile):
    EMBEDDING[name].check_compiled(jit_compile)
