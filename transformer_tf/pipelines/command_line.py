"""The command line: texts in, a line of JSON out for each, and no answer twice.

python -m transformer_tf ner my/folder < texts.txt > entities.jsonl
python -m transformer_tf ner my/folder texts.txt --output entities.jsonl
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TextIO

import numpy as np

from transformer_tf.pipelines.spanish_errors import in_spanish
from transformer_tf.pipelines.spanish_help import EPILOG as SPANISH_EPILOG
from transformer_tf.pipelines.spanish_help import USAGE as SPANISH_USAGE
from transformer_tf.pipelines.spanish_help import help_language, in_language

# Exit statuses, as `--help` lists them.
DONE, FAILED, USAGE, STOPPED = 0, 1, 2, 130
EPILOG = """\
Input: a text on each line, or a JSON object on each line where a task takes one:
{"question": ..., "context": ...} for question-answering, {"text": ..., "text_pair":
...} for text-classification. A line that is a JSON string may hold line breaks.
Output: a line of JSON for each input, in the same order. With --output, lines that
the file has already are not answered again: a stopped run goes on where it was.

Exit status: 0 done, 1 an input or the model was refused (the error stream says
which), 2 wrong arguments, 130 stopped by Ctrl-C.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: What follows the program's name; those of the process when None.

    Returns:
        The exit status: 0 done, 1 refused, 2 wrong arguments, 130 stopped.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    language = help_language()
    from transformer_tf.pipelines.tasks import ALIASES, TASKS, find_task

    tasks = sorted([*TASKS, *ALIASES])
    task = arguments[0] if arguments else ""
    try:
        found = find_task(task)
    except ValueError as error:
        asks = task in ("", "-h", "--help")
        said = _usage(tasks, language) if asks else _describe(error, language)
        print(said, file=sys.stderr)
        return DONE if task in ("-h", "--help") else USAGE
    parser = _parser(task, found.make, language)
    try:
        given = parser.parse_args(arguments[1:])
    except SystemExit as stop:
        return int(stop.code or 0)
    return _run(task, found.make, given, language)


def _describe(error: Exception, language: str) -> str:
    message = str(error) or type(error).__name__
    return f"error: {in_spanish(message) if language == 'es' else message}"


def _usage(tasks: list[str], language: str) -> str:
    if language == "es":
        return SPANISH_USAGE.format(tasks=", ".join(tasks))
    return (
        "usage: python -m transformer_tf TASK MODEL [INPUT] [options]\n\n"
        "Answers each line of INPUT (or of the standard input) with a line of JSON.\n"
        f"TASK is one of\n  {', '.join(tasks)},\n  or translation_xx_to_yy.\n"
        "MODEL is a folder with a checkpoint, the id of a published one, or a small\n"
        'model of the course, such as "course/bilingual_tagger".\n'
        "python -m transformer_tf TASK --help lists the options of a task."
    )


_Plain = argparse.RawDescriptionHelpFormatter


class _Spanish(_Plain):
    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "uso: ")


def _parser(task: str, make: Any, language: str) -> argparse.ArgumentParser:
    def say(text: str) -> str:
        return in_language(text, language)

    parser = argparse.ArgumentParser(
        prog=f"python -m transformer_tf {task}",
        usage=f"%(prog)s model [input] [{say('options')}]",
        description=say((make.__doc__ or "").split("\n\n")[0]),
        epilog=EPILOG if language == "en" else SPANISH_EPILOG,
        formatter_class=_Spanish if language == "es" else _Plain,
        add_help=False,
    )
    first = parser.add_argument_group(say("arguments"))
    first.add_argument(
        "model", help=say("a folder with a checkpoint, a published id, or course/NAME")
    )
    first.add_argument(
        "input", nargs="?", help=say("a file of lines; standard input if none")
    )
    general = parser.add_argument_group(say("options"))
    general.add_argument("-h", "--help", action="help", help=say("show this help"))
    for flag, says in (
        ("--output", "a file to write, or to go on with"),
        ("--dtype", 'dtype policy, such as "mixed_bfloat16"'),
        ("--device", 'such as "cpu" or "gpu:0"'),
        ("--revision", "version of a published model"),
    ):
        general.add_argument(flag, help=say(says))
    group = parser.add_argument_group(say("options of the task"))
    for field in dataclasses.fields(make.Options):
        kind = field.metadata["kind"]
        kind = type(field.default) if kind is None else kind
        if kind is object or field.name in ("progress",):
            continue
        flag = "--" + field.name.replace("_", "-")
        says = say(field.metadata["help"])
        if field.default is not None and field.default not in ((), ""):
            says += f" ({say('default')}: {field.default})"
        group.add_argument(
            flag,
            type=READ.get(kind, kind),
            default=argparse.SUPPRESS,  # "none" is a value that can be given
            help=says.replace("%", "%%"),
            metavar=METAVARS.get(kind, kind.__name__.upper()),
        )
    return parser


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false", "yes", "no", "1", "0"):
        raise argparse.ArgumentTypeError(f"true or false, not {text!r}")
    return text.lower() in ("true", "yes", "1")


