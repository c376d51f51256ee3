"""Pictures of unit 13: pairs, calibration, groups, energy."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np

from course.api import say
from course.datasets.commands import commands_with_intents
from course.datasets.counterfactuals import (
    REQUESTS,
    ROOMS,
    class_probabilities,
    forms_of_address,
)
from course.pieces import footprint, interval

COLOURS = ("#2e5c8a", "#b3541e", "#2e7d32", "#7a5195")


def address_gaps() -> np.ndarray:
    """[request, room] probability of the right intent: to tú minus to vos."""
    one, other, wanted = forms_of_address()
    likely, names = class_probabilities(one + other)
    places = [names.index(intent) for intent in wanted]
    count = range(len(one))
    gaps = likely[: len(one)][count, places] - likely[len(one) :][count, places]
    return gaps.reshape(len(REQUESTS), len(ROOMS))


def pairs_by_request(gaps: np.ndarray) -> None:
    """Draws each pair's difference, request by request, and the mean with its error."""
    figure, panel = plt.subplots(figsize=(9, 3.4), layout="constrained")
    for row, values in enumerate(gaps):
        panel.plot(values, np.full(len(values), row), "o", color=COLOURS[0], alpha=0.6)
    mean = gaps.mean()
    panel.axvline(0, color="black", lw=0.6)
    panel.axvline(mean, color=COLOURS[1], ls="--")
    names = [f"{verb} {rest.format('…')}" for _, verb, rest in REQUESTS]
    panel.set_yticks(range(len(names)), names, fontsize=9)
    panel.invert_yaxis()
    panel.set_xlabel(
        say(
            "how sure of the right intent: tú minus vos (dashed: the mean)",
            "seguridad en la intención correcta: tú menos vos (a trazos: la media)",
        )
    )


def unseen_commands(a_template: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Languages, confidences and hits of the course's classifier on held-out commands.

    Args:
        a_template: How many commands of each held-out template, at most.
    """
    found = [
        one
        for lang in ("en", "es")
        for one in commands_with_intents(lang, a_template)[1]
    ]
    likely, names = class_probabilities([one.text for one in found])
    said = [names[number] for number in likely.argmax(axis=1)]
    right = [a == b.intent.removeprefix("Hass") for a, b in zip(said, found)]
    return [one.language for one in found], likely.max(axis=1), np.array(right)


def reliability(
    groups: Sequence[str], confidence: np.ndarray, right: np.ndarray, bins: int = 10
) -> None:
    """Draws how often a model is right where it is so sure, and how many there are."""
    names = sorted(set(groups))
    figure, (above, below) = plt.subplots(
        2, 1, figsize=(6.4, 5), sharex=True, height_ratios=(3, 1), layout="constrained"
    )
    above.plot([0, 1], [0, 1], color="#9e9e9e", lw=1)
    for number, name in enumerate(names):
        inside = np.array([group == name for group in groups])
        said, hits = confidence[inside], right[inside]
        places = np.minimum((said * bins).astype(int), bins - 1)
        for place in np.unique(places):
            here = places == place
            low, high = interval(int(hits[here].sum()), int(here.sum()))
            middle = said[here].mean() + 0.008 * (number - 0.5)
            above.plot([middle, middle], [low, high], color=COLOURS[number], lw=2)
            above.plot(middle, hits[here].mean(), "o", color=COLOURS[number])
        above.plot([], [], "o-", color=COLOURS[number], label=name)
        below.bar(
            (np.arange(bins) + 0.3 + 0.4 * number) / bins,
            np.bincount(places, minlength=bins),
            0.38 / bins,
            color=COLOURS[number],
        )
    above.set(ylabel=say("share that is right", "proporción de aciertos"))
    above.legend()
    below.set(xlabel=say("confidence", "confianza"), ylabel=say("how many", "cuántas"))


def intervals_by_group(rows: Mapping[str, tuple[int, int]]) -> None:
    """Draws shares with their intervals: {name: (right, count)}."""
    figure, panel = plt.subplots(
        figsize=(9, 0.6 + 0.5 * len(rows)), layout="constrained"
    )
    for place, (right, count) in enumerate(rows.values()):
        low, high = interval(right, count)
        panel.plot([low, high], [place, place], lw=3, color=COLOURS[0])
        panel.plot(right / count, place, "o", ms=8, color=COLOURS[0])
        panel.text(1.02, place, f"{right} / {count}", va="center", fontsize=9)
    panel.set_yticks(range(len(rows)), list(rows))
    panel.invert_yaxis()
    panel.set(
        xlim=(-0.02, 1.15), xlabel=say("share that is right", "proporción de aciertos")
    )
    panel.set_xticks(np.linspace(0, 1, 6))


# (devices, watts, hours, overhead, grams a kilowatt hour), each a range.
RUNS = {
    "classifier": (1, (10, 65), (0.008, 0.02), (1.0, 1.2), (30, 800)),
    "BERT base (2018)": (64, (150, 300), (79, 79), (1.1, 1.6), (30, 800)),
    "GPT-3 (2020)": (10_000, (280, 400), (340, 400), (1.1, 1.2), (30, 800)),
}


def _mass(kilograms: float) -> str:
    for size, unit in ((1000, "t"), (1, "kg"), (1e-3, "g"), (1e-6, "mg")):
        if kilograms >= size:
            return f"{float(f'{kilograms / size:.2g}'):g} {unit}"
    return f"{kilograms:.1g} kg"


def footprints() -> None:
    """Draws the carbon dioxide of training, from a classifier to GPT-3, as ranges."""
    figure, panel = plt.subplots(figsize=(10, 2.6), layout="constrained")
    names = []
    for place, (name, (devices, watts, hours, overhead, grams)) in enumerate(
        RUNS.items()
    ):
        _, (low, high) = footprint(watts, devices, hours, overhead, grams)
        panel.plot([low, high], [place, place], lw=9, color=COLOURS[2])
        panel.text(high * 1.5, place, f"{_mass(low)} – {_mass(high)}", va="center")
        own = say("this course's classifier", "el clasificador de este curso")
        names.append(own if name == "classifier" else name)
    panel.set_yticks(range(len(names)), names)
    panel.invert_yaxis()
    panel.set(xscale="log", xlim=(1e-6, 1e9), xlabel=say("kg of CO₂", "kg de CO₂"))
