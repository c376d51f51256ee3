"""What a reader of Spanish meets: each sentence of the help, the errors of the page."""

import dataclasses
import json
import re
import threading

import pytest

from tests.pipelines import recorded_calls as recorded
from tests.pipelines.test_page import FOLDERS, send
from transformer_tf.pipelines import command_line
from transformer_tf.pipelines.command_line import main
from transformer_tf.pipelines.page import make_server
from transformer_tf.pipelines.spanish_errors import in_spanish
from transformer_tf.pipelines.spanish_help import TEXTS, help_language
from transformer_tf.pipelines.tasks import TASKS

# Words that only an English sentence has.
ENGLISH = re.compile(r"\b(the|of|with|and|give|must|has|which|text|is)\b")


@pytest.fixture
def spanish(monkeypatch):
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")


def test_every_sentence_of_the_help_has_a_translation():
    for make in TASKS.values():
        assert make.__doc__.split("\n\n")[0] in TEXTS, make
        for field in dataclasses.fields(make.Options):
            hidden = field.metadata["kind"] is object or field.name == "progress"
            assert hidden or field.metadata["help"] in TEXTS, field.metadata["help"]
    for english, text in TEXTS.items():
        names = re.compile(r"\b(mean|first|last|and|is)\b")
        assert not ENGLISH.search(names.sub("", text)) or text in english, text


@pytest.mark.parametrize("task", sorted(TASKS))
def test_help(task, spanish, capsys):
    assert main([task, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("uso: ") and "Estado de salida" in shown
    assert "usage" not in shown and "(default" not in shown
    options = dataclasses.fields(TASKS[task].Options)
    assert all(f"--{field.name.replace('_', '-')} " in shown for field in options[:1])


def test_errors_of_the_command_line(spanish, capsys, monkeypatch, tmp_path):
    from transformer_tf.pipelines import making

    monkeypatch.setattr(
        making, "pipeline", lambda *_, **__: recorded.made("sentiment_analysis")
    )
    file = tmp_path / "texts.txt"
    file.write_text("word " * 90)
    assert main(["sentiment-analysis", "folder", str(file)]) == 1
    said = capsys.readouterr().err
    assert "error tras 0 respuestas: la entrada 0 tiene" in said and "40 como" in said
    assert main(["sentiment-analise", "folder"]) == 2
    assert "no es una tarea" in capsys.readouterr().err
    assert main(["--help"]) == 0
    assert "MODELO es una carpeta" in capsys.readouterr().err


def test_the_language_is_the_locale_s():
    for variables, expected in [
        ({}, "en"),
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "es_ES.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE", "LC_MESSAGES": "es"}, "es"),
    ]:
        assert help_language(variables) == expected
    assert command_line.help_language in (help_language,)


LONG = "word " * 300
# Task, what is asked, and what the Spanish error must hold of the English one.
ASKED = [
    ("feature-extraction", {"text": LONG}),
    ("fill-mask", {"text": "no mask"}),
    ("fill-mask", {"text": "[MASK] " + LONG}),
    ("question-answering", {"text": "Sarah", "second": ""}),
    ("question-answering", {"text": "", "second": "Who?"}),
    ("question-answering", {"text": "Sarah", "second": LONG}),
    ("summarization", {"text": LONG}),
    ("summarization", {"text": None}),
    ("text-classification", {"text": LONG}),
    ("text-classification", {"text": "x", "options": {"top_k": 0}}),
    ("text-classification", {"text": "x", "options": {"function_to_apply": "y"}}),
    ("text-classification", {"text": "x", "options": {"nonsense": 1}}),
    ("text-generation", {"text": LONG, "options": {"max_new_tokens": 5}}),
    ("text-generation", {"text": "a fox", "options": {"max_length": 2}}),
    ("token-classification", {"text": "a\ud800"}),
    ("translation", {"text": LONG}),
    ("zero-shot-classification", {"text": "x", "second": ""}),
    ("zero-shot-classification", {"text": "", "second": "a"}),
    ("zero-shot-classification", {"text": "x y", "second": LONG}),
    ("nonsense", {"text": "x"}),
]


@pytest.fixture(scope="module")
def port():
    models = {task: recorded.made(name) for task, name in FOLDERS.items()}
    server = make_server(models)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("task, asked", ASKED)
def test_errors_of_the_page(task, asked, port):
    english, spanish = (
        json.loads(send(port, body={"task": task, **asked, "language": language})[1])
        for language in ("en", "es")
    )
    assert english["error"] != spanish["error"], english["error"]
    said = re.sub(r"'.*?'|\b[a-z]+[_-]\w+(=\w+)?", "", spanish["error"])
    assert not ENGLISH.search(said), spanish["error"]
    for number in re.findall(r"\d+", english["error"]):
        detail = "question" in english["error"] or "hypothesis" in english["error"]
        assert number in spanish["error"] or detail


def test_what_has_no_pattern_is_said_as_it_is():
    assert in_spanish("something else") == "something else"
