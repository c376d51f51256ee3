"""How long a model waits for its data: `python -m benchmarks.feeding`.

Text is tokenized in tf.data beside the training, as `python -m transformer_tf.train`
does it: a middle-sized decoder (6 layers of 256, rows of 128) and the World Factbook.
Prints the share of the time in which the model waited, and tokens a second of the
training and of the tokenizing alone.
"""

import argparse
import tempfile
import time
from itertools import islice
from pathlib import Path

from course.datasets.corpus import english
from transformer_tf import TokenCrossEntropy
from transformer_tf.text import BytePairTokenizer
from transformer_tf.training.command.building import (
    new_model,
    new_optimizer,
    new_tokenizer,
)
from transformer_tf.training.command.feeding import Feed
from transformer_tf.training.command.settings import config_of
from transformer_tf.training.step import new_step

MODEL = {"family": "gpt2", "dim": 256, "num_layers": 6, "num_heads": 8}
LENGTH, BATCH = 128, 8


def measure(folder: Path, steps: int) -> None:
    """Trains some steps and prints what was waited for."""
    texts = list(english())
    (folder / "texts.txt").write_text("\n".join(texts), "utf-8")
    tokenizer = BytePairTokenizer.train(texts[:3000], 4000)
    tokenizer.add_tokens(["<|endoftext|>"])
    tokenizer.save(folder / "tokenizer.json")
    config = config_of(
        {
            "data": {"files": ["texts.txt"], "tokenizer": "tokenizer.json"},
            "model": {**MODEL, "max_length": LENGTH},
            "objective": {"length": LENGTH},
            "training": {"batch": BATCH, "steps": steps},
            "checkpoints": {"folder": "run"},
        },
        folder,
    )
    tokenizer = new_tokenizer(config)
    model, optimizer = new_model(config, tokenizer), new_optimizer(config)
    optimizer.build(model.trainable_variables)
    feed = Feed(config, tokenizer, model)
    alone = time.perf_counter()
    for _ in islice(feed.from_step(0), 200):
        pass
    alone = (time.perf_counter() - alone) / 200
    step = new_step(model, optimizer, TokenCrossEntropy())
    read = feed.from_step(0)
    float(step(*next(read)[:2]))  # compiles
    waited, begun, processor = 0.0, time.perf_counter(), time.process_time()
    for _ in range(steps):
        asked = time.perf_counter()
        inputs, targets, _ = next(read)
        waited += time.perf_counter() - asked
        float(step(inputs, targets))
    seconds = time.perf_counter() - begun
    processor = time.process_time() - processor
    tokens = LENGTH * BATCH
    print(
        f"{model.count_params():,} weights, {BATCH} rows of {LENGTH}: waited "
        f"{waited:.2f} s of {seconds:.1f} s, {100 * waited / seconds:.2f} %\n"
        f"{tokens * steps / seconds:,.0f} tokens a second trained, "
        f"{tokens / alone:,.0f} read and tokenized alone; "
        f"{processor:.0f} s of processor time"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100)
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), parser.parse_args().steps)


if __name__ == "__main__":
    main()
