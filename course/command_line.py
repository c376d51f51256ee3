"""The parser of `transformer-course` in the language of whoever types.

That is `--lang`, else the language of the learner's folder one stands in, else the
locale's.
"""

import argparse
import importlib
import os
import pkgutil
import sys
from pathlib import Path

from course import commands, settings
from course.messages import LANGUAGES
from course.spanish_errors import in_spanish as error_in_spanish
from course.spanish_help import SpanishFormatter, in_spanish

HELP = "of help and errors; else that of your folder, or of the locale"


def choose_language(arguments: list[str]) -> tuple[str, list[str]]:
    """The language to speak, and the arguments without `--lang`.

    `start` keeps its own, which is also the language of the folder that it makes.
    """
    asked, rest = "", list(arguments)
    for number, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name == "--lang":
            value = value or "".join(arguments[number + 1 : number + 2])
            if value in LANGUAGES:
                asked = value
                if "start" not in arguments:
                    del rest[number : number + (1 if equals else 2)]
            break
    if asked:
        return asked, rest
    if settings.learner_folder() is not None:
        return settings.language_of(Path.cwd()), rest
    return _read_locale(), rest


def _read_locale() -> str:
    """As `transformer_tf`'s own command line has it, which imports TensorFlow."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "es" if chosen.lower().startswith("es") else "en"


def make_parser(language: str) -> argparse.ArgumentParser:
    """A parser with every command of `course/commands`."""
    spanish = language == "es"
    kind = SpanishParser if spanish else argparse.ArgumentParser
    made = kind(
        prog="transformer-course",
        description="The Transformer course: learn, check, build and grade.",
    )
    made.add_argument("--lang", choices=LANGUAGES, help=HELP)
    metavar = in_spanish("COMMAND") if spanish else "COMMAND"
    subparsers = made.add_subparsers(required=True, metavar=metavar)
    for name in sorted(m.name for m in pkgutil.iter_modules(commands.__path__)):
        module = importlib.import_module(f"course.commands.{name}")
        summary, _, rest = (module.__doc__ or "").partition("\n")
        if spanish:
            summary, rest = in_spanish(summary), in_spanish(rest)
        subparser = subparsers.add_parser(
            name, help=summary, description=f"{summary} {rest}".strip()
        )
        module.add_arguments(subparser)
        subparser.set_defaults(run=module.run)
    return made


class SpanishParser(argparse.ArgumentParser):
    """Says its help and its errors in Spanish."""

    def __init__(self, **keywords):
        super().__init__(**keywords, formatter_class=SpanishFormatter)

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: error: {error_in_spanish(message)}\n")
