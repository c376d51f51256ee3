"""The capstone's experiment: slots in sentences whose wording was never seen.

python -m benchmarks.slot_tagging [--seeds 0 1 2 3 4] [--languages en es] trains the
capstone's encoder and the bags of words beside it, and prints the F1 of each. A seed
draws the templates that are held out, the sentences, the first weights and their order.
"""

import argparse
import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from course.checks.blocks.encoder import Encoder
from course.datasets.tagging import BagOfWords, Tagger, learn, slot_score, slot_task

# As in the notebook; tests hold the two together.
ENCODER = {"dim": 48, "num_heads": 4, "hidden_dim": 96, "num_layers": 2, "dropout": 0.0}
LEARN = {"epochs": 5, "rate": 3e-3}
BAG = {"epochs": 5, "rate": 3e-2}
REACHES = {"word alone": 0, "1 on each side": 1, "2 on each side": 2}
REACHES |= {"3 on each side": 3, "whole sentence": None}


def models(task, reaches):
    """The bags of these reaches and the encoder: name, model, how it is trained."""
    sizes = (task.vocabulary_size, len(task.tags))
    for name in reaches:
        bag = BagOfWords(*sizes, reach=REACHES[name])
        yield f"bag of words, {name}", bag, BAG
    encoder = Encoder(task.vocabulary_size, **ENCODER)
    yield "encoder", Tagger(encoder, len(task.tags)), LEARN


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slot_tagging")
    parser.add_argument("--seeds", type=int, nargs="+", default=range(5))
    parser.add_argument("--languages", nargs="+", default=("en", "es"))
    parser.add_argument("--reaches", nargs="+", default=tuple(REACHES))
    chosen = parser.parse_args()
    for language in chosen.languages:
        scores = {}
        for seed in chosen.seeds:
            keras.utils.set_random_seed(seed)
            task = slot_task(language, seed=seed)
            for name, model, how in models(task, chosen.reaches):
                begun = time.perf_counter()
                learn(model, task, seed=seed, **how)
                seconds = time.perf_counter() - begun
                scores.setdefault(name, []).append(slot_score(model, task))
                print(f"{language} {seed} {name}: {scores[name][-1]:.1f}", end=" ")
                print(f"({len(task.training)} sentences, {seconds:.0f} s)", flush=True)
        best = max((n for n in scores if n != "encoder"), key=lambda n: sum(scores[n]))
        margins = np.subtract(scores["encoder"], scores[best])
        for name, values in {**scores, f"margin over {best}": margins}.items():
            each = " ".join(f"{value:.1f}" for value in values)
            print(f"{language} {name}: mean {np.mean(values):.1f} ({each})", flush=True)


if __name__ == "__main__":
    main()
