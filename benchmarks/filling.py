"""The capstone's experiment of unit 07: hidden words of templates never seen.

python -m benchmarks.filling [--seeds 0 1 2 3 4] trains the capstone's encoder, counts
neighbours on the same sentences, and prints how often the likeliest word is the hidden
one, and the surprise in nats. A seed draws the sentences, the templates held out, the
gaps, the first weights and what is hidden in training.
"""

import argparse
import functools
import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from keras import ops

from course import pieces
from course.building.script import read
from course.checks.blocks.encoder import Encoder
from course.datasets.filling import (
    MASK,
    Counting,
    filling_task,
    pretrain,
    probabilities_of,
    scores,
)
from course.paths import repository
from course.pieces import corrupt, mlm_loss, mlm_targets

# As in the notebook; a test holds the two together. The model itself is the notebook's.
RATE = 0.2
ENCODER = {
    "dim": 128,
    "num_heads": 4,
    "hidden_dim": 256,
    "num_layers": 2,
    "dropout": 0.0,
}
LEARN = {"steps": 3600}


def model_of_the_notebook():
    """The class in the notebook's own cell, made of the library's pieces."""
    script = repository() / "solutions" / "07_encoders" / "4_capstone.py"
    (source,) = (cell.source for cell in read(script) if cell.key == "model-code")
    names = {"keras": keras, "ops": ops, "mine": pieces}
    exec(source, names)
    return names["MaskedLanguageModel"]


def loss_of(model):
    """The loss of a batch with given draws, as the notebook has it."""

    def loss(ids, special, draws):
        draw, kind, other = draws["draw"], draws["kind"], draws["other"]
        corrupted = corrupt(ids, special, draw, kind, other, MASK, RATE)
        chosen = ops.logical_and(draw < RATE, ops.logical_not(special))
        labels = mlm_targets(ids, corrupted, chosen)
        return mlm_loss(model(corrupted, ids > 0), labels)

    return loss


def show(name, task, probabilities):
    """Prints how a model or a count fills the gaps of both languages."""
    for language, ids in task.testing.items():
        found = scores(probabilities(ids), task.answers[language])
        print(f"{language} {name}: {found['right']:.1f} % right", end=" ")
        print(f"(surprise {found['surprise']:.2f} nats)", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.filling")
    parser.add_argument("--seeds", type=int, nargs="+", default=range(5))
    masked_language_model = model_of_the_notebook()
    for seed in parser.parse_args().seeds:
        keras.utils.set_random_seed(seed)
        task = filling_task(seed=seed)
        for looks_at in ("nothing", "left", "both"):
            counts = Counting(task.training, len(task.words), looks_at)
            show(f"{seed} counts, {looks_at}", task, counts.probabilities)
        model = masked_language_model(Encoder(len(task.words), **ENCODER))
        begun, used = time.perf_counter(), time.process_time()
        pretrain(model, task, loss_of(model), seed=seed, **LEARN)
        begun, used = time.perf_counter() - begun, time.process_time() - used
        show(f"{seed} encoder", task, functools.partial(probabilities_of, model))
        print(f"{seed}: {begun:.0f} s, {used:.0f} s of processor time", flush=True)


if __name__ == "__main__":
    main()
