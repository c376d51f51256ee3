"""A checkpoint is whole or not there, wherever its process is killed."""

import os
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.training.families import FAMILIES, new_model
from transformer_tf.checkpoints import replacing
from transformer_tf.training import training_folder
from transformer_tf.training.report import Report, read_log
from transformer_tf.training.training_folder import State, TrainingFolder

# A Transformer-XL is published with zero_memory alone.
SAVED = [name for name in FAMILIES if name != "transformer_xl"]


def new_training(name="gpt2", seed=0):
    """A model and an optimizer, all of whose variables differ from their first ones."""
    model = new_model(name)
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    draw = np.random.default_rng(seed)
    for variable in [*model.variables, *optimizer.variables]:
        values = draw.integers(0, 99, variable.shape)
        variable.assign(np.asarray(values).astype(variable.dtype))
    return model, optimizer


def numbers(model, optimizer):
    return [np.asarray(v.value) for v in [*model.variables, *optimizer.variables]]


@pytest.mark.parametrize("name", SAVED)
def test_everything_comes_back(tmp_path, name):
    """Weights, random states and optimizer of every family, to the last bit."""
    folder = TrainingFolder(tmp_path / "run")
    written = new_training(name, seed=1)
    folder.save(*written, State(3, (5, 7), {"a": [1]}))
    read = new_training(name, seed=2)
    folder.restore(*read)
    for one, other in zip(numbers(*read), numbers(*written), strict=True):
        np.testing.assert_array_equal(one, other)
    assert folder.state() == State(3, (5, 7), {"a": [1]})


def test_another_model_or_optimizer_is_refused(tmp_path):
    folder = TrainingFolder(tmp_path)
    model, optimizer = new_training()
    folder.save(model, optimizer, State(1))
    other = keras.optimizers.SGD()
    other.build(model.trainable_variables)
    with pytest.raises(ValueError, match="another model or optimizer: Adam.00000"):
        folder.restore(model, other)


def test_old_ones_go(tmp_path):
    folder = TrainingFolder(tmp_path / "run", keep=2)
    for step in (2, 9, 10, 11):
        folder.save(*new_training(), State(step))
    assert [path.name for path in folder.checkpoints()] == [
        "step-00000010",
        "step-00000011",
    ]
    assert folder.state().step == 11


class Killed(BaseException):
    """Stands for SIGKILL: nothing that is left to do is done."""


class Operations:
    """Counts what is done to files, and is killed before one of them."""

    def __init__(self, monkeypatch, fatal):
        self.count, self.fatal = 0, fatal
        for owner, name in (
            (os, "rename"),
            (os, "replace"),
            (os, "fsync"),
            (os, "chmod"),
            (shutil, "rmtree"),
            (replacing, "_exchange"),
            (training_folder, "write_safetensors"),
            (training_folder, "write_json"),
        ):
            monkeypatch.setattr(owner, name, self.counted(getattr(owner, name)))

    def counted(self, function):
        def call(*args, **kwargs):
            self.count += 1
            if self.fatal is not None and self.count >= self.fatal:
                raise Killed
            return function(*args, **kwargs)

        return call


def test_killed_before_any_operation(tmp_path, monkeypatch):
    old, new = new_training(seed=1), new_training(seed=2)
    with monkeypatch.context() as patched:
        operations = Operations(patched, None)
        folder = TrainingFolder(tmp_path / "whole", keep=1)
        folder.save(*old, State(1))
        begun = operations.count
        folder.save(*new, State(2))
    assert operations.count > begun + 10
    seen = set()
    for fatal in range(begun + 1, operations.count + 1):
        folder = TrainingFolder(tmp_path / str(fatal), keep=1)
        with monkeypatch.context() as patched, pytest.raises(Killed):
            Operations(patched, fatal)
            folder.save(*old, State(1))
            folder.save(*new, State(2))
        step = folder.state().step
        seen.add(step)
        read = new_training(seed=3)
        folder.restore(*read)
        for one, other in zip(numbers(*read), numbers(*(old, new)[step - 1])):
            np.testing.assert_array_equal(one, other)
        folder.clear()
        names = {path.name for path in folder.folder.iterdir()}
        assert names == {path.name for path in folder.checkpoints()}
    assert seen == {1, 2}


def test_a_log_goes_on_where_its_checkpoint_is(tmp_path):
    report = Report(9, tmp_path, shown=False)
    for step in range(1, 6):
        report.write(step, loss=1 / step)
    report.close()
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"step": 6, "lo')  # killed there
    report = Report(9, tmp_path, start=3, shown=False)
    report.write(4, loss=9.0)
    report.close()
    assert [line["loss"] for line in read_log(tmp_path / "log.jsonl")] == [
        *(1, 1 / 2, 1 / 3, 9.0)
    ]


def test_tensorboard_can_read_the_curve(tmp_path):
    report = Report(9, tmp_path, shown=False)
    for step in (1, 2):
        report.write(step, loss=step / 4)
    report.close()
    (path,) = (tmp_path / "tensorboard").iterdir()
    found = []
    for record in tf.data.TFRecordDataset(str(path)):
        event = tf.compat.v1.Event.FromString(record.numpy())
        for value in event.summary.value:
            assert value.metadata.plugin_data.plugin_name == "scalars"
            number = float(tf.make_ndarray(value.tensor))
            found.append((event.step, value.tag, number))
    assert found == [(1, "loss", 0.25), (2, "loss", 0.5)]
