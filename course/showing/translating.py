"""Pictures of masks and alignments, and the course's translator at work."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from course.datasets.phrases import date_translations, nearest, phrase_pairs
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


def plot_alignment(panel: Any, weights, source: str, target: str, gold: Sequence[int]):
    """Attention as grey squares, what should be looked at as red frames.

    Args:
        panel: Where to draw.
        weights: [target, source] floats.
        source, target: The texts, a character for each row and column.
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


def _rectangle(corner, **style):
    from matplotlib.patches import Rectangle

    return Rectangle(corner, 1, 1, **style)


@functools.cache
def _translator(direction: str) -> Any:
    from transformer_tf import pipeline

    return pipeline(
        f"translation_{direction}", str(model_folder("bilingual_translator"))
    )


def translated(texts: Sequence[str], direction: str = "en_to_es") -> list[str]:
    """What the bilingual translator of `course.models` makes of some phrases.

    Args:
        texts: The phrases.
        direction: "en_to_es" or "es_to_en".
    """
    answers = _translator(direction)(list(texts), batch_size=32)
    return [answer["translation_text"] for answer in answers]


def unseen_phrases(kind: str, count: int) -> list[tuple[str, str]]:
    """Pairs (English, Spanish) that the translator has not seen.

    Args:
        kind: "emoji", "names", "messages" or "dates".
        count: How many, at most; the same every time.
    """
    if kind == "dates":
        return date_translations(count, seed=1, held_out=True)
    pairs = sorted(phrase_pairs(kind)[1])
    return pairs[:: max(1, len(pairs) // count)][:count]


def looked_up(texts: Sequence[str], kind: str) -> list[str]:
    """The Spanish of the most similar English phrase that the translator has read."""
    if kind == "dates":
        return nearest(date_translations(2000, seed=0), texts)
    return nearest(phrase_pairs(kind)[0], texts)
