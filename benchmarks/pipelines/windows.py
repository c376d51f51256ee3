"""Entities and answers in 50 long texts read in windows, BERT-base's shape."""

import tempfile
from itertools import cycle
from pathlib import Path

from benchmarks.paired import compare, speed_row
from benchmarks.pipelines.peer import peer
from benchmarks.pipelines.shapes import TAGS, bert
from benchmarks.pipelines.texts import long_texts

TEXTS, WORDS, STRIDE = 50, 600, 128
QUESTION = "What does the country export?"
BATCHES = 1, 8  # theirs: one window at a time is what people get, 8 may be faster


def rows(pairs):
    yield from entities(pairs)
    yield from answers(pairs)


def entities(pairs):
    them = peer(5)
    if them is None:
        return
    from transformer_tf import pipeline

    texts = long_texts(TEXTS, WORDS)
    with tempfile.TemporaryDirectory() as name, them:
        bert(them, Path(name), "BertForTokenClassification", labels=TAGS)
        options = {"aggregation_strategy": "simple", "stride": STRIDE}
        ner = pipeline("ner", name, **options)
        them.ask("pipeline", task="token-classification", folder=name, **options)
        yield from compare_sides("ner", ner, them, texts, pairs)


def answers(pairs):
    them = peer(4)
    if them is None:
        return
    from transformer_tf import pipeline

    texts = [
        {"question": QUESTION, "context": text} for text in long_texts(TEXTS, WORDS)
    ]
    with tempfile.TemporaryDirectory() as name, them:
        bert(them, Path(name), "BertForQuestionAnswering")
        answer = pipeline("question-answering", name)
        them.ask("pipeline", task="question-answering", folder=name)
        yield from compare_sides("question-answering", answer, them, texts, pairs)


def compare_sides(task, ours, them, texts, pairs):
    """Their batch size that is faster, then both sides in turns over all texts."""
    parts = [texts[first::pairs] for first in range(pairs)]
    trials = {
        size: compare(
            lambda: None,
            lambda size=size: ask(them, parts[0][:2], size),
            pairs=2,
            warmup=1,
        ).theirs
        for size in BATCHES
    }
    best = min(trials, key=trials.get)
    mine, yours = cycle(parts), cycle(parts)
    found = compare(
        lambda: ours(next(mine)), lambda: ask(them, next(yours), best), pairs, warmup=1
    )
    few = parts[0][:3]
    same, total = agreement(ours(few), ask(them, few, best, show=True))
    yield speed_row(
        f"{task}: {TEXTS} texts of {WORDS} words, BERT-base, batches of {best} theirs",
        1.5,
        found,
        f"{same} of their {total} spans are ours (they judge a token in each window, "
        "we once)",
    )


def ask(them, texts, batch_size, show=False):
    options = {"batch_size": batch_size}
    return them.ask("call", inputs=texts, options=options, show=show)


def agreement(ours, theirs):
    """How many of their spans are ours too, of how many."""
    same = total = 0
    for mine, yours in zip(ours, theirs, strict=True):
        mine, yours = (x if isinstance(x, list) else [x] for x in (mine, yours))
        spans = {(span["start"], span["end"]) for span in mine}
        same += sum((span["start"], span["end"]) in spans for span in yours)
        total += len(yours)
    return same, total
