"""The experiments of unit 10: four heads beside their rivals, the curve over labels.

python -m benchmarks.four_heads [--seeds 0 1 2 3 4] trains the capstone's body and heads
and prints the percentages of every task, and its rivals'. With --curve 80 320 1280 it
prints, for so many labelled commands, how often classifiers are right that began in
several ways. A seed draws what there is to learn from, first weights and batches; what
is tested on stays the same.
"""

import argparse
import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from course import pieces
from course.checks.transfer.heads import FourHeads
from course.datasets.commands import labelled
from course.datasets.four_heads import answers, learn, pretrained_body, scores
from course.datasets.four_tasks import four_tasks
from course.datasets.label_curve import Beginner, word_accuracy
from course.datasets.rivals import rival_scores

# As in the notebooks; a test holds them together.
STEPS, CURVE_STEPS = 300, 200


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.four_heads")
    parser.add_argument("--seeds", type=int, nargs="+", default=range(5))
    parser.add_argument("--curve", type=int, nargs="+", default=())
    chosen = parser.parse_args()
    for seed in chosen.seeds if not chosen.curve else ():
        keras.utils.set_random_seed(seed)
        tasks = four_tasks(seed)
        body = pretrained_body()
        heads = FourHeads(len(tasks.intents), len(tasks.tags))
        begun, used = time.perf_counter(), time.process_time()
        learn(body, heads, tasks, steps=STEPS, seed=seed)
        begun, used = time.perf_counter() - begun, time.process_time() - used
        found = scores(tasks, answers(body, heads, tasks.testing), pieces)
        for name, values in (("heads ", found), ("rivals", rival_scores(tasks))):
            print(seed, name, *(f"{n} {v:.1f}" for n, v in values.items()), flush=True)
        print(f"  ({begun:.0f} s, {used:.0f} s of processor time)", flush=True)
    if chosen.curve:
        curve(chosen.curve, chosen.seeds)


def curve(counts: list[int], seeds: list[int]) -> None:
    most, _ = labelled("both", max(counts))
    beginner = Beginner(sorted({one.intent for one in most}), CURVE_STEPS)
    for seed in seeds:
        for count in counts:
            training, testing = labelled("both", count, seed)
            found = {"words": word_accuracy(training, testing)}
            for begins in ("scratch", "frozen", "fine-tuned"):
                found[begins] = beginner.accuracy(begins, training, testing, seed)
            percent = (f"{name} {value:.1f}" for name, value in found.items())
            print(seed, count, *percent, flush=True)


if __name__ == "__main__":
    main()
