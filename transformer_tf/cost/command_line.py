"""The command `python -m transformer_tf.cost CONFIG`: a table, or JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from transformer_tf.cost.dtypes import DTYPES
from transformer_tf.cost.estimate import estimate_cost
from transformer_tf.cost.optimizers import SLOTS
from transformer_tf.cost.spanish import error_in_language, in_language
from transformer_tf.cost.table import render
from transformer_tf.pipelines.spanish_help import help_language

DONE, FAILED, USAGE = 0, 1, 2
EPILOG = """\
Exit status: 0 done, 1 the configuration or a size was refused (the error stream says
which), 2 wrong arguments.
"""
SPANISH_EPILOG = """\
Estado de salida: 0 terminado, 1 se rechazó la configuración o un tamaño (la salida de
errores dice cuál), 2 argumentos incorrectos.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: What follows the program's name; those of the process when None.

    Returns:
        The exit status: 0 done, 1 refused, 2 wrong arguments.
    """
    language = help_language()
    parser = _parser(language)
    try:
        given = parser.parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    options = dict(vars(given))
    source, as_json = options.pop("config"), options.pop("json")
    try:
        cost = estimate_cost(source, **options)
    except (OSError, TypeError, ValueError) as error:
        said = error_in_language(str(error), language)
        print(f"error: {said}", file=sys.stderr)
        return FAILED
    print(json.dumps(cost.as_dict(), indent=2) if as_json else render(cost, language))
    return DONE


class _Spanish(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "uso: ")


def _parser(language: str) -> argparse.ArgumentParser:
    def say(text: str) -> str:
        return in_language(text, language)

    parser = argparse.ArgumentParser(
        prog="python -m transformer_tf.cost",
        usage=f"%(prog)s CONFIG [{say('options')}]",
        description=say(
            "What a model costs in parameters, operations and memory; nothing is built."
        ),
        epilog=SPANISH_EPILOG if language == "es" else EPILOG,
        formatter_class=_Spanish
        if language == "es"
        else argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    first = parser.add_argument_group(say("arguments"))
    first.add_argument(
        "config",
        metavar="CONFIG",
        help=say(
            "a config.json, a folder with one, a saved model of ours, or course/NAME"
        ),
    )
    group = parser.add_argument_group(say("options"))
    group.add_argument("-h", "--help", action="help", help=say("show this help"))
    for flag, says, default in (
        ("--batch-size", "texts in a call", 1),
        (
            "--length",
            "tokens in a text; of the source in an encoder-decoder",
            "as many as the model reads, 512 at most",
        ),
        ("--target-length", "target tokens in an encoder-decoder", "as in the source"),
        ("--new-tokens", "tokens to generate", 128),
        (
            "--global-positions",
            "Longformer's global positions in a text",
            "as the class chooses",
        ),
    ):
        told = say(default) if isinstance(default, str) else default
        group.add_argument(
            flag,
            type=int,
            default=default if flag == "--batch-size" else None,
            metavar="N",
            help=f"{say(says)} ({say('default')}: {told})",
        )
    for flag, says, default, choices in (
        ("--dtype", "dtype policy", "float32", DTYPES),
        ("--optimizer", "optimizer of the training", "adamw", tuple(SLOTS)),
    ):
        group.add_argument(
            flag,
            default=default,
            metavar="NAME",
            help=f"{say(says)} ({say('default')}: {default}): {', '.join(choices)}",
        )
    group.add_argument(
        "--kind",
        metavar="CLASS",
        help=say("the class of the model, if it is not the one that CONFIG names"),
    )
    group.add_argument(
        "--json", action="store_true", help=say("print JSON, for programs")
    )
    return parser