def _list(text: str) -> list:
    """A JSON list, or strings with commas between."""
    if text.startswith("["):
        try:
            return json.loads(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r} is no JSON: {error}") from None
    return [part.strip() for part in text.split(",")]


def _whole(text: str) -> int | None:
    """A whole number; "none" or "all" for no limit."""
    if text.lower() in ("none", "all"):
        return None
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a whole number, not {text!r}") from None


READ: dict[Any, Any] = {bool: _boolean, list: _list, tuple: _list, dict: json.loads}
READ[int] = _whole
METAVARS = {bool: "true|false", list: "A,B", tuple: "A,B", dict: "JSON", str: "TEXT"}
METAVARS |= {int: "N", float: "X"}


def _run(task: str, make: Any, given: argparse.Namespace, language: str) -> int:
    from transformer_tf.pipelines.making import pipeline

    names = {field.name for field in dataclasses.fields(make.Options)}
    options = {name: v for name, v in vars(given).items() if name in names}
    if given.revision:
        options["revision"] = given.revision
    done = 0
    try:
        done = _count_answers(given.output)
        answer = pipeline(
            task, given.model, dtype=given.dtype, device=given.device, **options
        )
        with _opened(given) as (lines, out):
            for result in answer(
                items_of_lines(islice(lines, done, None), done, answer)
            ):
                out.write(json.dumps(plain(result), ensure_ascii=False) + "\n")
                out.flush()
                done += 1
    except KeyboardInterrupt:
        after = f"stopped after {done} answers"
        spanish = f"detenido tras {done} respuestas"
        print(spanish if language == "es" else after, file=sys.stderr)
        return STOPPED
    except (ImportError, OSError, TypeError, ValueError) as error:
        spanish = f"error tras {done} respuestas: {in_spanish(str(error))}"
        english = f"error after {done} answers: {error}"
        print(spanish if language == "es" else english, file=sys.stderr)
        return FAILED
    return DONE


class _opened:
    """The input and the output of a run, those of the process where none is named."""

    def __init__(self, given: argparse.Namespace):
        self.given = given

    def __enter__(self) -> tuple[TextIO, TextIO]:
        self.lines = (
            open(self.given.input, encoding="utf-8") if self.given.input else None
        )
        self.out = (
            open(self.given.output, "a", encoding="utf-8")
            if self.given.output
            else None
        )
        return self.lines or sys.stdin, self.out or sys.stdout

    def __exit__(self, *_: Any) -> None:
        for file in (self.lines, self.out):
            if file is not None:
                file.close()


def _count_answers(path: str | None) -> int:
    """How many answers a file has; half a line, where a run was killed, is cut off."""
    if path is None or not os.path.exists(path):
        return 0
    with open(path, "rb+") as file:
        whole = count = 0
        for line in file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            count += 1
        file.truncate(whole)
    return count


def items_of_lines(lines: Iterable[str], first: int, answer: Any) -> Iterator[Any]:
    """The inputs that lines hold: texts, or JSON where the task takes that.

    Args:
        lines: The lines.
        first: The number of the first, from 0, for errors.
        answer: The pipeline.

    Raises:
        ValueError: A line that is no input of the task.
    """
    for number, line in enumerate(lines, first + 1):
        line = line.rstrip("\r\n")
        if line[:1] in ("{", '"', "["):
            try:
                value = json.loads(line)
            except ValueError:
                value = line
            if answer.is_item(value):
                yield value
                continue
        if not answer.is_item(line):
            raise ValueError(
                f"line {number} must be a JSON object: {answer.item}; got {line!r:.60}"
            )
        yield line


def plain(value: Any) -> Any:
    """An answer as JSON can hold it: arrays as lists."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
