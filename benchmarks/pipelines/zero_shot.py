"""Labels that were never trained: 20 texts x 10 labels, BART-base's shape."""

import tempfile
from itertools import cycle
from pathlib import Path

from benchmarks.paired import compare, speed_row
from benchmarks.pipelines.peer import peer
from benchmarks.pipelines.shapes import bart
from benchmarks.pipelines.texts import long_texts

TEXTS, WORDS = 20, 60
LABELS = (
    "politics,economy,geography,military,energy,health,history,law,trade,transport"
).split(",")
BATCHES = 1, 10


def rows(pairs):
    them = peer(5)
    if them is None:
        return
    from transformer_tf import pipeline

    texts = long_texts(TEXTS, WORDS)
    parts = [texts[first::pairs] for first in range(pairs)]
    with tempfile.TemporaryDirectory() as name, them:
        bart(
            them,
            Path(name),
            "BartForSequenceClassification",
            labels=["contradiction", "neutral", "entailment"],
        )
        classify = pipeline("zero-shot-classification", name)
        them.ask("pipeline", task="zero-shot-classification", folder=name)

        def ask(texts, size, show=False):
            options = {"candidate_labels": LABELS, "batch_size": size}
            return them.ask("call", inputs=texts, options=options, show=show)

        trials = {
            size: compare(
                lambda: None, lambda size=size: ask(parts[0], size), 2, warmup=1
            ).theirs
            for size in BATCHES
        }
        best = min(trials, key=trials.get)
        mine, yours = cycle(parts), cycle(parts)
        found = compare(
            lambda: classify(next(mine), candidate_labels=LABELS),
            lambda: ask(next(yours), best),
            pairs,
            warmup=1,
        )
        ours = classify(parts[0], candidate_labels=LABELS)
        theirs = ask(parts[0], best, show=True)
        apart = max(
            abs(score - dict(zip(other["labels"], other["scores"]))[label])
            for one, other in zip(ours, theirs)
            for label, score in zip(one["labels"], one["scores"])
        )
        yield speed_row(
            f"zero-shot: {TEXTS} texts x {len(LABELS)} labels, BART-base, batches of "
            f"{best} theirs",
            2.0,
            found,
            f"scores {apart:.0e} apart",
        )
