"""The capstone's experiment of unit 08: bits a character on text never seen.

python -m benchmarks.writing [--seeds 0 1 2 3 4] [--languages en es] trains the
capstone's decoder, counts n-grams on the same text, and prints the bits of each. A seed
draws the templates held out, the other text, the first weights and the windows.
"""

import argparse
import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from course.checks.decoders.decoder import Decoder
from course.datasets.ngrams import NgramModel
from course.datasets.writing import bits_a_character, learn, writing_task

# As in the notebook; a test holds the two together.
PIECES = 512
DECODER = {"dim": 128, "num_heads": 4, "hidden_dim": 512, "num_layers": 3}
LEARN = {"steps": 1000, "rate": 4e-3}


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.writing")
    parser.add_argument("--seeds", type=int, nargs="+", default=range(5))
    parser.add_argument("--languages", nargs="+", default=("en", "es"))
    parser.add_argument("--orders", type=int, nargs="+", default=(1, 2, 3, 4))
    chosen = parser.parse_args()
    for seed in chosen.seeds:
        for language in chosen.languages:
            keras.utils.set_random_seed(seed)
            task = writing_task(language, PIECES, seed)
            scale = (len(task.testing) - 1) / task.characters
            bits = {
                order: scale
                * NgramModel(task.training, order, PIECES).bits(task.testing)
                for order in chosen.orders
            }
            counted = " ".join(f"{order}: {bits[order]:.3f}" for order in bits)
            print(f"{language} {seed} n-grams {counted}", flush=True)
            decoder = Decoder(PIECES, **DECODER)
            begun, used = time.perf_counter(), time.process_time()
            learn(decoder, task.training, seed=seed, **LEARN)
            begun, used = time.perf_counter() - begun, time.process_time() - used
            ours = bits_a_character(decoder, task.testing, task.characters)
            print(f"{language} {seed} decoder {ours:.3f}", end=" ")
            print(f"({begun:.0f} s, {used:.0f} s of processor time)", flush=True)


if __name__ == "__main__":
    main()
