"""Filling masks, from sentences to a score: what unit 07's capstone needs.

The text is commands for a house in English and Spanish, cut into words. Nothing here
knows of a language: one vocabulary, one model, both kinds of sentences side by side.
"""

import collections
import dataclasses
import re
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from course.datasets.bilingual import LANGUAGES, home_sentences

PADDING, UNKNOWN, MASK = SPECIAL = range(3)
NAMES = ("[PAD]", "[UNK]", "[MASK]")
LENGTH = 16


@dataclasses.dataclass(frozen=True)
class Task:
    """Sentences of both languages as arrays.

    Args:
        words: Every token, special ones first; a token's place is its id.
        training: [sentence, length] int32, both languages mixed.
        testing: By language [sentence, length] int32: of templates never trained on,
            one word of each hidden.
        answers: By language [sentence] int32: the hidden words.
    """

    words: list[str]
    training: np.ndarray
    testing: dict[str, np.ndarray]
    answers: dict[str, np.ndarray]

    def ids(self, sentences: Sequence[str]) -> np.ndarray:
        """[sentence, length] int32; every number reads as 0, 0 is padding."""
        return _ids(sentences, {word: n for n, word in enumerate(self.words)})


def filling_task(seed: int = 0, a_template: int = 30, most_tests: int = 1000) -> Task:
    """Sentences to learn from, and others with a gap to be tested on.

    Args:
        seed: Draws the sentences, which templates are held out, and the gaps.
        a_template: How many different sentences of each template, at most.
        most_tests: How many tests a language.
    """
    chance = np.random.default_rng(seed)
    parts = {lang: home_sentences(lang, a_template, seed) for lang in LANGUAGES}
    training = [sentence for part, _ in parts.values() for sentence in part]
    known = sorted({_plain(word) for text in training for word in text.split()})
    words = [*NAMES, *known]
    numbers = {word: n for n, word in enumerate(words)}
    testing, answers = {}, {}
    for language, (_, held_out) in parts.items():
        ids = _ids([held_out[n] for n in chance.permutation(len(held_out))], numbers)
        draws = np.where(ids > MASK, chance.random(ids.shape), -1.0)
        gaps = draws.argmax(axis=1)
        rows = np.flatnonzero(draws.max(axis=1) >= 0)[:most_tests]
        gaps = gaps[rows]
        ids = ids[rows]
        answers[language] = ids[np.arange(len(ids)), gaps]
        ids[np.arange(len(ids)), gaps] = MASK
        testing[language] = ids
    return Task(words, _ids(training, numbers), testing, answers)


class Counting:
    """What counts of neighbouring words say about a gap: the honest rivals.

    Args:
        ids: [sentence, length] int32: what is counted.
        vocabulary_size: How many tokens there are.
        looks_at: "nothing" (unigrams), "left" (bigrams), or "both" neighbours.
        mask_id: The token that stands in a gap, the last of the special ones.

    Where a context was seldom seen, the next smaller one has its say: for both
    neighbours that is p(word | left) p(word | right) / p(word).
    """

    def __init__(
        self,
        ids: np.ndarray,
        vocabulary_size: int,
        looks_at: str,
        mask_id: int = MASK,
    ):
        if looks_at not in ("nothing", "left", "both"):
            raise ValueError(f"looks_at is nothing, left or both; got {looks_at!r}")
        self.looks_at, self.mask_id = looks_at, mask_id
        self.single = np.bincount(ids[ids > 0], minlength=vocabulary_size) + 0.01
        self.single[: mask_id + 1] = 1e-9  # special tokens fill no gap
        self.single /= self.single.sum()
        self.after: dict = collections.defaultdict(collections.Counter)
        self.before: dict = collections.defaultdict(collections.Counter)
        self.within: dict = collections.defaultdict(collections.Counter)
        for row in np.pad(ids, ((0, 0), (1, 1))).tolist():
            for left, word, right in zip(row, row[1:], row[2:]):
                if word > mask_id:
                    self.after[left][word] += 1
                    self.before[right][word] += 1
                    self.within[left, right][word] += 1

    def probabilities(self, ids: np.ndarray) -> np.ndarray:
        """[sentence, vocabulary] float64 for the one gap of each sentence."""
        padded = np.pad(ids, ((0, 0), (1, 1)))
        rows, gaps = np.nonzero(padded == self.mask_id)
        return np.stack(
            [self._of(padded[r, g - 1], padded[r, g + 1]) for r, g in zip(rows, gaps)]
        )

    def _of(self, left: int, right: int) -> np.ndarray:
        if self.looks_at == "nothing":
            return self.single
        by_left = self._mix(self.after[left], self.single)
        if self.looks_at == "left":
            return by_left
        smaller = by_left * self._mix(self.before[right], self.single) / self.single
        return self._mix(self.within[left, right], smaller / smaller.sum())

    def _mix(self, counts, smaller: np.ndarray, weight: float = 2.0) -> np.ndarray:
        found = weight * smaller
        if counts:
            found[list(counts)] += list(counts.values())
        return found / (weight + sum(counts.values()))


