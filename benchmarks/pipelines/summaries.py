"""Summaries by beam search, BART-base's shape: 4 beams, 60 tokens."""

import tempfile
from itertools import cycle
from pathlib import Path

from benchmarks.paired import compare, speed_row
from benchmarks.pipelines.peer import peer
from benchmarks.pipelines.shapes import bart
from benchmarks.pipelines.texts import long_texts

TEXTS, WORDS = 8, 300
# Not `max_length`: transformers has a default of 256 new tokens, which goes before it.
OPTIONS = {"num_beams": 4, "max_new_tokens": 60, "min_new_tokens": 60}


def rows(pairs):
    them = peer(4)
    if them is None:
        return
    from transformer_tf import pipeline

    texts = long_texts(TEXTS, WORDS)
    with tempfile.TemporaryDirectory() as name, them:
        bart(them, Path(name), "BartForConditionalGeneration")
        summarize = pipeline("summarization", name)
        them.ask("pipeline", task="summarization", folder=name)
        for size in (1, TEXTS):
            parts = [texts[n : n + size] for n in range(0, TEXTS, size)]
            mine, yours = cycle(parts), cycle(parts)

            def ask(part, show=False):
                options = {**OPTIONS, "batch_size": len(part)}
                return them.ask("call", inputs=part, options=options, show=show)

            found = compare(
                lambda mine=mine: summarize(next(mine), **OPTIONS),
                lambda yours=yours: ask(next(yours)),
                pairs,
            )
            texts_of = [answers(summarize(parts[0], **OPTIONS))]
            texts_of += [answers(ask(parts[0], show=True))]
            same = sum(one == other for one, other in zip(*texts_of, strict=True))
            yield speed_row(
                f"summaries of {WORDS} words, BART-base, 4 beams, 60 tokens, batch "
                f"{size}",
                1.5,
                found,
                f"{same} of {size} the same text",
            )


def answers(found):
    """The texts; transformers puts each in a list where it is told a batch size."""
    found = [one[0] if isinstance(one, list) else one for one in found]
    return [one["summary_text"].strip() for one in found]
