"""The command trains every objective, and goes on as if it had not stopped."""

import json
import os
import re
import signal

import keras
import numpy as np
import pytest

from tests.training.train_command import SIZES, new_folder, values, written
from transformer_tf import CausalLM, MaskedLM, Seq2SeqLM, TokenCrossEntropy
from transformer_tf.checkpoints import from_pretrained
from transformer_tf.training import training_folder
from transformer_tf.training.command.building import FAMILIES, new_model, new_tokenizer
from transformer_tf.training.command.command_line import main
from transformer_tf.training.command.feeding import Feed
from transformer_tf.training.command.settings import OBJECTIVES, config_of
from transformer_tf.training.report import read_log
from transformer_tf.training.training_folder import TrainingFolder

KINDS = {"causal": CausalLM, "masked": MaskedLM}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("training")
    new_folder(path)
    return path


def curve(run):
    """[(step, loss)] of a log, and the evaluations."""
    lines = read_log(run / "log.jsonl")
    return [
        [(line["step"], line[name]) for line in lines if name in line]
        for name in ("loss", "evaluation")
    ]


def weights(run):
    """The bytes of the newest checkpoint's weights and training state."""
    newest = TrainingFolder(run).checkpoints()[-1]
    return [
        (newest / name).read_bytes()
        for name in ("model.safetensors", "training.safetensors")
    ]


class Stop:
    """Sends a signal to this process while a checkpoint is written."""

    def __init__(self, monkeypatch, step, number=signal.SIGINT):
        self.before, self.step, self.number = (
            training_folder.save_pretrained,
            *((step, number)),
        )
        self.count = 0
        monkeypatch.setattr(training_folder, "save_pretrained", self)

    def __call__(self, *args, **kwargs):
        self.before(*args, **kwargs)
        self.count += 1
        if self.count == self.step:
            os.kill(os.getpid(), self.number)


@pytest.mark.parametrize(
    "task",
    [
        pytest.param(task, marks=() if task == "masked" else pytest.mark.full)
        for task in OBJECTIVES  # causal is in every run in test_train_killed.py
    ],
)
def test_stopped_and_resumed_is_not_stopped(folder, task, monkeypatch, capsys):
    """To the last bit, with dropout, a shuffled order, masks of every step."""
    evaluated = {"files": [f"{'pairs' if task == 'pairs' else 'held'}.txt"], "every": 3}
    more = {"model": {"dropout": 0.2}, "evaluation": evaluated, "steps": 5}
    path, whole = written(folder, task=task, name=f"whole-{task}", **more)
    assert main([str(path)]) == 0
    assert "done: the model is in" in capsys.readouterr().out
    path, run = written(folder, task=task, name=f"stopped-{task}", **more)
    with monkeypatch.context() as patched:
        Stop(patched, 1)
        assert main([str(path)]) == 130
    assert "stopped after step 2" in capsys.readouterr().err
    assert main([str(path)]) == 0
    assert "going on after step 2" in capsys.readouterr().out
    assert [step for step, _ in curve(run)[0]] == [1, 2, 3, 4, 5]
    assert curve(run) == curve(whole) and len(curve(run)[1]) == 1
    assert weights(run) == weights(whole)
    assert main([str(path)]) == 0  # nothing is left to do
    model = from_pretrained(run / "step-00000005")
    assert type(model) is KINDS.get(task, Seq2SeqLM)
    assert len(model.tokenizer) == len(new_tokenizer(config_of(*told(folder, task))))


def told(folder, task, **changes):
    return values(folder, task=task, **changes), folder


def test_terminated_is_143(folder, monkeypatch):
    path, run = written(folder, name="terminated")
    Stop(monkeypatch, 1, signal.SIGTERM)
    assert main([str(path)]) == 143
    assert TrainingFolder(run).state().step == 2


