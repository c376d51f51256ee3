"""Pictures of masks and of alignments."""

from collections.abc import Sequence
from typing import Any

import numpy as np


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


def _rectangle(corner, **style):
    from matplotlib.patches import Rectangle

    return Rectangle(corner, 1, 1, **style)
