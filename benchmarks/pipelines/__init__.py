"""Pipelines beside transformers' own, each in its best setting and as people call it.

    python -m benchmarks pipelines [--pairs 5]

transformers has no TensorFlow any more, so it runs with torch, in a process of an
environment of its own (see `peer.py`); both sides take turns. Weights are random in the
published shapes, but for MiniLM, whose published vectors come as a package.
"""

from benchmarks.pipelines import (
    first_answer,
    summaries,
    vectors,
    windows,
    writing,
    zero_shot,
)

MODULES = vectors, windows, zero_shot, summaries, writing, first_answer


def rows(pairs):
    for module in MODULES:
        yield from module.rows(pairs)
