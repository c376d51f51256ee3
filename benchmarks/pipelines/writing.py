"""Text generation, SmolLM2-135M's shape, batches of 1 and 8."""

import tempfile
from pathlib import Path

import tensorflow as tf

from benchmarks.paired import Row, compare, seconds, speed_row
from benchmarks.pipelines.peer import peer
from benchmarks.pipelines.shapes import smollm2
from benchmarks.pipelines.texts import long_texts

WORDS, NEW = 24, 64
OPTIONS = {"max_new_tokens": NEW, "do_sample": False, "return_full_text": False}


def rows(pairs):
    them = peer(5)
    if them is None:
        return
    from transformer_tf import pipeline

    texts = long_texts(8, WORDS)
    with tempfile.TemporaryDirectory() as name, them:
        smollm2(them, Path(name))
        write = pipeline("text-generation", name)
        them.ask("pipeline", task="text-generation", folder=name)
        bytes_read = 4 * write.model.count_params()
        for size in (1, 8):
            prompts = texts[:size]

            def ask(prompts=prompts, show=False):
                options = {**OPTIONS, "batch_size": len(prompts)}
                return them.ask("call", inputs=prompts, options=options, show=show)

            found = compare(
                lambda prompts=prompts: write(prompts, **OPTIONS), ask, pairs
            )
            ours = write(prompts, **OPTIONS)
            same = sum(
                one[0]["generated_text"] == other[0]["generated_text"]
                for one, other in zip(ours, ask(show=True))
            )
            work = f"text generation, SmolLM2-135M, {NEW} tokens, batch {size}"
            yield speed_row(work, 1.5, found, f"{same} of {size} the same text")
            floor = NEW * bytes_read / bandwidth()
            yield Row(
                f"{work}: share of the memory's bandwidth floor",
                "shown",
                f"{floor / found.ours:.0%}",
                True,
                "floor: every weight read once a token, at the speed of a plain sum",
            )


def bandwidth(size=1 << 28):
    """Bytes a second that both cores read, by the sum of a gigabyte of floats."""
    values = tf.ones([size])

    @tf.function(jit_compile=True)
    def half(values):
        return tf.reduce_sum(values)

    total = tf.function(lambda: (half(values[: size // 2]), half(values[size // 2 :])))
    total()
    return 4 * size / min(seconds(total) for _ in range(5))
