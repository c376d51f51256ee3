"""Pictures of unit 12: three steps, padding saved, labels of entailment, windows."""

import random
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from course.api import say
from course.datasets.house_reports import report, sentence
from course.pieces import (
    batch_rows,
    best_labels,
    by_length,
    find_entities,
    label_words,
    probabilities,
    stitch,
)
from course.pieces.trained import trained_model

BLUE, GREEN, GREY = "#2e5c8a", "#2e7d32", "#9e9e9e"
KINDS = {"name": "#e69138", "area": "#6aa84f"}


def three_steps(text: str) -> None:
    """Draws what a text is in each of the three steps, with the real numbers.

    Args:
        text: A command.
    """
    model = trained_model("text-classification")
    (row,) = model.read(text).rows
    tokens = model.tokenizer.encode(text).tokens
    ids, real = batch_rows([row.ids], 0, model.limit)
    (logits,) = model.logits(ids, np.zeros_like(ids), real)
    scores = np.array(probabilities(logits[None], False))[0]
    best = best_labels(scores.tolist(), model.labels, 4)
    figure, panels = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained")
    panels[0].set_title(say("preprocess: tokens and ids", "preprocesar: tokens e ids"))
    panels[0].axis("off")
    for place, (token, number) in enumerate(zip(tokens, row.ids, strict=True)):
        height = 1 - (place + 0.5) / len(tokens)
        panels[0].text(0.45, height, token, ha="right", va="center", color=BLUE)
        panels[0].text(0.55, height, str(number), va="center", family="monospace")
    panels[1].bar(range(len(logits)), logits, color=BLUE)
    panels[1].set(
        title=say("forward: a logit for each class", "calcular: un logit por clase"),
        xlabel=say("number of the class", "número de la clase"),
    )
    names = [one["label"] for one in best][::-1]
    shares = [100 * one["score"] for one in best][::-1]
    bars = panels[2].barh(names, shares, color=GREEN)
    panels[2].bar_label(bars, fmt="%.1f %%", padding=3)
    panels[2].set(
        title=say(
            "postprocess: names and shares", "posprocesar: nombres y porcentajes"
        ),
        xlim=(0, 125),
    )


def padding_saved(size: int = 8, texts: int = 64) -> None:
    """Draws the tokens that a model computes, in batches as they come and sorted.

    Args:
        size: Texts a batch.
        texts: How many, short commands and long reports mixed.
    """
    chance, model = random.Random(4), trained_model("token-classification")
    drawn = []
    for _ in range(texts):
        is_long = chance.random() < 0.4
        one = report(chance, True)[0] if is_long else sentence(chance, True)
        drawn.append(getattr(one, chance.choice(("en", "es"))))
    lengths = [len(model.tokenizer.encode(text)) for text in drawn]
    came = [list(range(n, min(n + size, texts))) for n in range(0, texts, size)]
    figure, panels = plt.subplots(1, 2, figsize=(10, 3.4), sharey=True)
    titles = (
        say("as they came", "tal como llegaron"),
        say("by length", "por longitud"),
    )
    for panel, title, batches in zip(
        panels, titles, (came, by_length(lengths, size)[0])
    ):
        place, computed = 0, 0
        for batch in batches:
            widest = max(lengths[n] for n in batch)
            computed += widest * len(batch)
            panel.bar(
                place + np.arange(len(batch)), [widest] * len(batch), 1, color="#e0e0e0"
            )
            panel.bar(
                place + np.arange(len(batch)),
                [lengths[n] for n in batch],
                1,
                color=BLUE,
            )
            place += len(batch)
        wasted = 100 * (1 - sum(lengths) / computed)
        panel.set(
            title=f"{title}: {wasted:.0f} % {say('padding', 'de relleno')}",
            xlabel=say("texts, batch by batch", "textos, lote a lote"),
        )
    panels[0].set_ylabel("tokens")
    figure.tight_layout()


