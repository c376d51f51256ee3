"""Pictures of masks and of alignments, and the course's translator at work."""

import functools
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from course.models import model_folder


def plot_masks(panels: Any, masks: Sequence, names: Sequence[str], words: Sequence):
    """One square a pair of tokens: filled where the query (row) may see the key.

    Args:
        panels: As many as there are masks.
        masks: [query, key] booleans each.
        names: Their titles.
        words: (queries, keys), the tokens of each.
    """
    for panel, mask, name, (queries, keys) in zip(panels, masks, names, words):
        panel.imshow(np.asarray(mask), cmap="Greens", vmin=-0.1, vmax=1.6)
        panel.set_xticks(range(len(keys)), keys, rotation=45, ha="right")
        panel.set_yticks(range(len(queries)), queries)
        panel.set_xticks(np.arange(len(keys) + 1) - 0.5, minor=True)
        panel.set_yticks(np.arange(len(queries) + 1) - 0.5, minor=True)
        panel.grid(which="minor", color="white", linewidth=1.5)
        panel.tick_params(which="both", length=0)
        panel.set_title(name, fontsize=10)


def plot_alignment(panel: Any, weights, source, target, gold: Sequence[int]):
    """Attention as grey squares, what should be looked at as red frames.

    Args:
        panel: Where to draw.
        weights: [target, source] floats.
        source, target: The texts: strings, or lists of tokens.
        gold: For each character of the target its place in the source; -1 for none.
    """
    panel.imshow(np.asarray(weights), cmap="Greys", vmin=0, aspect="auto")
    panel.set_xticks(range(len(source)), source, fontsize=8)
    panel.set_yticks(range(len(target)), target, fontsize=8)
    panel.tick_params(length=0)
    for row, column in enumerate(gold):
        if column >= 0:
            corner = (column - 0.5, row - 0.5)
            frame = {"fill": False, "edgecolor": "#c62828", "linewidth": 1.5}
            panel.add_patch(_rectangle(corner, **frame))


@functools.cache
def translator(direction: str) -> Any:
    """The pipeline of `course.models`' translator; "en_to_es" or "es_to_en"."""
    from transformer_tf import pipeline

    folder = str(model_folder("bilingual_translator"))
    return pipeline(f"translation_{direction}", folder)


def translated(texts: Sequence[str], direction: str = "en_to_es") -> list[str]:
    """What the translator makes of short phrases.

    Args:
        texts: The phrases.
        direction: "en_to_es" or "es_to_en".
    """
    answers = translator(direction)(list(texts), batch_size=32)
    return [answer["translation_text"] for answer in answers]


def unseen_phrases(kind: str, count: int, seed: int = 0) -> list[tuple[str, str]]:
    """Phrases (English, Spanish) that the translator did not learn from.

    Args:
        kind: One of `course.datasets.phrases.KINDS`.
        count: How many, at most.
        seed: Draws them.
    """
    from course.datasets.phrases import learnt_pairs

    pairs = learnt_pairs(kind)[1]
    return random.Random(seed).sample(pairs, min(count, len(pairs)))


def rival_translations(kind: str, count: int = 40) -> dict[str, list[str]]:
    """Unseen phrases of one kind in Spanish, by the model and by its two rivals.

    Args:
        kind: One of `course.datasets.phrases.KINDS`.
        count: How many phrases, at most; `unseen_phrases` draws them.

    Returns:
        "english", "spanish" (right), "model", "book" (the translation of the most
        similar phrase learnt from) and "copy": that many texts each.
    """
    from course.datasets.phrases import learnt_pairs, nearest

    english, spanish = map(list, zip(*unseen_phrases(kind, count)))
    return {
        "english": english,
        "spanish": spanish,
        "model": translated(english),
        "book": nearest(learnt_pairs(kind)[0], english),
        "copy": english,
    }


def _rectangle(corner, **style):
    from matplotlib.patches import Rectangle

    return Rectangle(corner, 1, 1, **style)
