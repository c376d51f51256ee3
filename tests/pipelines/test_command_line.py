"""The command line: lines in, JSON out, resumed, with an exit status and help."""

import dataclasses
import io
import json
import subprocess
import sys

import pytest

from tests.pipelines import recorded_calls as recorded
from transformer_tf.pipelines import command_line
from transformer_tf.pipelines.command_line import main
from transformer_tf.pipelines.tasks import ALIASES, TASKS

TEXTS = ["The quick brown fox", "", "My name is Sarah.", '"two\\nlines"', "東京 🙂"]
READ = [*TEXTS[:3], "two\nlines", TEXTS[4]]


@pytest.fixture(autouse=True)
def loaded_once(monkeypatch):
    """The models of the other tests, so that none is loaded again."""
    from transformer_tf.pipelines import making

    def pipeline(task, folder, dtype=None, device=None, **options):
        known = recorded.made(folder.rsplit("/", 1)[-1])
        return type(known)(known.model, known.tokenizer, **options)

    monkeypatch.setattr(making, "pipeline", pipeline)


def folder(name):
    return str(recorded.FOLDER / name)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_lines_of_the_standard_input(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(TEXTS) + "\n"))
    flags = ["--aggregation-strategy", "first", "--ignore-labels", "O,MISC"]
    assert main(["ner", folder("ner"), *flags]) == 0
    options = {"aggregation_strategy": "first", "ignore_labels": ["O", "MISC"]}
    expected = recorded.made("ner")(READ, **options)
    shown = capsys.readouterr().out
    assert "東京" in shown
    assert recorded.differences(lines(shown), expected) == []


def test_no_limit_can_be_asked_for(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("x\n"))
    asked = ["sentiment-analysis", folder("sentiment_analysis"), "--top-k", "none"]
    assert main(asked) == 0
    assert len(lines(capsys.readouterr().out)[0]) == 3


def test_objects_of_a_task(tmp_path, capsys):
    file = tmp_path / "questions.jsonl"
    asked = [{"question": "Who?", "context": "Sarah"}] * 2
    file.write_text("\n".join(map(json.dumps, asked)))
    assert main(["question-answering", folder("question_answering"), str(file)]) == 0
    found = lines(capsys.readouterr().out)
    assert [answer["answer"] for answer in found] == ["Sarah"] * 2
    file.write_text(json.dumps(asked[0]) + "\nno object\n")
    assert main(["question-answering", folder("question_answering"), str(file)]) == 1
    assert "line 2 must be a JSON object" in capsys.readouterr().err


def test_a_stopped_run_goes_on_where_it_was(tmp_path, capsys, monkeypatch):
    file, output = tmp_path / "texts.txt", tmp_path / "answers.jsonl"
    file.write_text("\n".join(["one", "two", "three", "four", "five"]))
    whole = ["sentiment-analysis", folder("sentiment_analysis"), str(file)]
    assert main(whole) == 0
    expected = capsys.readouterr().out
    asked = [*whole, "--output", str(output), "--batch-size", "1"]

    items, read = command_line.items_of_lines, []

    def stopped(lines, skip, answer):
        for number, item in enumerate(items(lines, skip, answer)):
            if number == 3 and not read:
                raise KeyboardInterrupt
            yield item

    monkeypatch.setattr(command_line, "items_of_lines", stopped)
    assert main(asked) == 130
    assert "stopped after 3 answers" in capsys.readouterr().err
    assert recorded.differences(lines(output.read_text()), lines(expected)[:3]) == []
    output.write_text(output.read_text() + '{"label": "POSI')  # killed as it wrote
    monkeypatch.setattr(command_line, "items_of_lines", items)
    assert main(asked) == 0
    assert recorded.differences(lines(output.read_text()), lines(expected)) == []
    before = output.read_bytes()
    assert main(asked) == 0  # nothing is left to do
    assert output.read_bytes() == before


def test_exit_statuses(tmp_path, capsys):
    model = folder("sentiment_analysis")
    assert main(["sentiment-analise", model]) == 2
    assert "did you mean 'sentiment-analysis'" in capsys.readouterr().err
    assert main(["sentiment-analysis", model, "--no-such-flag"]) == 2
    assert main(["sentiment-analysis", model, "--top-k", "many"]) == 2
    assert "a whole number, not 'many'" in capsys.readouterr().err
    assert main(["sentiment-analysis", model, str(tmp_path / "none.txt")]) == 1
    assert "none.txt" in capsys.readouterr().err
    long = tmp_path / "long.txt"
    long.write_text("short\n" + "word " * 200)
    assert main(["sentiment-analysis", model, str(long), "--batch-size", "1"]) == 1
    shown = capsys.readouterr()
    assert "error after 1 answers: input 1 has" in shown.err
    assert len(lines(shown.out)) == 1
    assert main([]) == 2 and main(["--help"]) == 0


@pytest.mark.parametrize("task", sorted([*TASKS, *ALIASES]))
def test_help_explains_every_option(task, capsys):
    assert main([task, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Exit status" in shown and "MODEL" not in shown.split("\n")[0]
    for field in dataclasses.fields(TASKS[ALIASES.get(task, task)].Options):
        name = field.name
        hidden = name == "progress" or field.metadata["kind"] is object
        assert ("--" + name.replace("_", "-") + " " in shown) is not hidden
        assert hidden or field.metadata["help"].split()[0] in shown


def test_every_kind_of_value():
    assert command_line._list('["a, b", "c"]') == ["a, b", "c"]
    assert command_line._boolean("Yes") is True and command_line._whole("all") is None


@pytest.mark.slow
def test_in_a_process_of_its_own():
    text = "The quick brown fox\n"
    asked = ["sentiment-analysis", folder("sentiment_analysis"), "--top-k", "none"]
    run = subprocess.run(
        [sys.executable, "-m", "transformer_tf", *asked],
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    expected = recorded.result("sentiment_analysis", 2)
    assert recorded.differences(lines(run.stdout), [expected]) == []
