"""The command: a table for people, JSON for programs, errors that say what to do."""

import json

import keras
import pytest

import transformer_tf as t
from tests.checkpoints.outputs import CORPUS
from tests.models.every_model import SMALL, new_model
from transformer_tf.cost import Architecture, estimate_cost, read_architecture
from transformer_tf.cost.command_line import main
from transformer_tf.cost.spanish import TEXTS, error_in_language
from transformer_tf.cost.table import in_bytes, in_si

GPT2 = str(CORPUS / "GPT2LMHeadModel")
BERT = json.loads((CORPUS / "BertModel" / "config.json").read_text())


@pytest.fixture(autouse=True)
def english(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def test_a_table(capsys):
    assert main([GPT2, "--length", "7", "--new-tokens", "3"]) == 0
    printed = capsys.readouterr().out
    cost = estimate_cost(GPT2, length=7, new_tokens=3)
    assert "batch 1 x length 7" in printed
    for told in (
        f"{cost.total_parameters:,}",
        in_si(cost.training_flops),
        in_bytes(cost.serving.total),
        in_bytes(cost.training.total_rematerialized),
    ):
        assert told in printed


def test_json_has_every_number(capsys):
    assert main([GPT2, "--json", "--optimizer", "sgd"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == estimate_cost(GPT2, optimizer="sgd").as_dict()
    assert told["training"]["slots"] == 0
    parts = told["parameters"]
    assert parts.pop("total") == sum(parts.values())


def test_in_spanish(capsys, monkeypatch):
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    assert main([GPT2]) == 0
    printed = capsys.readouterr().out
    assert "memoria para entrenar" in printed
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("uso: ")
    assert "Estado de salida" in told
    for english in ("tokens to generate", "training step", "Exit status"):
        assert english not in printed + told


def test_every_sentence_has_its_spanish():
    for name in ("GPT2LMHeadModel", "LongformerModel", "T5ForConditionalGeneration"):
        for dtype in ("float32", "mixed_bfloat16"):
            for sentence in estimate_cost(CORPUS / name, dtype=dtype).assumes:
                assert TEXTS[sentence] != sentence


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["nowhere"], "there is no file or folder nowhere"),
        ([GPT2, "--length", "100000"], "length must not exceed .* max_length of"),
        ([GPT2, "--length", "0"], "length must be at least 1; got 0"),
        ([GPT2, "--batch-size", "-1"], "batch_size must be at least 1; got -1"),
        ([GPT2, "--target-length", "3"], "target_length is for encoder-decoders"),
        ([GPT2, "--new-tokens", "100000"], "there is room for .* give fewer"),
        ([GPT2, "--global-positions", "1"], "global_positions is for models with"),
        ([GPT2, "--dtype", "int8"], "dtype must be one of"),
        ([GPT2, "--optimizer", "best"], "optimizer must be one of"),
        ([GPT2, "--kind", "Best"], "kind must be the name of a model's class"),
        ([GPT2, "--kind", "MaskedLM"], "gpt2 has no MaskedLM; it has"),
    ],
)
def test_what_is_refused(arguments, said, capsys):
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    with pytest.raises((ValueError, FileNotFoundError), match=said):
        raise ValueError(error)
    message = error.removeprefix("error: ").strip()
    if "has no MaskedLM" not in message:
        assert error_in_language(message, "es") != message


@pytest.mark.parametrize(
    "text, said",
    [
        ("no json", "is no JSON"),
        ("[1]", r"must hold a JSON object; got \[1\]"),
        ('{"vocab_size": 5}', "names its model_type"),
        ('{"model_type": "bert"}', "config.json has no 'vocab_size'"),
        (json.dumps({**BERT, "hidden_act": []}), r"config.json has hidden_act=\[\]"),
        ('{"model_type": "bert", "architectures": 5}', "must be a list of names"),
        ('{"class_name": "Encoder", "config": 5}', "an object 'config'"),
        (json.dumps({**BERT, "num_hidden_layers": 10**30}), "more than 10,000 layers"),
        (json.dumps({**BERT, "num_hidden_layers": 1.5}), "must be a whole number"),
    ],
)
def test_files_that_are_refused(text, said, tmp_path, capsys):
    path = tmp_path / "config.json"
    path.write_text(text)
    assert main([str(path)]) == 1
    error = capsys.readouterr().err.removeprefix("error: ").strip()
    with pytest.raises(ValueError, match=said):
        raise ValueError(error)
    assert error_in_language(error, "es") != error


def test_wrong_arguments(capsys):
    assert main([]) == 2
    assert main([GPT2, "--length", "long"]) == 2
    assert main(["--help"]) == 0
    assert "--batch-size N" in capsys.readouterr().out


def test_what_no_model_has(tmp_path):
    path = tmp_path / "config.json"
    for text, said in (
        (
            '{"model_type": "mamba"}',
            "model_type 'mamba' is not known; known are albert",
        ),
        (
            '{"class_name": "Dense", "config": {}}',
            "'Dense' is no model of this library",
        ),
        ('{"vocab_size": 5}', "names its model_type .* got the keys vocab_size"),
        ("no json", "is no JSON"),
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=said):
            estimate_cost(tmp_path)
    path.unlink()
    with pytest.raises(FileNotFoundError, match="no config.json in"):
        estimate_cost(tmp_path)
    with pytest.raises(ValueError, match="say which with kind="):
        estimate_cost(t.gpt2_config())
    with pytest.raises(ValueError, match="memory_length"):
        Architecture(t.gpt2_config(), "TransformerXL")
    with pytest.raises(TypeError, match="must be a TransformerConfig; got dict"):
        Architecture({}, "CausalLM")
    with pytest.raises(TypeError, match="must be a whole number"):
        estimate_cost(GPT2, batch_size=1.5)


def test_a_saved_model_says_the_same(tmp_path):
    model = new_model("sequence_decoder")
    model.build()
    model.save(tmp_path / "model.keras")
    (tmp_path / "model.json").write_text(model.to_json())
    archived = read_architecture(tmp_path / "model.keras")
    assert archived == read_architecture(tmp_path / "model.json")
    assert (archived.kind, archived.body) == ("SequenceClassifier", "Decoder")
    assert (archived.num_classes, archived.head_bias) == (5, False)
    assert archived.config == model.config


def test_a_configuration_alone(tmp_path):
    config = t.bert_config(**SMALL)
    saved = keras.saving.serialize_keras_object(config)
    (tmp_path / "config.json").write_text(json.dumps(saved))
    given = estimate_cost(config, kind="MaskedLM")
    assert estimate_cost(tmp_path, kind="MaskedLM") == given
