"""Text for models that write, and what their guesses cost."""

import functools

import keras
import numpy as np
import pytest

from course.datasets.writing import (
    END,
    bits_a_character,
    learn,
    stream,
    texts,
    writing_task,
)

of_seed = functools.cache(lambda seed: texts("es", seed=seed))


@pytest.fixture(scope="module")
def task():
    return writing_task("es", pieces=300, seed=3)


def test_nothing_for_testing_is_in_training():
    for language in ("en", "es"):
        training, testing = texts(language)
        assert len(testing) > 100
        assert not set(training) & set(testing)


def test_a_task_is_the_texts_as_ids(task):
    training, testing = of_seed(3)
    lines = task.tokenizer.decode(
        task.testing.tolist(), skip_special_tokens=False
    ).split("<|endoftext|>")
    assert lines == ["", *testing, ""]
    assert (task.training == END).sum() == len(training) + 1
    assert task.characters == sum(map(len, testing)) + len(testing)


def test_the_seed_draws_other_templates(task):
    assert of_seed(3)[1] != of_seed(4)[1]
    assert stream(task.tokenizer, of_seed(3)[1]).tolist() == (task.testing.tolist())


class Constant(keras.layers.Layer):
    """The same logits everywhere: what it costs is known."""

    def build(self, shape):
        self.logits = self.add_weight(name="logits", shape=(5,), initializer="zeros")

    def call(self, ids, training=False):
        zeros = keras.ops.zeros((*ids.shape, 5))
        return zeros + keras.ops.convert_to_tensor(self.logits)


@pytest.mark.parametrize(("count", "context"), [(33, 8), (200, 16), (17, 16)])
def test_an_even_guess_costs_the_logarithm_of_the_vocabulary(count, context):
    ids = np.arange(count, dtype="int32") % 5
    bits = bits_a_character(
        Constant(), ids, characters=2 * (count - 1), context=context
    )
    assert bits == pytest.approx(np.log2(5) / 2, rel=1e-5)


def test_learning_finds_how_often_each_id_comes():
    rng = np.random.default_rng(0)
    likely = np.array([0.4, 0.3, 0.1, 0.1, 0.1])
    ids = rng.choice(5, size=4000, p=likely).astype("int32")
    model = Constant()
    losses = learn(model, ids, steps=150, rate=0.1, context=16, batch=8)
    entropy = -(likely * np.log(likely)).sum()
    assert losses[0] > entropy + 0.05
    assert losses[-1] == pytest.approx(entropy, abs=0.06)
    found = np.exp(model.logits.numpy())
    np.testing.assert_allclose(found / found.sum(), likely, atol=0.05)
