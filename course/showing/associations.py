"""Pictures of unit 13: what chance gives, association tests, Spanish nouns."""

import functools
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np

from course.api import say
from course.datasets import spanish_nouns as nouns
from course.datasets.real_vectors import published_vectors
from course.datasets.word_sets import TESTS, WORD_SETS
from course.pieces import effect_size, permutation_p, without_direction

FOUND, NOTHING = "#2e5c8a", "#9e9e9e"
MASCULINE, FEMININE = "#2e7d32", "#b3541e"
NAMES_ES = {
    "flowers": "flores",
    "insects": "insectos",
    "instruments": "instrumentos",
    "weapons": "armas",
    "pleasant": "agradable",
    "unpleasant": "desagradable",
    "career": "carrera",
    "family": "familia",
    "science": "ciencia",
    "arts": "artes",
}


def effects_of_nothing(trials: int = 1500) -> None:
    """Draws effect sizes between sets that mean nothing: noise, and random words."""
    rng = np.random.default_rng(13)
    _, table = published_vectors()
    kinds = {
        say("noise, 6 numbers a word", "ruido, 6 números por palabra"): lambda: (
            rng.normal(size=(4, 8, 6))
        ),
        say("noise, 384 numbers", "ruido, 384 números"): lambda: rng.normal(
            size=(4, 8, 384)
        ),
        say("random English words", "palabras inglesas al azar"): lambda: table[
            rng.choice(len(table), 32, replace=False)
        ].reshape(4, 8, -1),
    }
    figure, panels = plt.subplots(
        1, 3, figsize=(11, 2.9), sharey=True, layout="constrained"
    )
    for panel, (name, draw) in zip(panels, kinds.items(), strict=True):
        found = np.array([effect_size(*draw()) for _ in range(trials)])
        border = np.quantile(abs(found), 0.95)
        panel.hist(found, bins=np.linspace(-2, 2, 41), color=NOTHING)
        for end in (-border, border):
            panel.axvline(end, color="tab:red")
        ticks = [-2, -border, 0, border, 2]
        panel.set_xticks(ticks, [f"{t:.2f}".rstrip("0").rstrip(".") for t in ticks])
        panel.set(title=name, xlabel=say("effect size d", "tamaño del efecto d"))
    panels[0].set(ylabel=say("how often", "cuántas veces"))


def associations(words: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """[word] the mean cosine with `a` minus the mean cosine with `b`."""
    words, a, b = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (words, a, b))
    return words @ (a.mean(axis=0) - b.mean(axis=0))


@functools.cache
def _english() -> dict[str, np.ndarray]:
    words, table = published_vectors()
    places = {word: number for number, word in enumerate(words)}
    return {
        name: table[[places[word] for word in chosen]]
        for name, chosen in WORD_SETS.items()
    }


def found_by_tests() -> list[tuple[str, float, float, tuple[float, float]]]:
    """(name, d, p, the middle 95 % of d over all splits) of each test."""
    rng, found = np.random.default_rng(13), []
    for names in TESTS:
        x, y, a, b = (_english()[name] for name in names)
        first, second = (associations(words, a, b) for words in (x, y))
        both = np.concatenate([first, second])
        order = np.argsort(rng.random((4000, 16)), axis=1)
        split = both[order]
        chance = (split[:, :8].mean(1) - split[:, 8:].mean(1)) / both.std(ddof=1)
        low, high = np.quantile(chance, [0.025, 0.975])
        d, p = effect_size(x, y, a, b), permutation_p(first, second)
        found.append((_name(names), float(d), float(p), (float(low), float(high))))
    return found


def _name(names: Sequence[str]) -> str:
    x, y, a, b = (say(name, NAMES_ES.get(name, name)) for name in names)
    return f"{x} : {y}   /   {a} : {b}"


def association_tests() -> None:
    """Draws the tests' effects over what chance gives with the same words."""
    rows = found_by_tests()
    figure, panel = plt.subplots(figsize=(10, 3.2), layout="constrained")
    for place, (_, d, p, (low, high)) in enumerate(rows):
        panel.plot([low, high], [place, place], lw=9, color="#d9d9d9", zorder=1)
        panel.plot(d, place, "o", ms=9, color=FOUND, zorder=2)
        panel.text(2.05, place, f"p = {p:.4f}", va="center")
    panel.axvline(0, color="black", lw=0.6)
    panel.set_yticks(range(len(rows)), [name for name, *_ in rows])
    panel.invert_yaxis()
    panel.set(
        xlim=(-1.6, 2.6),
        xlabel=say(
            "effect size d (grey: 95 % of all splits)",
            "tamaño del efecto d (gris: el 95 % de los repartos)",
        ),
    )


@functools.cache
def _spanish(more: int) -> tuple[dict[str, int], np.ndarray]:
    words, table = nouns.counted_vectors(nouns.sentences(4000, more))
    return {word: number for number, word in enumerate(words)}, table