def entailment(labels: Sequence[str], logits: np.ndarray, answers: Sequence) -> None:
    """Draws three logits for each label, and two ways to read them.

    Args:
        labels: The labels.
        logits: [label, 3]: contradiction, neutral, entailment.
        answers: Two arrays [label]: if exactly one holds, and if several may.
    """
    figure, panels = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained")
    places = np.arange(len(labels))
    classes = (
        (say("contradicts", "contradice"), "#c62828"),
        (say("neither", "ni una cosa ni otra"), GREY),
        (say("follows", "se sigue"), GREEN),
    )
    for number, (name, colour) in enumerate(classes):
        shift = 0.27 * (number - 1)
        panels[0].bar(places + shift, logits[:, number], 0.25, color=colour, label=name)
    panels[0].legend(fontsize=8)
    panels[0].set_title(say("what the model says", "lo que dice el modelo"))
    titles = (
        say("exactly one holds", "vale exactamente una"),
        say("several may hold", "pueden valer varias"),
    )
    for panel, title, scores in zip(panels[1:], titles, answers):
        bars = panel.bar(places, 100 * np.array(scores), color=BLUE)
        panel.bar_label(bars, fmt="%.0f %%")
        panel.set(title=title, ylim=(0, 115))
    for panel in panels:
        panel.set_xticks(places, labels)


def _tags(model, logits) -> list[str]:
    return [model.labels[n] for n in logits.argmax(axis=-1)]


def seen_by_windows(text: str) -> None:
    """Draws what each window of a long text calls a name or a room, and the merge.

    Args:
        text: A text longer than the model reads.
    """
    model = trained_model("token-classification")
    reading = model.read(text)
    parts = []
    for row in reading.rows:
        ids, real = batch_rows([row.ids], 0, model.limit)
        (logits,) = model.logits(ids, np.zeros_like(ids), real)
        parts.append(logits[np.flatnonzero(row.in_text)])
    whole = stitch(parts, reading.overlap)
    figure, panel = plt.subplots(
        figsize=(11, 1.4 + 0.6 * len(parts)), layout="constrained"
    )
    at, names = 0, []
    for number, part in enumerate(parts):
        _row(panel, at, len(parts) - number, _tags(model, part), "#eeeeee")
        if number:
            shared = Rectangle(
                (at, 0.55), reading.overlap, len(parts) + 0.9, color="#fff2cc", zorder=0
            )
            panel.add_patch(shared)
        names.append(say(f"window {number + 1}", f"ventana {number + 1}"))
        at += len(part) - reading.overlap
    _row(panel, 0, 0, _tags(model, whole), "#cfe2f3")
    panel.set_yticks(
        range(len(parts), -1, -1), [*names, say("put together", "todo junto")]
    )
    panel.set(
        xlim=(0, len(whole)),
        ylim=(-0.6, len(parts) + 0.6),
        xlabel=say("token", "token"),
    )
    for kind, colour in KINDS.items():
        shown = {"name": say("a thing", "una cosa"), "area": say("a room", "un lugar")}
        panel.bar(0, 0, color=colour, label=shown[kind])
    panel.legend(loc="upper right", fontsize=8, ncols=2)


def _row(panel, at, height, tags, colour) -> None:
    panel.add_patch(Rectangle((at, height - 0.32), len(tags), 0.64, color=colour))
    for place, tag in enumerate(tags):
        if tag[2:] in KINDS:
            box = (at + place, height - 0.32), 0.95, 0.64
            panel.add_patch(Rectangle(*box, color=KINDS[tag[2:]]))


def entities_of(text: str) -> list[tuple[str, str, float]]:
    """(kind, words, score) of the entities that the course's tagger finds in a text."""
    model = trained_model("token-classification")
    reading = model.read(text)
    (row,) = reading.rows
    ids, real = batch_rows([row.ids], 0, model.limit)
    (logits,) = model.logits(ids, np.zeros_like(ids), real)
    scores = probabilities(logits[np.flatnonzero(row.in_text)], False)
    classes, best = label_words(scores, reading.word_ids, "first")
    borders = []
    for word in range(len(classes)):
        pieces = [n for n, w in enumerate(reading.word_ids) if w == word]
        borders.append((reading.offsets[pieces[0]][0], reading.offsets[pieces[-1]][1]))
    tags = [model.labels[n] for n in classes]
    found = find_entities(tags, best.tolist(), borders)
    return [(kind, text[start:end], score) for kind, score, start, end in found]
