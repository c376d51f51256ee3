"""The capstone's experiment of unit 09: dates in words to ISO, days never seen.

python -m benchmarks.translating [--seeds 0 1 2 3 4] trains the capstone model, and
prints how many unseen dates come out exactly right; and how far looking up gets, which
copies the date of the most similar text known: how often month and year are right.
"""

import argparse
import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from keras import ops

from course.checks.seq2seq.translator import Translator
from course.datasets.translating import (
    PADDING,
    START,
    date_task,
    exact_matches,
    learn,
    nearest_matches,
)
from course.pieces import shift_right, smoothed_loss

# As in the notebook; a test holds the two together.
PAIRS = 20_000
MODEL = {"dim": 96, "num_heads": 4, "hidden_dim": 192, "num_layers": 2}
LEARN = {"steps": 1250, "rate": 4e-3}
SMOOTHING = 0.1


def loss_of(model):
    """The loss of a batch of pairs, as the notebook has it."""

    def loss(source, labels):
        labels = ops.where(labels == PADDING, -100, labels)
        target = shift_right(labels, START, PADDING)
        logits = model(source, source != PADDING, target, labels != -100)
        return smoothed_loss(logits, labels, SMOOTHING)

    return loss


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.translating")
    parser.add_argument("--seeds", type=int, nargs="+", default=range(5))
    for seed in parser.parse_args().seeds:
        keras.utils.set_random_seed(seed)
        task = date_task(PAIRS, seed=seed)
        model = Translator(task.characters.size, **MODEL)
        loss_of(model)(task.sources[:2], task.labels[:2])
        begun, used = time.perf_counter(), time.process_time()
        losses = learn(
            model, loss_of(model), task.sources, task.labels, seed=seed, **LEARN
        )
        begun, used = time.perf_counter() - begun, time.process_time() - used
        print(f"seed {seed}:", exact_matches(model, task), end=" ")
        print(f"loss {losses[-1]:.3f}, nearest", nearest_matches(task), end=" ")
        print(f"({begun:.0f} s, {used:.0f} s of processor time)", flush=True)


if __name__ == "__main__":
    main()