def spanish_vectors(words: Sequence[str], more: int = 0) -> np.ndarray:
    """[word, dim] vectors counted in the drawn sentences; `more` as in `sentences`."""
    places, table = _spanish(more)
    return table[[places[word] for word in words]]


LISTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "careless": (nouns.WORK["masculine"], nouns.HOME["feminine"]),
    "balanced": (
        nouns.WORK["masculine"][:4] + nouns.WORK["feminine"][:4],
        nouns.HOME["masculine"][:4] + nouns.HOME["feminine"][:4],
    ),
}


def difference_of(lists: str, cure: str, more: int) -> tuple[float, float]:
    """Work minus home, towards men minus women: in cosines, and as an effect size.

    Args:
        lists: "careless" (work's nouns are masculine, home's feminine) or "balanced".
        cure: What the direction is taken from: "" (nothing is taken out), "things" or
            "people".
        more: As in `sentences`: 0 where there is nothing to find.
    """
    sets = [*LISTS[lists], nouns.PEOPLE["masculine"], nouns.PEOPLE["feminine"]]
    vectors = [spanish_vectors(words, more) for words in sets]
    if cure:
        source = {"things": nouns.THINGS, "people": nouns.PEOPLE}[cure]
        both = [spanish_vectors(source[gender], more) for gender in nouns.GENDERS]
        vectors = [without_direction(v, *both) for v in vectors]
    first, second = (associations(v, *vectors[2:]) for v in vectors[:2])
    return float(first.mean() - second.mean()), float(effect_size(*vectors))


def nouns_on_the_axis() -> None:
    """Draws things, work and home on the grammatical axis, before and after."""
    things = [spanish_vectors(nouns.THINGS[gender]) for gender in nouns.GENDERS]
    way = things[0].mean(axis=0) - things[1].mean(axis=0)
    way /= np.linalg.norm(way)
    groups = (
        (say("things", "cosas"), nouns.THINGS),
        (say("work", "trabajo"), nouns.WORK),
        (say("home", "casa"), nouns.HOME),
        (say("people", "personas"), nouns.PEOPLE),
    )
    figure, panels = plt.subplots(
        1, 2, figsize=(11, 3.4), sharey=True, layout="constrained"
    )
    titles = (
        say("as counted", "tal como se contaron"),
        say("gender of things taken out", "sin el género de las cosas"),
    )
    for panel, title in zip(panels, titles, strict=True):
        for row, (_, kind) in enumerate(groups):
            for gender, colour in zip(nouns.GENDERS, (MASCULINE, FEMININE)):
                vectors = spanish_vectors(kind[gender])
                if panel is panels[1]:
                    vectors = without_direction(vectors, *things)
                lift = 0.12 * np.linspace(-1, 1, len(vectors))
                panel.plot(vectors @ way, row + lift, "o", color=colour, alpha=0.75)
        panel.axvline(0, color="black", lw=0.6)
        panel.set(title=title, xlabel=say("along the axis", "a lo largo del eje"))
    limits = panels[0].get_xlim()
    panels[1].set_xlim(limits)
    panels[0].set_yticks(range(4), [name for name, _ in groups])
    panels[0].invert_yaxis()
    for colour, name in (
        (MASCULINE, say("masculine", "masculino")),
        (FEMININE, say("feminine", "femenino")),
    ):
        panels[1].plot([], [], "o", color=colour, label=name)
    panels[1].legend(loc="upper right", fontsize=9)


def what_grammar_does() -> None:
    """Draws what a test finds where there is nothing, and where there is something."""
    rows = (
        ("careless", "", say("careless lists", "listas descuidadas")),
        ("balanced", "", say("balanced lists", "listas equilibradas")),
        (
            "careless",
            "things",
            say("without the gender of things", "sin el género de las cosas"),
        ),
        ("careless", "people", say("without that of people", "sin el de las personas")),
    )
    titles = (
        say("there is nothing", "no hay nada"),
        say("there is something", "sí hay algo"),
    )
    figure, panels = plt.subplots(
        1, 2, figsize=(11, 2.9), sharey=True, layout="constrained"
    )
    for panel, title, more in zip(panels, titles, (0, 3), strict=True):
        for place, (lists, cure, _) in enumerate(rows):
            difference, d = difference_of(lists, cure, more)
            panel.barh(place, difference, color=FOUND if more else NOTHING)
            panel.text(
                max(difference, 0) + 0.02,
                place,
                f"{difference:.2f}  (d = {d:.1f})",
                va="center",
                fontsize=9,
            )
        panel.set(title=title, xlim=(-0.05, 1.25))
        panel.set_xlabel(say("difference of cosines", "diferencia de cosenos"))
    panels[0].set_yticks(range(4), [name for *_, name in rows])
    panels[0].invert_yaxis()
