"""Slot tagging, from sentences to a score: what the capstone's experiment needs."""

import dataclasses
import re
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from course.datasets.slots import MOST_WORDS, Sentence, sentences

PADDING, UNKNOWN = 0, 1


@dataclasses.dataclass(frozen=True)
class Task:
    """Tagged sentences as arrays, in two parts: one to learn from, one to be tested on.

    Args:
        words, tags: Every word (after padding and unknown) and every tag of training.
        training, testing: The sentences themselves.
    """

    words: dict[str, int]
    tags: dict[str, int]
    training: list[Sentence]
    testing: list[Sentence]

    @property
    def vocabulary_size(self) -> int:
        return len(self.words) + 2

    def ids(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        """[sentence, length] int32; every number is the same word, 0 is padding."""
        return _pad(
            [[self.words.get(_plain(w), UNKNOWN) for w in text] for text in texts]
        )

    def targets(self, kept: Sequence[Sentence]) -> np.ndarray:
        """[sentence, length] int32: the numbers of the tags; 0 is O, and padding."""
        return _pad([[self.tags.get(t, 0) for t in tags] for _, tags in kept])


def slot_task(language: str, seed: int = 0, a_template: int = 30) -> Task:
    """Slot tagging in "en" or "es"; see `course.datasets.slots.sentences`."""
    training, testing = sentences(language, a_template=a_template, seed=seed)
    words = sorted({_plain(word) for words, _ in training for word in words})
    tags = sorted({tag for _, tags in training for tag in tags} - {"O"})
    return Task(
        {word: n + 2 for n, word in enumerate(words)},
        {tag: n for n, tag in enumerate(["O", *tags])},
        training,
        testing,
    )


class Tagger(keras.layers.Layer):
    """Scores every tag for every word from what an encoder says about it.

    Args:
        encoder: A layer: ids, real, training -> [batch, length, dim].
        num_tags: How many tags there are.

    Call:
        ids: [batch, length] integers.
        real: [batch, length] booleans, True for words.
        training: Passed on to the encoder.

    Returns:
        [batch, length, tag] floats: scores before the softmax.
    """

    def __init__(self, encoder, num_tags, **kwargs):
        super().__init__(**kwargs)
        self.encoder, self.scores = encoder, keras.layers.Dense(num_tags)

    def call(self, ids, real, training=False):
        return self.scores(self.encoder(ids, real, training=training))


class BagOfWords(keras.layers.Layer):
    """Logistic regression on the word itself and the bag of words around it.

    Args:
        vocabulary_size: How many different words there are.
        num_tags: How many tags there are.
        reach: How many words on each side are in the bag; their order is not known.
            None for the whole sentence.

    Call and returns: as `Tagger`.
    """

    def __init__(self, vocabulary_size, num_tags, reach=None, **kwargs):
        super().__init__(**kwargs)
        self.reach = reach
        self.own = keras.layers.Embedding(vocabulary_size, num_tags)
        self.around = keras.layers.Embedding(vocabulary_size, num_tags)

    def call(self, ids, real, training=False):
        places = np.arange(ids.shape[1])
        apart = abs(places[:, None] - places)
        near = (apart > 0) & (
            apart <= (ids.shape[1] if self.reach is None else self.reach)
        )
        seen = ops.cast(near[None] & real[:, None], self.compute_dtype)
        return self.own(ids) + ops.matmul(seen, self.around(ids))


def learn(model, task: Task, epochs: int, rate: float, batch: int = 64, seed: int = 0):
    """Trains a tagger with Adam.

    Args:
        model: A `Tagger` or `BagOfWords`.
        task: What it learns from.
        epochs: How often it reads every sentence.
        rate: The learning rate at its highest; it falls to zero along a cosine.
        batch: How many sentences make a step.
        seed: Shuffles the sentences, and draws the words that are hidden: one in
            fifty reads as unknown, so that a model knows what to do with a new word.

    Returns:
        The mean loss of each epoch, a list of floats.
    """
    ids = task.ids([words for words, _ in task.training])
    targets = task.targets(task.training)
    steps = len(ids) // batch
    schedule = keras.optimizers.schedules.CosineDecay(rate, epochs * steps)
    optimizer = keras.optimizers.Adam(schedule)
    model(ids[:batch], ids[:batch] > 0)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(ids, targets):
        with tf.GradientTape() as tape:
            real = ids > 0
            scores = model(ids, real, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, scores)
            loss = tf.reduce_mean(tf.boolean_mask(losses, real))
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    rng, means = np.random.default_rng(seed), []
    for _ in range(epochs):
        order = rng.permutation(len(ids))[: steps * batch].reshape(steps, batch)
        hidden = (rng.random(ids.shape) < 0.02) & (ids > 0)
        read = np.where(hidden, UNKNOWN, ids).astype("int32")
        losses = [step(tf.constant(read[o]), tf.constant(targets[o])) for o in order]
        means.append(float(np.mean(losses)))
    return means


def tags_of(model, task: Task, texts: Sequence[Sequence[str]]) -> list[list[str]]:
    """What a tagger says about every word of some texts."""
    names, ids = list(task.tags), task.ids(texts)
    found: list[list[str]] = []
    for start in range(0, len(ids), 256):
        part = tf.constant(ids[start : start + 256])
        best = ops.argmax(model(part, part > 0), axis=-1).numpy()
        found += [[names[n] for n in row] for row in best]
    return [row[: len(text)] for row, text in zip(found, texts, strict=True)]


def slot_score(model, task: Task) -> float:
    """F1 over the slots of the held-out sentences, in percent.

    A slot counts as found if its name, its first and its last word are right.
    """
    texts = [words for words, _ in task.testing]
    right = found = there = 0
    for (_, tags), said in zip(task.testing, tags_of(model, task, texts), strict=True):
        one, other = slots(tags), slots(said)
        right += len(one & other)
        found, there = found + len(other), there + len(one)
    return 100 * 2 * right / max(1, found + there)


def slots(tags: Sequence[str]) -> set[tuple[str, int, int]]:
    """(name, first word, last word) of every slot in a row of tags.

    An I- that continues nothing starts a slot, as it does in CoNLL's own scorer.
    """
    found, name, first = set(), "", 0
    for place, tag in enumerate([*tags, "O"]):
        kind, _, new = tag.partition("-")
        if name and (kind != "I" or new != name):
            found.add((name, first, place - 1))
            name = ""
        if new and not name:
            name, first = new, place
    return found


def _plain(word: str) -> str:
    return "0" if re.fullmatch(r"[\d/]+", word) else word


def _pad(rows: Sequence[Sequence[int]]) -> np.ndarray:
    table = np.zeros((len(rows), MOST_WORDS), "int32")
    for row, values in zip(table, rows, strict=True):
        row[: len(values)] = values
    return table
