"""Frozen bodies beside counts of words, by the number of labels."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np

from course.api import say
from course.datasets.frozen_bodies import Reader, minilm_body, own_body
from course.errors import CourseError

COLOURS = ("tab:orange", "tab:blue", "grey", "tab:green")


def bodies_at_hand() -> dict[str, Reader]:
    """The course's encoder and MiniLM, frozen, by their names.

    Of MiniLM one line says what to install where its package is missing.
    """
    found: dict[str, Reader] = {
        say("the course's encoder", "codificador del curso"): own_body()
    }
    try:
        found["MiniLM"] = minilm_body()
    except CourseError as error:
        print(error)
    return found


def few_labels(
    found: Mapping[str, Mapping[str, np.ndarray]], counts: Sequence[int]
) -> None:
    """Draws the percent right of each reader, a panel a task.

    Args:
        found: By task and reader [count, draw]: what `right_by_labels` gives.
        counts: Labels of each class.
    """
    figure, panels = plt.subplots(
        1, len(found), figsize=(5 * len(found), 3.6), layout="constrained"
    )
    for panel, (task, readers) in zip(np.atleast_1d(panels), found.items()):
        for colour, (name, values) in zip(COLOURS, readers.items()):
            panel.plot(counts, values.mean(axis=1), "o-", color=colour, label=name)
            edges = values.min(axis=1), values.max(axis=1)
            panel.fill_between(counts, *edges, color=colour, alpha=0.15)
        panel.set(
            title=task,
            xscale="log",
            xlabel=say("labels of each class", "etiquetas de cada clase"),
            ylabel=say("right (%)", "aciertos (%)"),
            ylim=(0, 100),
        )
        panel.set_xticks(counts, counts)
        panel.minorticks_off()
        panel.legend(fontsize=9)
