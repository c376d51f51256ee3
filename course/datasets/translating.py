"""From pairs of texts to a model that turns one into the other, by characters.

What unit 09's capstone needs around the learner's model: texts as ids, the training,
the greedy loop that writes, and the share of texts that come out exactly right.
"""

import dataclasses
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from course.datasets.dates import date_pairs, unseen_date_pairs

PADDING, START, END = range(3)


@dataclasses.dataclass(frozen=True)
class Characters:
    """Characters as ids; 0 is padding, 1 starts the target, 2 ends a text.

    Args:
        known: The characters; the first has id 3.
    """

    known: str

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Characters":
        """Those that occur in some texts, in order."""
        return cls("".join(sorted(set("".join(texts)))))

    @property
    def size(self) -> int:
        """How many ids there are."""
        return END + 1 + len(self.known)

    def ids(self, texts: Sequence[str], length: int, filling: int = PADDING):
        """[text, length] int32: every text, its end, and filling behind it.

        Raises:
            ValueError: a text is too long, or has a character that is not known.
        """
        ids = np.full((len(texts), length), filling, "int32")
        for row, text in zip(ids, texts, strict=True):
            numbers = [self.known.find(character) + END + 1 for character in text]
            if END in numbers:
                odd = text[numbers.index(END)]
                raise ValueError(f"{odd!r} in {text!r} is none of {self.known!r}")
            if len(numbers) >= length:
                raise ValueError(f"{text!r} and its end do not fit into {length}")
            row[: len(numbers) + 1] = [*numbers, END]
        return ids

    def texts(self, ids) -> list[str]:
        """What rows of ids say, up to their first end."""
        lines = []
        for row in np.asarray(ids).tolist():
            row = row[: row.index(END)] if END in row else row
            lines.append("".join(self.known[n - END - 1] for n in row if n > END))
        return lines


@dataclasses.dataclass(frozen=True)
class DateTask:
    """Dates in words to ISO dates.

    Args:
        characters: Of all texts.
        sources: [pair, source] int32: the words, their end, and padding.
        labels: [pair, target] int32: the ISO date and its end.
        testing: By language, pairs of texts of days that are not in training.
    """

    characters: Characters
    sources: np.ndarray
    labels: np.ndarray
    testing: dict[str, list[tuple[str, str]]]


SOURCE, TARGET = 36, 11  # characters of the longest texts, with their ends


def date_task(pairs: int = 20_000, tests: int = 1000, seed: int = 0) -> DateTask:
    """Pairs of both languages to learn from, and as many tests of each.

    Args:
        pairs: How many to learn from.
        tests: How many of each language, of days held out.
        seed: Draws both.
    """
    training = date_pairs(pairs, seed)
    testing = {lang: unseen_date_pairs(tests, seed, lang) for lang in ("en", "es")}
    every = [*training, *(pair for part in testing.values() for pair in part)]
    characters = Characters.of([text for pair in every for text in pair])
    sources, targets = zip(*training)
    return DateTask(
        characters,
        characters.ids(sources, SOURCE),
        characters.ids(targets, TARGET),
        testing,
    )