def test_the_first_loss_is_that_of_the_texts(folder):
    """Computed here from the files: the window's tokens, the model's first weights."""
    sections = values(
        folder, data={"shuffle": False}, model={"dropout": 0, "attention_dropout": 0}
    )
    sections["checkpoints"]["folder"] = "first"
    path = folder / "first.json"
    path.write_text(json.dumps(sections))
    assert main([str(path)]) == 0
    config = config_of(sections, folder)
    tokenizer = new_tokenizer(config)
    model = new_model(config, tokenizer)
    end, stream = tokenizer.token_to_id("<|endoftext|>"), []
    for name in ("a.txt", "b.txt"):
        for line in (folder / name).read_text("utf-8").splitlines():
            if line:
                stream += [*tokenizer.encode(line).ids, end]
    rows = np.array(stream[: 4 * 13]).reshape(4, 13)
    logits = keras.ops.convert_to_numpy(model(rows[:, :-1])).astype("float64")
    chances = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    expected = -np.take_along_axis(chances, rows[:, 1:, None], -1).mean()
    assert curve(folder / "first")[0][0][1] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("task", OBJECTIVES)
@pytest.mark.parametrize("packed", [True, False])
def test_padding_changes_nothing(folder, task, packed):
    """What stands in padding has no part in the loss of a batch."""
    sections = values(folder, task=task, objective={"packed": packed})
    config = config_of(sections, folder)
    tokenizer = new_tokenizer(config)
    model = new_model(config, tokenizer)
    inputs, targets, _ = next(Feed(config, tokenizer, model).from_step(0))
    inputs = inputs if isinstance(inputs, dict) else {"ids": inputs}
    inputs = {name: np.array(tensor) for name, tensor in inputs.items()}
    loss = TokenCrossEntropy()
    before = float(loss(targets, model(inputs)))
    for name in ("ids", "source_ids"):
        mask = inputs.get(name.replace("ids", "padding_mask"))
        if name in inputs and mask is not None:
            inputs[name] = np.where(mask, inputs[name], 5)
    assert float(loss(targets, model(inputs))) == pytest.approx(before, rel=1e-5)
    assert (np.array(targets) != -100).any()


@pytest.mark.parametrize(
    "changes",
    [{"accumulate": 2}, pytest.param({"compile": True}, marks=pytest.mark.full)],
)
def test_parts_and_xla_give_the_same_curve(folder, changes):
    more = {"model": {"dropout": 0.0, "attention_dropout": 0.0}, "steps": 3}
    path, whole = written(folder, name="plain", **more)
    assert main([str(path)]) == 0
    name = "-".join(changes)
    path, run = written(folder, name=name, training=changes, **more)
    assert main([str(path)]) == 0
    np.testing.assert_allclose(curve(run)[0], curve(whole)[0], rtol=1e-5)


@pytest.mark.parametrize(
    "dtype",
    [pytest.param("mixed_bfloat16", marks=pytest.mark.full), "mixed_float16"],
)
def test_mixed_precision_keeps_weights_whole(folder, dtype):
    path, run = written(folder, name=dtype, training={"dtype": dtype}, steps=2)
    assert main([str(path)]) == 0
    model = from_pretrained(run / "step-00000002")
    assert {weight.dtype for weight in model.trainable_weights} == {"float32"}
    assert np.isfinite([loss for _, loss in curve(run)[0]]).all()


