"""Vectors of frozen bodies, the head on them, and a body that is not installed."""

import importlib.metadata
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from course.building.script import read
from course.datasets import frozen_bodies
from course.datasets.frozen_bodies import (
    RATE,
    STEPS,
    letter_reader,
    minilm_body,
    own_body,
    right_by_labels,
    word_reader,
)
from course.datasets.minilm import reference_vectors
from course.datasets.text_tasks import TextTask, factbook_task, language_task
from course.paths import lessons_folder, repository
from course.settings import speak
from course.showing.few_labels import bodies_at_hand, few_labels

TEXTS = ["The cat sleeps on the sofa.", "x", "¿Dónde está el café? It's naïve", "x"]


def test_minilm_s_vectors_are_the_published_ones():
    body = minilm_body()
    found = body.vectors(TEXTS)
    np.testing.assert_allclose(found, reference_vectors(TEXTS), atol=1e-5)
    np.testing.assert_array_equal(body.vectors(TEXTS[::-1]), found[::-1])


def test_a_vector_does_not_depend_on_its_neighbours():
    body = own_body()
    together = body.vectors(TEXTS[:3])
    body.known.clear()
    alone = [body.vectors([text])[0] for text in TEXTS[:3]]
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_the_head_learns_as_a_dense_layer_of_keras_does():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(30, 6)).astype("float32")
    numbers = rng.integers(4, size=30)
    head = keras.layers.Dense(4, kernel_initializer="zeros")
    head.build((None, 6))
    optimizer = keras.optimizers.Adam(RATE, epsilon=1e-8)
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            logits = head(x)
            loss = keras.losses.sparse_categorical_crossentropy(
                numbers, logits, from_logits=True
            )
            loss = tf.reduce_mean(loss)
        optimizer.apply(
            tape.gradient(loss, head.trainable_variables), head.trainable_variables
        )
    for found, variable in zip(
        frozen_bodies._train_head(x, numbers), head.weights, strict=True
    ):
        np.testing.assert_allclose(found, variable.numpy(), atol=2e-3)


def test_counts_tell_what_they_have_seen():
    texts, numbers = ["a cat", "a dog", "un gato", "un perro"], np.array([0, 0, 1, 1])
    assert word_reader(texts, numbers, ["un dog un", "a"]).tolist() == [1, 0]
    assert letter_reader(texts, numbers, ["gatu", "DOG"]).tolist() == [1, 0]


def test_labels_are_drawn_of_each_class_and_the_same_for_all():
    seen = {}

    def reader(name):
        def read(texts, numbers, others):
            seen.setdefault(name, []).append((list(texts), numbers.tolist()))
            return np.zeros(len(others), int)

        return read

    training = {name: [f"{name}{n}" for n in range(9)] for name in "ab"}
    task = TextTask(training, [("x", "a"), ("y", "b"), ("z", "b"), ("w", "b")])
    found = right_by_labels(task, {"p": reader("p"), "q": reader("q")}, (1, 3), 2)
    assert seen["p"] == seen["q"]
    for (texts, numbers), count in zip(seen["p"], (1, 1, 3, 3), strict=True):
        assert numbers == [0] * count + [1] * count
        assert len(set(texts)) == 2 * count
        assert "".join(t[0] for t in texts) == "a" * count + "b" * count
    assert len({tuple(sorted(texts)) for texts, _ in seen["p"]}) == 4
    np.testing.assert_array_equal(found["p"], np.full((2, 2), 25.0))


@pytest.mark.parametrize("language", ["en", "es"])
def test_without_its_package_a_line_says_what_to_install(monkeypatch, capsys, language):
    def absent(name):
        raise importlib.metadata.PackageNotFoundError(name)

    own_body(), minilm_body.cache_clear()
    speak(language)
    monkeypatch.setattr(importlib.metadata, "files", absent)
    bodies = bodies_at_hand()
    speak("en")
    assert len(bodies) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert "pip install" in line
    few_labels({"x": {name: np.ones((2, 3)) for name in bodies}}, (1, 4))


FEW, LANGUAGES = "few-labels-figures", "languages-figures"


def rows_of_the_table(key, language):
    """What the notebook says: [percentages] of each body, in the order of its rows."""
    script = repository() / "solutions" / "10_transfer" / "2_worth.py"
    (text,) = (c.source for c in read(script) if (c.key, c.language) == (key, language))
    body = text.partition("|---")[2]
    rows = re.findall(r"(?m)^\| [^|]+ \|((?: \d+ \|)+)$", body)
    return [[int(number) for number in re.findall(r"\d+", row)] for row in rows]


@pytest.mark.parametrize(("key", "count"), [(FEW, 3), (LANGUAGES, 4)])
def test_both_languages_say_the_same_figures(key, count):
    assert len(rows_of_the_table(key, "en")) == count
    assert rows_of_the_table(key, "en") == rows_of_the_table(key, "es")


def test_the_lesson_draws_the_same_figures():
    cells = read(lessons_folder() / "10_transfer.py")
    (source,) = (cell.source for cell in cells if cell.key == "read-picture")
    drawn = re.findall(r"\((\d+), (\d+), (\d+)\)", source.partition("readers =")[0])
    few, languages = (rows_of_the_table(key, "en") for key in (FEW, LANGUAGES))
    del languages[2]  # the lesson has no counts of letters
    rows = [*(r[:3] for r in few), *(r[3:] for r in few), *languages]
    assert [[int(number) for number in row] for row in drawn] == rows


# The notebook's own cells take a minute.
@pytest.mark.full
@pytest.mark.parametrize("key", [FEW, LANGUAGES])
def test_the_tables_of_the_notebook(key):
    letters = {"letters": letter_reader} if key == LANGUAGES else {}
    counts = {"words": word_reader, **letters}
    bodies = {"MiniLM": minilm_body(), **counts, "own": own_body()}
    few = factbook_task("section"), factbook_task("field")
    tasks = (language_task(),) if key == LANGUAGES else few
    found = [right_by_labels(task, bodies, (1, 4, 16), 5) for task in tasks]
    for name, row in zip(bodies, rows_of_the_table(key, "en"), strict=True):
        means = [mean for task in found for mean in task[name].mean(axis=1)]
        # On another processor a head's training ends a little elsewhere.
        np.testing.assert_allclose(row, means, atol=1, err_msg=name)