def learn(
    model: keras.layers.Layer,
    loss: Callable,
    sources: np.ndarray,
    labels: np.ndarray,
    steps: int,
    rate: float,
    batch: int = 64,
    seed: int = 0,
    every: Callable[[int], None] | None = None,
) -> list[float]:
    """Trains a model with Adam on pairs, in another order on every pass.

    Args:
        model: Whose weights are trained; they exist already.
        loss: From [batch, source] and [batch, target] ids to a scalar.
        sources, labels: Rows of ids that belong together.
        steps: How many batches.
        rate: The learning rate at its highest; it warms up, then falls along a cosine.
        batch: How many pairs make a step.
        seed: Orders the pairs.
        every: Called with the number of the step at each tenth of the training.

    Returns:
        The mean loss of each fiftieth of the training.
    """
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=rate, warmup_steps=max(1, steps // 10)
    )
    optimizer = keras.optimizers.Adam(schedule, beta_2=0.98, clipnorm=1.0)
    optimizer.build(model.trainable_variables)

    @tf.function(jit_compile=True, autograph=False)
    def step(source, target):
        with tf.GradientTape() as tape:
            value = loss(source, target)
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(value, variables), variables)
        return value

    chance, rows = np.random.default_rng(seed), np.arange(0)
    losses = []
    for number in range(steps):
        if len(rows) < batch:
            rows = np.concatenate([rows, chance.permutation(len(sources))])
        chosen, rows = rows[:batch], rows[batch:]
        losses.append(float(step(tf.constant(sources[chosen]), labels[chosen])))
        if every and (number + 1) % max(1, steps // 10) == 0:
            every(number + 1)
    return [float(np.mean(part)) for part in np.array_split(losses, min(50, steps))]


def write_greedily(model, sources: np.ndarray, length: int) -> np.ndarray:
    """Lets a model write, always the likeliest token, many texts side by side.

    Args:
        model: With `encoder(source, source_real)`, which gives a memory, and
            `decode(memory, source_real, target, target_real)`, whose first result are
            logits of the token after each position of the target.
        sources: [text, source] int32; PADDING is none of the text.
        length: How many tokens are written.

    Returns:
        [text, length] int32; what stands behind an end means nothing.
    """
    size = min(250, len(sources))

    @tf.function(jit_compile=True, autograph=False)
    def read(source):
        return model.encoder(source, source != PADDING)

    @tf.function(jit_compile=True, autograph=False)
    def likeliest(memory, source, target):
        everything = tf.ones_like(target, tf.bool)
        logits, _ = model.decode(memory, source != PADDING, target, everything)
        return tf.argmax(logits, axis=-1, output_type="int32")

    padded = np.concatenate([sources, sources[: -len(sources) % size]])
    texts = []
    for source in map(tf.constant, padded.reshape(-1, size, sources.shape[1])):
        memory, target = read(source), np.full((size, length + 1), START, "int32")
        for place in range(length):
            best = likeliest(memory, source, tf.constant(target[:, :-1]))
            target[:, place + 1] = best[:, place]
        texts.append(target[:, 1:])
    return np.concatenate(texts)[: len(sources)]


def exact_matches(model, task: DateTask) -> dict[str, float]:
    """The share of unseen dates that come out right to the last character, in %.

    Args:
        model: As `write_greedily` takes it.
        task: Whose tests are written.
    """
    shares = {}
    for language, pairs in task.testing.items():
        words, dates = zip(*pairs)
        ids = task.characters.ids(words, SOURCE)
        found = task.characters.texts(write_greedily(model, ids, TARGET))
        shares[language] = 100 * float(np.mean([a == b for a, b in zip(found, dates)]))
    return shares


def nearest_matches(task: DateTask) -> dict[str, float]:
    """What looking up reaches, in %: the ISO date of the most similar text known.

    Two texts are as similar as the runs of three characters that they share. Of days
    held out it can never be exactly right, so what is counted is how often the date
    found has the right month and year, and only the day is wrong.
    """
    known = np.array(task.characters.texts(task.labels))
    table = _runs(task.sources)
    shares = {}
    for language, pairs in task.testing.items():
        words, dates = zip(*pairs[:200])
        found = known[(_runs(task.characters.ids(words, SOURCE)) @ table.T).argmax(1)]
        same = [a[:7] == b[:7] for a, b in zip(found, dates)]
        shares[language] = 100 * float(np.mean(same))
    return shares


def _runs(ids: np.ndarray, size: int = 4096) -> np.ndarray:
    """[text, size] float32 of length 1: runs of three characters, hashed."""
    runs = (ids[:, :-2] * 59 + ids[:, 1:-1]) * 61 + ids[:, 2:]
    table = np.zeros((len(ids), size), "float32")
    for row, numbers, real in zip(table, runs % size, ids[:, 2:] != PADDING):
        np.add.at(row, numbers[real], 1)
    return table / np.linalg.norm(table, axis=1, keepdims=True)