def test_a_checkpoint_is_trained_on(folder):
    path, run = written(folder, name="first-training", steps=2)
    assert main([str(path)]) == 0
    sections = values(folder, name="second", steps=2)
    sections["model"] = {"checkpoint": "first-training/step-00000002"}
    del sections["data"]["tokenizer"]
    sections["training"]["seed"] = 1
    (folder / "second.json").write_text(json.dumps(sections))
    config = config_of(sections, folder)
    model = new_model(config, new_tokenizer(config))
    begun = from_pretrained(run / "step-00000002")
    for one, other in zip(model.get_weights(), begun.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert main([str(folder / "second.json")]) == 0


def test_tokens_of_a_file_are_trained_on(folder):
    ids = np.random.default_rng(0).integers(0, 250, 400).astype("uint16")
    np.save(folder / "ids.npy", ids)
    sections = values(folder, name="tokens", data={"tokens": "ids.npy"}, steps=2)
    del sections["data"]["files"]
    (folder / "tokens.json").write_text(json.dumps(sections))
    assert main([str(folder / "tokens.json")]) == 0


@pytest.mark.parametrize(
    "told, changes",
    [
        ("objective.length is 10, and was 12", {"objective": {"length": 10}}),
        ("model.dim is 4, and was 8", {"model": {"dim": 4}}),
        ("data.shuffle is False, and was True", {"data": {"shuffle": False}}),
    ],
)
def test_another_training_is_not_gone_on_with(folder, capsys, told, changes):
    path, _ = written(folder, name="told", steps=2)
    assert main([str(path)]) == 0
    path, _ = written(folder, name="told", steps=2, **changes)
    assert main([str(path)]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "told, changes",
    [
        (
            "model.family must be one of .*'gpt3', did you mean 'gpt2'",
            {"family": "gpt3"},
        ),
        (r"\[model\] has no key 'hidden_size': here it is dim", {"hidden_size": 8}),
        (
            r"\[model\] has no key 'num_layer', did you mean 'num_layers'",
            {"num_layer": 1},
        ),
        ("model.num_heads must divide dim", {"num_heads": 3}),
        ("model.vocabulary_size must be at least", {"vocabulary_size": 9}),
        ("objective.length must be at most 5", {"max_length": 5}),
        ("model.dim cannot stand beside", {"checkpoint": "x"}),
        (r"\[model\] could not be saved", {"query_key_norm": True}),
    ],
)
def test_a_model_that_cannot_be_had(folder, capsys, told, changes):
    sections = values(folder, model=changes)
    if "checkpoint" in changes:
        del sections["model"]["family"]
    (folder / "wrong.json").write_text(json.dumps(sections))
    assert main([str(folder / "wrong.json")]) == 1
    assert re.search(told, capsys.readouterr().err)


@pytest.mark.parametrize(
    "told, task, changes",
    [
        ("needs the token [MASK]", "causal", {"objective": {"name": "masked"}}),
        ("needs the token <extra_id_0>", "masked", {"objective": {"name": "spans"}}),
        ("needs the token [X]", "causal", {"data": {"end_token": "[X]"}}),
        ("no such file", "causal", {"data": {"files": ["none"]}}),
        ("data.tokenizer is no tokenizer", "causal", {"data": {"tokenizer": "none"}}),
        ("0 tabs in", "pairs", {"data": {"files": ["a.txt"]}}),
    ],
)
def test_data_that_does_not_fit(folder, capsys, told, task, changes):
    model = {
        "family": {"masked": "bert", "spans": "t5"}.get(
            changes.get("objective", {}).get("name"),
            "gpt2" if task == "causal" else "bart",
        )
    }
    path, _ = written(folder, task=task, name="unfit", model=model, **changes)
    sections = json.loads(path.read_text())
    if sections["model"]["family"] == "t5":
        del sections["model"]["max_length"]
        path.write_text(json.dumps(sections))
    assert main([str(path)]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.full
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_is_trained(folder, family):
    task = {
        **dict.fromkeys(("albert", "bert", "longformer"), "masked"),
        **dict.fromkeys(("bart", "led", "t5"), "pairs"),
    }.get(family, "causal")
    sections = values(folder, task=task, name=f"family-{family}", steps=2)
    sections["model"] = {"family": family, **SIZES}
    if family not in ("t5", "transformer_xl"):
        sections["model"]["max_length"] = 16
    if family in ("longformer", "led"):
        sections["model"]["window"] = 5
    if family == "transformer_xl":
        more = {"cutoffs": [90, 200], "cutoff_divisor": 1, "memory_length": 4}
        more["zero_memory"] = True
        sections["model"] |= more
    (folder / f"{family}.json").write_text(json.dumps(sections))
    assert main([str(folder / f"{family}.json")]) == 0
