"""Trains the translator: `python -m course.models.bilingual_translator.train`.

Every draw has a seed, and the data are pinned packages; a machine with other processors
rounds differently, so the figures move in the third digit.
"""

import functools
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import keras

from course.datasets.phrases import KINDS, learnt_pairs, nearest
from course.models.seq2seq import learn_pairs, published, scores
from course.training import script_arguments

VOCABULARY_SIZE, LENGTH = 2000, 24
PREFIXES = {"es": "to Spanish: ", "en": "to English: "}
PUBLISHED = {
    **published(VOCABULARY_SIZE),
    "task_specific_params": {
        f"translation_{one}_to_{other}": {
            "prefix": PREFIXES[other],
            "num_beams": 1,
            "max_length": LENGTH,
        }
        for one, other in (("en", "es"), ("es", "en"))
    },
}


def both_ways(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(source with its prefix, target) of both directions."""
    return [
        pair
        for english, spanish in pairs
        for pair in (
            (PREFIXES["es"] + english, spanish),
            (PREFIXES["en"] + spanish, english),
        )
    ]


def figures(translators: dict[str, Callable]) -> None:
    """Prints the card's table: model, phrase book and copy on unseen phrases.

    Args:
        translators: By direction, "en_to_es" or "es_to_en".
    """
    for direction, translate in translators.items():
        turn = 1 if direction == "en_to_es" else -1
        for kind in KINDS:
            training, testing = (
                [(pair[::turn][0], pair[::turn][1]) for pair in part]
                for part in learnt_pairs(kind)
            )
            look_up = functools.partial(nearest, training)
            rivals = (translate, look_up, list)
            cells = [f"{s:.1f}" for r in rivals for s in scores(r, testing)]
            shown = f"| {direction} | {kind} ({len(testing)}) | "
            print(shown + " | ".join(cells) + " |", flush=True)


def translators(folder: Path) -> dict[str, Callable]:
    """What the trained model translates, by direction."""
    from transformer_tf import pipeline

    found = {}
    for direction in ("en_to_es", "es_to_en"):
        pipe = pipeline(f"translation_{direction}", str(folder))
        found[direction] = lambda texts, pipe=pipe: [
            answer["translation_text"] for answer in pipe(texts, batch_size=32)
        ]
    return found


def main() -> None:
    args = script_arguments(__file__, __doc__, steps=8000)
    keras.utils.set_random_seed(0)
    training = [pair for kind in KINDS for pair in learnt_pairs(kind)[0]]
    pairs = both_ways(training)
    random.Random(0).shuffle(pairs)
    learn_pairs(pairs, (LENGTH, LENGTH), PUBLISHED, args)
    figures(translators(args.folder))


if __name__ == "__main__":
    main()
