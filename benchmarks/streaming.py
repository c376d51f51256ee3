"""Encoding a large file line by line: whether memory stays flat, and how fast it goes.

    STREAMED_MB="100 200 1000" python -m benchmarks streaming

Each size is read by a fresh process, once by `Tokenizer.encode_stream` and once by the
same tokenizer in a graph behind `tf.data`. Memory is the process's peak above what it
had when the first batch was done.
"""

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.paired import Row
from tests.text.samples import english, spanish

SIZES = [int(size) for size in os.environ.get("STREAMED_MB", "100 200").split()]
BATCH = 1024
READ = """
import sys, time
import tensorflow as tf
from benchmarks.peak_memory import peak_memory
from tests.text.samples import published_tokenizer
from transformer_tf.text.in_graph import InGraphTokenizer

path, way, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])
tokenizer = published_tokenizer("gpt2")

def streamed():
    lines = (line.rstrip("\\n") for line in open(path, encoding="utf-8"))
    for encoding in tokenizer.encode_stream(lines, batch_size=batch):
        yield len(encoding.ids)

def in_graph():
    layer = InGraphTokenizer(tokenizer)
    lines = tf.data.TextLineDataset(path).batch(batch)
    for batch_of_ids in lines.map(layer):
        yield int(tf.reduce_sum(tf.cast(batch_of_ids["attention_mask"], tf.int64)))

counts = {"streamed": streamed, "in graph": in_graph}[way]()
tokens = sum(next(counts) for _ in range(batch if way == "streamed" else 1))
before, start = peak_memory(), time.perf_counter()
tokens += sum(counts)
print(tokens, time.perf_counter() - start, peak_memory() - before)
"""


def write(path, megabytes):
    """A file of real sentences in both languages, in an order drawn anew each time."""
    texts = [t.replace("\n", " ") for t in english() + spanish() if 20 < len(t) <= 800]
    chance, size = random.Random(megabytes), 0
    with open(path, "w", encoding="utf-8") as file:
        while size < megabytes * 2**20:
            chance.shuffle(texts)
            for text in texts:
                size += len(text.encode()) + 1
                file.write(f"{text}\n")
                if size >= megabytes * 2**20:
                    break


def read(path, way):
    """(tokens, seconds, bytes of memory) of a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), way, str(BATCH)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
    )
    tokens, seconds, size = done.stdout.split()
    return int(tokens), float(seconds), int(size)


def rows(pairs):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "text.txt")
        least: dict[str, int] = {}
        for megabytes in SIZES:
            write(path, megabytes)
            for way in ("streamed", "in graph"):
                tokens, seconds, size = read(path, way)
                smallest = least.setdefault(way, size)
                rate, millions = megabytes / seconds, tokens / 1e6
                yield Row(
                    f"GPT-2, {megabytes} MB line by line, {way}",
                    "memory flat",
                    f"{size / 2**20:.0f} MB more than after the first batch; "
                    f"{rate:.1f} MB/s, {millions:.0f} million tokens",
                    size - smallest < 50 * 2**20,
                )
