"""What anybody can do without a body: counts of words, for each of four tasks."""

import collections
import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from course.datasets.commands import Command
from course.datasets.four_heads import pretrained_body, states
from course.datasets.four_tasks import FourTasks, Question
from course.datasets.tagging import slots
from course.pieces.measures import entity_f1


class WordCounts:
    """Naive Bayes on words and pairs of neighbouring words.

    Args:
        texts: The words of each text.
        labels: What each of them is.
        smoothing: Added to every count.
    """

    def __init__(
        self,
        texts: Iterable[Sequence[str]],
        labels: Iterable[str],
        smoothing: float = 0.1,
    ):
        self.smoothing = smoothing
        self.counts: dict[str, collections.Counter] = {}
        self.sizes: collections.Counter = collections.Counter()
        for words, label in zip(texts, labels, strict=True):
            self.counts.setdefault(label, collections.Counter()).update(parts(words))
            self.sizes[label] += 1
        self.known = set().union(*self.counts.values())

    def score(self, words: Sequence[str], label: str) -> float:
        """The logarithm of how likely text and label are together."""
        counts = self.counts.get(label, collections.Counter())
        total = counts.total() + self.smoothing * len(self.known)
        likely = sum(
            math.log((counts[part] + self.smoothing) / total)
            for part in parts(words)
            if part in self.known
        )
        return likely + math.log(max(self.sizes[label], 0.5))

    def best(self, words: Sequence[str]) -> str:
        """The likeliest label."""
        return max(self.counts, key=lambda label: self.score(words, label))


def parts(words: Sequence[str]) -> list[str]:
    """Words, and neighbours of two."""
    return [*words, *(" ".join(pair) for pair in zip(words, words[1:]))]


def rival_scores(tasks: FourTasks) -> dict[str, float]:
    """Percent right of each task: the rival that needs no body, or one untrained.

    Intents: naive Bayes on words. Tags: the most frequent tag of a word after the word
    before it. Spans: the first slot of the right name among those tags. Choices: the
    option with the largest cosine, by the mean vectors of the pretrained body as it is.
    """
    return {
        "intents": _intents(tasks),
        "tags": _tags(tasks),
        "spans": _spans(tasks),
        "choices": _choices(tasks),
    }


def _intents(tasks: FourTasks) -> float:
    given = tasks.training.commands
    counts = WordCounts([c.words for c in given], [c.intent for c in given])
    found = [counts.best(c.words) == c.intent for c in tasks.testing.commands]
    return 100 * float(np.mean(found))


def _tags(tasks: FourTasks) -> float:
    tag, commands = tagger(tasks.training.commands), tasks.testing.commands
    gold = [list(one.tags) for one in commands]
    return 100 * entity_f1(gold, [tag(one.words) for one in commands])


def tagger(commands: Iterable[Command]) -> Callable[[Sequence[str]], list[str]]:
    """Gives each word its most frequent tag after the word before it."""
    seen: dict[tuple, collections.Counter] = {}
    for one in commands:
        for pair in zip(("", *one.words), one.words, one.tags):
            for key in (pair[:2], pair[1:2]):
                seen.setdefault(key, collections.Counter())[pair[2]] += 1

    def tag(before: str, word: str) -> str:
        known = seen.get((before, word)) or seen.get((word,))
        return known.most_common(1)[0][0] if known else "O"

    return lambda words: [tag(a, b) for a, b in zip(("", *words), words)]


def _spans(tasks: FourTasks) -> float:
    tag = tagger(tasks.training.commands)
    right = [
        first_slot(tag, one) == (one.first, one.last) for one in tasks.testing.questions
    ]
    return 100 * float(np.mean(right))


def first_slot(
    tag: Callable[[Sequence[str]], list[str]], one: Question
) -> tuple[int, int] | None:
    """The first and last word of the first slot that is asked for, by a tagger."""
    said = sorted(slots(tag(one.command.words)), key=lambda slot: slot[1])
    kind = one.question.replace(" ", "_")
    return next(((first, last) for name, first, last in said if name == kind), None)


def _choices(tasks: FourTasks) -> float:
    given, body = tasks.testing.arrays, pretrained_body()
    ids, types = given["choice_ids"], given["choice_types"]
    rows = ids.reshape(-1, ids.shape[-1])
    kinds = types.reshape(rows.shape)
    vectors = np.concatenate(
        [np.array(states(body, rows[n : n + 200])) for n in range(0, len(rows), 200)]
    )
    sides = [_means(vectors, (rows > 0) & (kinds == side)) for side in (0, 1)]
    cosines = (sides[0] * sides[1]).sum(axis=-1).reshape(ids.shape[:2])
    return 100 * float((cosines.argmax(axis=1) == given["choices"]).mean())


def _means(vectors: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    total = (vectors * chosen[..., None]).sum(axis=1)
    return total / np.linalg.norm(total, axis=-1, keepdims=True)
