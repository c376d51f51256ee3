"""Sentence vectors: 2,000 real sentences of mixed length, MiniLM's shape."""

import tempfile
from itertools import cycle
from pathlib import Path

import numpy as np

from benchmarks.paired import compare, speed_row
from benchmarks.pipelines.peer import peer
from benchmarks.pipelines.shapes import MINILM, bert
from benchmarks.pipelines.texts import sentences

TEXTS, BATCH = 2000, 32
DTYPES = {"float32": "float32", "mixed_bfloat16": "bfloat16"}


def rows(pairs):
    them = peer(5)
    if them is None:
        return
    from transformer_tf import pipeline

    texts = sentences(TEXTS)
    # A pair does a part of the texts; so many pairs do them all.
    parts = [texts[first::pairs] for first in range(pairs)]
    with tempfile.TemporaryDirectory() as name, them:
        bert(them, Path(name), "BertModel", MINILM)
        ours = {
            policy: pipeline("feature-extraction", name, pooling="mean", dtype=policy)
            for policy in DTYPES
        }
        exact = ours["float32"](parts[0])
        for policy, dtype in DTYPES.items():
            them.ask("encoder", folder=name, dtype=dtype)
            theirs = them.ask("vectors", texts=parts[0], batch_size=BATCH)
            mine, yours = cycle(parts), cycle(parts)
            found = compare(
                lambda policy=policy, mine=mine: ours[policy](next(mine)),
                lambda yours=yours: them.ask(
                    "vectors", texts=next(yours), batch_size=BATCH, show=False
                ),
                pairs,
            )
            work = f"vectors of {TEXTS} sentences, {policy}; torch {dtype} by length"
            note = (
                f"least cosine to exact: {cosine(ours[policy](parts[0]), exact):.5f}, "
                f"theirs {cosine(theirs, exact):.5f}"
            )
            yield speed_row(work, 1.1, found, note)
        them.ask("pipeline", task="feature-extraction", folder=name)
        mine, yours = cycle(parts), cycle(parts)
        found = compare(
            lambda: ours["float32"](next(mine)),
            lambda: them.ask("vectors_by_pipeline", texts=next(yours), show=False),
            pairs,
            warmup=1,
        )
        yield speed_row(
            f"vectors of {TEXTS} sentences; transformers' pipeline as people call it",
            3.0,
            found,
        )


def cosine(one, other):
    """The smallest cosine of two lists of vectors, pair by pair."""
    one, other = np.asarray(one, "float64"), np.asarray(other, "float64")
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return ((one * other).sum(axis=1) / lengths).min()
