"""A wrong configuration is refused: which key, what came, what was expected."""

import dataclasses
import json

import pytest

from tests.training.train_command import values
from transformer_tf.training.command.command_line import main
from transformer_tf.training.command.help import EXAMPLE
from transformer_tf.training.command.keys import ConfigError
from transformer_tf.training.command.settings import SECTIONS, config_of, read_config

KEYS = [
    (section, field)
    for section, kind in SECTIONS.items()
    for field in dataclasses.fields(kind)
]
WRONG = {
    "int": ["3", 2.5, True, None, [1], -1],
    "float": ["x", True, None, float("nan"), float("inf"), -1.0],
    "bool": ["true", 1, None],
    "str": [3, True, None, ["x"]],
    "list[str]": [3, [1], {"a": 1}, None],
}


def ids(one):
    return f"{one[0]}.{one[1].name}"


def refused(folder, match, **changes):
    with pytest.raises(ConfigError, match=match):
        config_of(values(folder, **changes), folder)


@pytest.mark.parametrize("one", KEYS, ids=ids)
def test_a_value_of_the_wrong_kind(tmp_path, one):
    section, field = one
    for value in WRONG[field.type]:
        with pytest.raises(ConfigError) as told:
            config_of(values(tmp_path, **{section: {field.name: value}}), tmp_path)
        assert f"{section}.{field.name} must be " in str(told.value)
        assert f"got {value!r}" in str(told.value)


@pytest.mark.parametrize("one", KEYS, ids=ids)
def test_a_key_that_is_misspelt(tmp_path, one):
    section, field = one
    wrong = field.name[:-1] + "_" + field.name[-1]
    with pytest.raises(ConfigError, match=f"did you mean '{field.name}'"):
        config_of(values(tmp_path, **{section: {wrong: 1}}), tmp_path)


@pytest.mark.parametrize("name", ["model", *SECTIONS])
def test_a_section_that_is_misspelt(tmp_path, name):
    refused(tmp_path, f"did you mean '{name}'", **{name[:-1]: {}})
    with pytest.raises(ConfigError, match=rf"\[{name}\] must be a table"):
        config_of({**values(tmp_path), name: 3}, tmp_path)


@pytest.mark.parametrize(
    "match, changes",
    [
        ("data needs files or tokens.*got both", {"data": {"tokens": "x.npy"}}),
        ("data needs files or tokens.*got neither", {"data": {"files": []}}),
        (
            "accumulate must divide training.batch=4; got 3",
            {"training": {"accumulate": 3}},
        ),
        ("checkpoints.folder must name", {"checkpoints": {"folder": ""}}),
        (
            "warmup_steps must be below training.steps=6",
            {"schedule": {"warmup_steps": 6}},
        ),
        ("schedule.end must be at most", {"schedule": {"end": 9.0}}),
        (
            "objective.name must be one of.*mean 'causal'",
            {"objective": {"name": "casual"}},
        ),
        ("evaluation takes", {"evaluation": {"files": ["a"], "tokens": "b"}}),
    ],
)
def test_keys_that_do_not_go_together(tmp_path, match, changes):
    refused(tmp_path, match, **changes)


def test_the_example_is_a_configuration(tmp_path, capsys):
    assert main(["--example"]) == 0
    printed = capsys.readouterr().out
    (tmp_path / "config.toml").write_text(printed)
    assert printed == EXAMPLE
    assert read_config(tmp_path / "config.toml").training.steps == 2000


@pytest.mark.parametrize(
    "name, text, told",
    [
        ("x.toml", "[data\n", "is no TOML"),
        ("x.json", "{", "is no JSON"),
        ("x.json", "[]", "sections of keys"),
        ("x.toml", "[dta]", "did you mean 'data'"),
    ],
)
def test_a_file_that_is_no_configuration(tmp_path, capsys, name, text, told):
    (tmp_path / name).write_text(text)
    assert main([str(tmp_path / name)]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "language, told", [("en", "no file"), ("es", "ningún archivo")]
)
@pytest.mark.parametrize("name", ["none.toml", "."])
def test_a_file_that_is_not_there(monkeypatch, tmp_path, capsys, name, language, told):
    monkeypatch.setenv("LC_ALL", f"{language}_XX.UTF-8")
    assert main([str(tmp_path / name)]) == 1
    printed = capsys.readouterr().err
    assert told in printed
    assert str(tmp_path / name) in printed
    assert "--example" in printed


def test_wrong_arguments():
    assert main([]) == 2
    assert main(["--what"]) == 2


@pytest.mark.parametrize("language", ["en", "es"])
def test_help_names_every_key(monkeypatch, capsys, language):
    monkeypatch.setenv("LC_ALL", f"{language}_XX.UTF-8")
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    for section, field in KEYS:
        assert f"[{section}]" in printed and f"\n  {field.name} " in printed
    assert max(map(len, printed.splitlines())) <= 88
    assert ("uso:" in printed) == (language == "es")


def test_help_and_errors_are_whole_in_spanish(monkeypatch, capsys, tmp_path):
    from transformer_tf.training.command import help as shown
    from transformer_tf.training.command.spanish import TEXTS

    texts = [field.metadata["help"] for _, field in KEYS]
    texts += [shown.DESCRIPTION, shown.EPILOG, *shown.MODEL]
    assert not [text for text in texts if text not in TEXTS]
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    path = tmp_path / "config.json"
    path.write_text(json.dumps(values(tmp_path, training={"steps": 0})))
    assert main([str(path)]) == 1
    assert capsys.readouterr().err == (
        "error: training.steps debe ser 1 como mínimo; se recibió 0\n"
    )
