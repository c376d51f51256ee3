"""Pictures of unit 10: labels on pieces, pairs of tokens, three scores, answers."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from course.api import say
from course.datasets.four_heads import LONGEST
from course.datasets.four_tasks import FourTasks, word_ids
from course.models import model_folder
from course.pieces.measures import class_scores
from course.pieces.transfer import align_labels, best_span
from transformer_tf import text

COLOURS = {"O": "#cfe2f3", "B": "#93c47d", "I": "#d9ead3", "": "#e0e0e0"}


@functools.cache
def tokenizer() -> Any:
    """Of the course's bilingual encoder."""
    return text.from_pretrained(model_folder("bilingual_encoder"))


def labelled_pieces(command: tuple[str, str]) -> None:
    """Draws a sentence's words and its pieces, each with its label.

    Args:
        command: A sentence, and for each of its words O, B or I.
    """
    sentence, tags = command
    encoding, words = tokenizer().encode(sentence), sentence.split()
    numbers = align_labels(word_ids(encoding, sentence), [*range(len(words))])
    labels = [tags[number] if number >= 0 else "" for number in numbers]
    rows = ((words, list(tags)), (encoding.tokens, labels))
    figure, panel = plt.subplots(figsize=(10, 2.2), layout="constrained")
    for height, (names, marks) in zip((1.3, 0), rows):
        width = 1 / len(names)
        for place, (name, mark) in enumerate(zip(names, marks)):
            box = (place * width, height), 0.94 * width, 1
            panel.add_patch(Rectangle(*box, color=COLOURS[mark]))
            middle = (place + 0.47) * width
            panel.text(middle, height + 0.62, name, ha="center", fontsize=9)
            panel.text(middle, height + 0.2, mark or "-100", ha="center", fontsize=9)
    for height, name in (
        (1.8, say("words", "palabras")),
        (0.5, say("pieces", "piezas")),
    ):
        panel.text(-0.01, height, name, ha="right", va="center")
    panel.set(xlim=(-0.08, 1), ylim=(-0.1, 2.4))
    panel.axis("off")


def span_square(words: Sequence[str], question: int = 3, longest: int = 4) -> None:
    """Draws the sums of all pairs, the two maxima, and the best valid pair.

    Args:
        words: A question, a mark, and a text, word by word, with a year in two places.
        question: How many of them are no part of the text.
        longest: Words that an answer may have.
    """
    years = [n for n, word in enumerate(words) if word.isdigit()]
    start, end = np.linspace(-1.5, -1, len(words)), np.linspace(-1, -1.5, len(words))
    start[years[1]], end[years[0]] = 5, 5.4
    start[years[0]], end[years[1]] = 4.2, 2
    start[0] = 3
    sums = start[:, None] + end
    places = np.arange(len(words))
    size = places - places[:, None] + 1
    allowed = np.arange(len(words)) >= question
    valid = (size >= 1) & (size <= longest) & allowed[:, None] & allowed
    figure, panel = plt.subplots(figsize=(6.4, 5.4), layout="constrained")
    panel.imshow(np.where(valid, sums, np.nan), cmap="Greens")
    panel.plot(end.argmax(), start.argmax(), "o", ms=16, mfc="none", mec="tab:red")
    first, last = best_span(start, end, allowed, longest)
    panel.plot(last, first, "s", ms=16, mfc="none", mec="tab:blue", mew=2)
    panel.set_xticks(range(len(words)), words, rotation=60, ha="right", fontsize=9)
    panel.set_yticks(range(len(words)), words, fontsize=9)
    panel.set(xlabel=say("last", "último"), ylabel=say("first", "primero"))


def three_scores(true: np.ndarray, models: Mapping[str, np.ndarray]) -> None:
    """Draws accuracy, balanced accuracy and macro F1 of predictions, in percent."""
    names = [
        say("accuracy", "exactitud"),
        say("balanced", "equilibrada"),
        "macro F1",
    ]
    figure, panel = plt.subplots(figsize=(8, 3), layout="constrained")
    for shift, colour, (name, said) in zip(
        (-0.2, 0.2), ("#9e9e9e", "#2e7d32"), models.items()
    ):
        values = [100 * value for value in class_scores(true, said)]
        bars = panel.bar(np.arange(3) + shift, values, 0.38, color=colour, label=name)
        panel.bar_label(bars, fmt="%.0f")
    panel.set_xticks(range(3), names)
    panel.set(ylabel="%", ylim=(0, 115))
    panel.legend(loc="upper right")


def answered(
    tasks: FourTasks, found: Mapping[str, np.ndarray]
) -> list[tuple[str, str, str, str]]:
    """(question, text, answer, right answer) for each question of the testing part."""
    part, rows = tasks.testing, []
    for one, (start, end), allowed in zip(
        part.questions, found["spans"], part.arrays["in_text"], strict=True
    ):
        first, last = best_span(start, end, allowed, LONGEST)
        offsets = tokenizer().encode(one.question, one.text).offsets
        said = one.text[offsets[first][0] : offsets[last][1]]
        rows.append((one.question, one.text, said, one.answer))
    return rows