def scores(probabilities: np.ndarray, answers: np.ndarray) -> dict[str, float]:
    """How well distributions fill gaps.

    Args:
        probabilities: [gap, vocabulary].
        answers: [gap] integers.

    Returns:
        "surprise": the mean of -log p of the right word, in nats; "right": how often it
        was the likeliest one, in percent.
    """
    own = probabilities[np.arange(len(answers)), answers]
    right = probabilities.argmax(axis=1) == answers
    return {
        "surprise": float(-np.log(np.maximum(own, 1e-12)).mean()),
        "right": 100 * float(right.mean()),
    }


def probabilities_of(model, ids: np.ndarray) -> np.ndarray:
    """[sentence, vocabulary] float32: what a model says about each sentence's gap.

    Args:
        model: A layer: ids, real -> [batch, length, vocabulary] logits.
        ids: [sentence, length] int32, one mask a sentence.
    """
    found = []
    for start in range(0, len(ids), 256):
        part = tf.constant(ids[start : start + 256])
        logits = tf.boolean_mask(model(part, part > 0), part == MASK)
        found.append(tf.nn.softmax(logits).numpy())
    return np.concatenate(found)


def pretrain(
    model,
    task: Task,
    loss: Callable,
    steps: int = 2400,
    rate: float = 2e-3,
    batch: int = 64,
    seed: int = 0,
    look: int = 200,
    every: Callable | None = None,
) -> list[float]:
    """Trains a model with Adam to say what was hidden.

    Args:
        model: A layer: ids, real -> logits.
        task: What it learns from.
        loss: `loss(ids, special, draws)`: corrupts with given draws ("draw", "kind"
            and "other"), asks the model, and gives the loss, a scalar.
        steps: How many batches it reads.
        rate: The learning rate at its highest; it falls to zero along a cosine.
        batch: Sentences a step.
        seed: Draws sentences and what is hidden.
        look: Every so many steps `every` is called.
        every: `every(step)`, or None.

    Returns:
        The loss of each step.
    """
    warm_up = steps // 20
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm_up, warmup_target=rate, warmup_steps=warm_up
    )
    optimizer = keras.optimizers.Adam(schedule, global_clipnorm=1.0)
    first = tf.constant(task.training[:batch])
    model(first, first > 0)
    optimizer.build(model.trainable_variables)

    @tf.function(jit_compile=True)
    def step(ids, draws):
        with tf.GradientTape() as tape:
            value = loss(ids, ids <= MASK, draws)
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(value, variables), variables)
        return value

    chance, losses = np.random.default_rng(seed), []
    size = (batch, task.training.shape[1])
    for number in range(steps):
        if every is not None and number % look == 0:
            every(number)
        ids = task.training[chance.integers(len(task.training), size=batch)]
        draws = {
            "draw": tf.constant(chance.random(size, "float32")),
            "kind": tf.constant(chance.random(size, "float32")),
            "other": tf.constant(
                chance.integers(MASK + 1, len(task.words), size=size, dtype="int32")
            ),
        }
        losses.append(step(tf.constant(ids), draws))
    if every is not None:
        every(steps)
    return [float(value) for value in losses]


def _ids(sentences: Sequence[str], numbers: dict[str, int]) -> np.ndarray:
    table = np.zeros((len(sentences), LENGTH), "int32")
    for row, sentence in zip(table, sentences, strict=True):
        words = sentence.split()[:LENGTH]
        row[: len(words)] = [numbers.get(_plain(word), UNKNOWN) for word in words]
    return table


def _plain(word: str) -> str:
    return "0" if re.fullmatch(r"[\d/]+", word) else word
