"""Trains the translator: `python -m course.models.bilingual_translator.train`.

Every draw has a seed, and the data are pinned packages; a machine with other processors
rounds differently, so the figures move in the third digit.
"""

import argparse
import functools
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np

from course.datasets.phrases import KINDS, date_translations, nearest, phrase_pairs
from course.models.seq2seq import (
    END,
    PADDING,
    SIZES,
    learn,
    new_model,
    new_tokenizer,
    rows,
)
from course.pieces import chrf

VOCABULARY_SIZE, LENGTH = 1500, 20
DATES = {"training": 3000, "testing": 200}
PREFIXES = {"es": "to Spanish: ", "en": "to English: "}
PUBLISHED = {
    "model_type": "t5",
    "architectures": ["T5ForConditionalGeneration"],
    "vocab_size": VOCABULARY_SIZE,
    "d_model": SIZES["dim"],
    "num_layers": SIZES["num_layers"],
    "num_decoder_layers": SIZES["num_layers"],
    "num_heads": SIZES["num_heads"],
    "d_kv": SIZES["head_dim"],
    "d_ff": SIZES["hidden_dim"],
    "relative_attention_num_buckets": 32,
    "relative_attention_max_distance": 128,
    "layer_norm_epsilon": 1e-6,
    "dropout_rate": 0.1,
    "feed_forward_proj": "relu",
    "tie_word_embeddings": True,
    "is_encoder_decoder": True,
    "pad_token_id": PADDING,
    "eos_token_id": END,
    "decoder_start_token_id": PADDING,
    "task_specific_params": {
        f"translation_{one}_to_{other}": {
            "prefix": PREFIXES[other],
            "num_beams": 4,
            "max_length": LENGTH,
        }
        for one, other in (("en", "es"), ("es", "en"))
    },
}


def pairs_of(kind: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Pairs (English, Spanish) for training and for testing."""
    if kind != "dates":
        return phrase_pairs(kind)
    return (
        date_translations(DATES["training"], seed=0),
        date_translations(DATES["testing"], seed=1, held_out=True),
    )


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


def scores(translate: Callable, pairs: Sequence[tuple[str, str]]) -> tuple:
    """The share exactly right and the mean chrF, both in %.

    Args:
        translate: From texts to their translations.
        pairs: (text, translation).
    """
    texts, right = zip(*pairs)
    found = translate(list(texts))
    same = [a.lower() == b.lower() for a, b in zip(found, right)]
    return 100 * np.mean(same), np.mean([chrf(a, b) for a, b in zip(found, right)])


def figures(translators: dict[str, Callable]) -> None:
    """Prints the card's table: model, copy and nearest phrase on unseen phrases.

    Args:
        translators: By direction, "en_to_es" or "es_to_en".
    """
    for direction, translate in translators.items():
        turn = 1 if direction == "en_to_es" else -1
        for kind in KINDS:
            training, testing = (
                [(pair[::turn][0], pair[::turn][1]) for pair in part]
                for part in pairs_of(kind)
            )
            look_up = functools.partial(nearest, training)
            rivals = (translate, list, look_up)
            cells = [f"{s:.1f}" for r in rivals for s in scores(r, testing)]
            shown = f"| {direction} {kind} ({len(testing)}) | "
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
    from course.models.saving import save

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent)
    args = parser.parse_args()
    keras.utils.set_random_seed(0)
    training = [pair for kind in KINDS for pair in pairs_of(kind)[0]]
    pairs = both_ways(training)
    random.Random(0).shuffle(pairs)
    sources, targets = zip(*pairs)
    tokenizer = new_tokenizer(
        [text for pair in pairs for text in pair], VOCABULARY_SIZE
    )
    model = new_model(VOCABULARY_SIZE)
    print(f"{len(pairs):,} pairs, {model.count_params():,} parameters", flush=True)
    start, used = time.time(), time.process_time()
    read, write = (rows(tokenizer, texts, LENGTH) for texts in (sources, targets))
    learn(model, read, write, steps=args.steps, rate=3e-3)
    start, used = time.time() - start, time.process_time() - used
    print(f"{start:.0f} s, {used:.0f} s of processor time", flush=True)
    save(args.folder, model, PUBLISHED, tokenizer)
    figures(translators(args.folder))


if __name__ == "__main__":
    main()
