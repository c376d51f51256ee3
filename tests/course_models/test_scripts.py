"""Every script that trained a model takes its first steps, and goes on."""

import functools
import importlib
import json
import random
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from course import training
from course.models import FOLDER, model_folder, tuning
from course.training import learn, rising_and_falling
from tests.selection import table
from transformer_tf import CausalLM, from_pretrained, gpt2_config, text
from transformer_tf.objectives import causal_shift

SCRIPTS = sorted(path.parent.name for path in FOLDER.glob("*/train.py"))
# What a script reads at length, or measures, by what replaces it here.
FEW = {
    "bilingual_answerer": {"questions": "few", "measure": None, "rival": None},
    "bilingual_classifier": {"measure": None, "rival": None},
    "bilingual_decoder": {"texts": "few", "figures": None},
    "bilingual_encoder": {"texts": "few templates", "train_tokenizer": "published"},
    "bilingual_tagger": {"measure": None, "rival": None},
    "bilingual_translator": {"learnt_pairs": "few", "figures": None},
    "bilingual_writer": {"EXAMPLES": 150, "measure": {}},
    "factbook_titler": {"titled_texts": "few", "figures": None},
}

OFTEN = ("bilingual_tagger",)  # in every run; the others in the full set


def few(function):
    """The same function, of whose lists only the first 150 entries are left."""

    @functools.wraps(function)
    def shortened(*args, **options):
        found = function(*args, **options)
        if isinstance(found, tuple):
            return tuple(part[:150] for part in found)
        return found[:150]

    return shortened


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs a script for some steps; gives the lines of its log."""
    monkeypatch.setattr(
        training, "train", functools.partial(training.train, compile=False)
    )
    commands = tuning.all_commands(testing=False)
    chosen = random.Random(0).sample(commands, 200)

    def run_script(name, steps):
        script = importlib.import_module(f"course.models.{name}.train")
        for key, value in FEW[name].items():
            if value == "few":
                value = few(getattr(script, key))
            elif value == "few templates":
                value = functools.partial(few(getattr(script, key)), a_template=2)
            elif value == "published":
                value = functools.partial(
                    lambda name, *_: text.from_pretrained(model_folder(name)), name
                )
            elif not isinstance(value, int):
                value = functools.partial(lambda value, *_: value, value)
            monkeypatch.setattr(script, key, value)
        if hasattr(script, "all_commands"):
            monkeypatch.setattr(script, "all_commands", lambda testing: chosen)
        told = f"--steps {steps} --folder {tmp_path} --checkpoints {tmp_path / 'kept'}"
        monkeypatch.setattr(sys, "argv", ["train", *told.split()])
        script.main()
        log = (tmp_path / "kept" / "log.jsonl").read_text("utf-8")
        return [json.loads(line) for line in log.splitlines()]

    return run_script


def test_all_scripts_are_known():
    assert sorted(FEW) == SCRIPTS


@pytest.mark.parametrize("name", table(SCRIPTS, OFTEN))
def test_takes_its_first_steps_and_goes_on(run, tmp_path, name):
    """Two steps and, from their checkpoint, a third; what is saved can be read."""
    before = run(name, 2)
    after = run(name, 3)
    assert after[:2] == before and [line["step"] for line in after] == [1, 2, 3]
    assert all(0 < line["loss"] < 20 for line in after)
    model = from_pretrained(tmp_path)
    assert not model.checkpoint.unused and not model.checkpoint.new
    published = from_pretrained(model_folder(name))
    assert type(model) is type(published)


def tiny_model():
    keras.utils.set_random_seed(3)
    sizes = {"vocabulary_size": 30, "dim": 16, "num_layers": 1, "num_heads": 2}
    model = CausalLM(gpt2_config(**sizes, hidden_dim=24, max_length=9, dropout=0.0))
    model.build()
    return model


def tiny_batches():
    draw = np.random.default_rng(5)
    while True:
        ids = 1 + (draw.integers(29, size=(4, 1)) + np.arange(9)) % 29
        ids[1, 6:] = 0  # padding
        yield causal_shift(ids.astype("int32"))


def test_learns_as_a_loop_that_is_written_out():
    """The loss of every step, by TensorFlow's own operations."""
    steps = 12
    rate = rising_and_falling(0.02, steps, steps // 10)
    found = learn(
        tiny_model(),
        keras.optimizers.Adam(rate, clipnorm=1.0),
        tiny_batches,
        steps,
        verbose=False,
    )
    model, optimizer = tiny_model(), keras.optimizers.Adam(rate, clipnorm=1.0)
    expected, batches = [], tiny_batches()
    for _ in range(steps):
        ids, targets = next(batches)
        real = tf.cast(targets >= 0, "float32")
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
                tf.maximum(targets, 0), model(ids, training=True)
            )
            loss = tf.reduce_sum(losses * real) / tf.reduce_sum(real)
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        expected.append(float(loss))
    np.testing.assert_allclose(found, expected, rtol=2e-5)
    assert found[-1] < 0.9 * found[0]


def test_goes_on_with_the_batches_that_would_have_come(tmp_path):
    def losses_of(steps, checkpoints=None):
        optimizer = keras.optimizers.Adam(0.02)
        told = {"checkpoints": checkpoints, "verbose": False}
        return learn(tiny_model(), optimizer, tiny_batches, steps, **told)

    before = losses_of(3, tmp_path)
    assert before + losses_of(6, tmp_path) == losses_of(6)


def test_a_rate_rises_in_a_line_and_falls_along_a_cosine():
    rate = rising_and_falling(0.4, 100, 10)
    told = [float(rate(step)) for step in (0, 5, 10, 60, 110, 500)]
    np.testing.assert_allclose(told, [0, 0.2, 0.4, 0.2, 0, 0], atol=1e-7)
    assert np.isfinite(float(rising_and_falling(0.4, 3, 0)(0)))
