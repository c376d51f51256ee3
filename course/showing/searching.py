"""Pictures of beam search: a small tree, and who wins under which length penalty."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

# What a model that is small enough to draw says comes next: [(token, probability)].
NEXT = {
    (): (("el", 0.5), ("un", 0.4), ("—", 0.1)),
    ("el",): (("gato", 0.4), ("perro", 0.35), (".", 0.25)),
    ("un",): (("gato", 0.85), ("perro", 0.1), (".", 0.05)),
    ("—",): ((".", 1.0),),
    ("el", "gato"): (("gris", 0.5), (".", 0.5)),
    ("el", "perro"): ((".", 0.6), ("gris", 0.4)),
    ("un", "gato"): (("gris", 0.75), (".", 0.25)),
    ("un", "perro"): ((".", 1.0),),
    ("el", "gato", "gris"): ((".", 1.0),),
    ("el", "perro", "gris"): ((".", 1.0),),
    ("un", "gato", "gris"): ((".", 0.95), ("—", 0.05)),
}


def _name(token: str) -> str:
    """The token in the language of the notebook."""
    from course import say

    english = {"el": "the", "un": "a", "gato": "cat", "perro": "dog", "gris": "purrs"}
    spanish = {"gris": "ronronea"}
    return say(english.get(token, token), spanish.get(token, token))


def beams_of(width: int) -> list[list[tuple[tuple[str, ...], float, str]]]:
    """What a search keeps, cuts and ends, step by step.

    Args:
        width: How many texts live on.

    Returns:
        A list a step of (text, log-probability, "kept" | "cut" | "ended").
    """
    living: list[tuple[tuple[str, ...], float]] = [((), 0.0)]
    steps = []
    while living:
        candidates = [
            ((*text, token), total + float(np.log(likely)))
            for text, total in living
            for token, likely in NEXT.get(text, ())
        ]
        candidates.sort(key=lambda one: -one[1])
        living = [one for one in candidates if one[0][-1] not in ".—"][:width]
        kept = {text for text, _ in living}
        steps.append(
            [
                (
                    text,
                    total,
                    "ended" if text[-1] == "." else "kept" if text in kept else "cut",
                )
                for text, total in candidates
            ]
        )
    return steps


def plot_search(panel: Any, width: int) -> None:
    """The tree of a search: thick what was kept, dotted what was cut.

    Args:
        panel: Where to draw.
        width: How many texts live on.
    """
    colours = {"kept": "#2e7d32", "cut": "#bdbdbd", "ended": "#1565c0"}
    places: dict[tuple[str, ...], float] = {(): 0.0}
    for depth, step in enumerate(beams_of(width), start=1):
        heights = np.linspace(1, -1, max(2, len(step)))
        by_parent = sorted(step, key=lambda one: (-places[one[0][:-1]], -one[1]))
        for height, (text, total, fate) in zip(heights, by_parent):
            places[text] = height
            panel.plot(
                [depth - 0.42, depth - 0.24],
                [places[text[:-1]], height],
                color=colours[fate],
                linewidth=0.8 if fate == "cut" else 2.2,
                linestyle=":" if fate == "cut" else "-",
            )
            panel.text(
                depth - 0.22,
                height,
                f"{_name(text[-1])}  {total:.2f}",
                va="center",
                fontsize=9,
                color="grey" if fate == "cut" else colours[fate],
            )
    panel.set(xlim=(0.5, 4.8), ylim=(-1.2, 1.2))
    panel.axis("off")


def plot_penalties(panel: Any, alphas: Sequence[float], scores: Sequence) -> None:
    """Lines of scores over alpha, one a text, its best stretch drawn thick.

    Args:
        panel: Where to draw.
        alphas: The penalties.
        scores: (name, its scores, one for each alpha).
    """
    best = np.argmax([values for _, values in scores], axis=0)
    for number, (name, values) in enumerate(scores):
        (line,) = panel.plot(alphas, values, linewidth=1, label=name)
        wins = np.where(best == number, values, np.nan)
        panel.plot(alphas, wins, linewidth=4, color=line.get_color())
    panel.legend(fontsize=8)


def new_tree(columns: int = 1, height: float = 3.4):
    """A figure with that many panels side by side."""
    return plt.subplots(
        1, columns, figsize=(5.2 * columns + 1, height), layout="constrained"
    )
