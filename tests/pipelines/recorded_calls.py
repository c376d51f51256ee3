"""Recorded calls of transformers 4.57.6 (see make_recorded.py), and how to compare."""

import functools
import json
from pathlib import Path

import numpy as np

from transformer_tf.pipelines import pipeline

FOLDER = Path(__file__).parent / "recorded"
NAMES = sorted(path.name for path in FOLDER.iterdir())
TOLERANCE = 1e-4
WRITING = ("summarization", "text-generation", "translation", "translation_en_to_es")


@functools.cache
def calls(name):
    """(task, list of {"args", "kwargs", "result" or "error"})"""
    read = json.loads((FOLDER / name / "expected.json").read_text(encoding="utf-8"))
    return read["task"], read["calls"]


@functools.cache
def made(name):
    """The pipeline of a recorded folder, made once."""
    task = calls(name)[0]
    # XLA would compile for longer than these few calls run.
    plain = {"jit_compile": False} if task in WRITING else {}
    return pipeline(task, FOLDER / name, **plain)


def answer(name, number, **changes):
    """What our pipeline answers to a recorded call."""
    call = calls(name)[1][number]
    return made(name)(*call["args"], **{**call["kwargs"], **changes})


def result(name, number):
    return calls(name)[1][number]["result"]


def differences(ours, theirs, place="answer", apart_from=()):
    """Where two answers differ: keys and their order, strings, numbers to 1e-4."""
    if isinstance(ours, np.ndarray):
        ours = ours.tolist()
    if isinstance(theirs, dict):
        if not isinstance(ours, dict) or list(ours) != list(theirs):
            return [f"{place}: {ours!r:.80} instead of {theirs!r:.80}"]
        pairs = [
            (ours[name], theirs[name], f"{place}.{name}")
            for name in theirs
            if name not in apart_from
        ]
    elif isinstance(theirs, list):
        if not isinstance(ours, list) or len(ours) != len(theirs):
            return [f"{place}: {ours!r:.80} instead of {theirs!r:.80}"]
        pairs = [(a, b, f"{place}[{i}]") for i, (a, b) in enumerate(zip(ours, theirs))]
    elif isinstance(theirs, float):
        close = isinstance(ours, float) and abs(ours - theirs) <= TOLERANCE
        return [] if close else [f"{place}: {ours!r} instead of {theirs!r}"]
    else:
        return [] if ours == theirs else [f"{place}: {ours!r} instead of {theirs!r}"]
    return [found for pair in pairs for found in differences(*pair, apart_from)]
