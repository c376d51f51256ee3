"""Measures the encoder: `python -m course.models.bilingual_encoder.evaluate`.

One token of each held-out sentence is hidden, always the same one; the model and three
counts fill the same holes. Prints the table of the card.
"""

import argparse
from pathlib import Path

import numpy as np
import tensorflow as tf

from course.datasets.filling import Counting, scores
from course.models.bilingual_encoder.train import SOURCES, rows, texts
from transformer_tf import text
from transformer_tf.checkpoints import from_pretrained

MOST = 1000  # holes a source
COUNTS = {"nothing": "unigrams", "left": "bigrams", "both": "both neighbours"}


def holes(
    ids: np.ndarray, mask_id: int, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """One ordinary token of each sentence hidden.

    Args:
        ids: [sentence, length] int32; special tokens come first in the vocabulary.
        mask_id: The last of them.
        seed: Draws sentences and places.

    Returns:
        [hole, length] int32 with one mask each, and [hole] int32: what stood there.
    """
    chance = np.random.default_rng(seed)
    ids = ids[chance.permutation(len(ids))]
    draws = np.where(ids > mask_id, chance.random(ids.shape), -1.0)
    found = np.flatnonzero(draws.max(axis=1) >= 0)[:MOST]
    hidden, places = ids[found].copy(), draws[found].argmax(axis=1)
    answers = hidden[np.arange(len(found)), places].copy()
    hidden[np.arange(len(found)), places] = mask_id
    return hidden, answers


def probabilities(model, ids: np.ndarray, mask_id: int) -> np.ndarray:
    """[hole, vocabulary] float32: what the model says."""
    found = []
    for start in range(0, len(ids), 250):
        part = ids[start : start + 250]
        logits = model({"ids": part, "padding_mask": part > 0})
        found.append(tf.nn.softmax(tf.boolean_mask(logits, part == mask_id)).numpy())
    return np.concatenate(found)


def measure(folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    """By source and by who fills the holes: "surprise" in nats, "right" in percent."""
    model, tokenizer = from_pretrained(folder), text.from_pretrained(folder)
    mask_id = tokenizer.vocabulary["[MASK]"]
    read = {source.name: texts(source.name) for source in SOURCES}
    lengths = {source.name: source.length for source in SOURCES}
    longest = max(lengths.values())
    training = np.concatenate(
        [rows(tokenizer, part[0], longest) for part in read.values()]
    )
    size = len(tokenizer.vocabulary)
    rivals = {
        name: Counting(training, size, look, mask_id) for look, name in COUNTS.items()
    }
    found = {}
    for name, (_, held_out) in read.items():
        ids, answers = holes(rows(tokenizer, held_out, lengths[name]), mask_id)
        found[name] = {
            who: scores(r.probabilities(ids), answers) for who, r in rivals.items()
        }
        found[name]["the model"] = scores(probabilities(model, ids, mask_id), answers)
        found[name]["holes"] = {"count": len(answers)}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent)
    for source, found in measure(parser.parse_args().folder).items():
        cells = [
            f"{found[who]['right']:.1f} % ({found[who]['surprise']:.2f})"
            for who in (*COUNTS.values(), "the model")
        ]
        print(f"| {source} ({found['holes']['count']} holes) | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
