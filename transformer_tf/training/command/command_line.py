"""TensorFlow's own. The command line: a configuration in, checkpoints out.

python -m transformer_tf.train training.toml
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from transformer_tf.pipelines.spanish_help import help_language
from transformer_tf.training.command.help import EXAMPLE, new_parser
from transformer_tf.training.command.settings import Config, read_config
from transformer_tf.training.command.spanish import in_spanish

# Exit statuses, as `--help` lists them; a signal's is 128 and its number.
DONE, FAILED, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: What follows the program's name; those of the process when None.

    Returns:
        The exit status: 0 done, 1 refused or failed, 2 wrong arguments, 130 stopped by
        Ctrl-C, 143 by SIGTERM.
    """
    language = help_language()
    parser = new_parser(language)
    try:
        given = parser.parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    if given.example:
        print(EXAMPLE, end="")
        return DONE
    if given.config is None:
        parser.print_usage(sys.stderr)
        return USAGE
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        return _run(read_config(given.config), language)
    except KeyboardInterrupt as stopped:
        said = str(stopped) or "stopped before the first step"
        print(_in(language, said), file=sys.stderr)
        return 128 + getattr(stopped, "number", 2)
    except (OSError, ValueError) as error:
        print(f"error: {_in(language, str(error))}", file=sys.stderr)
        return FAILED


def _in(language: str, message: str) -> str:
    return in_spanish(message) if language == "es" else message


def _run(config: Config, language: str) -> int:
    """Trains, from where the folder's newest checkpoint is."""
    from transformer_tf.training.command.from_config import train_as_told

    def tell(message: str) -> None:
        print(_in(language, message), flush=True)

    train_as_told(config, tell)
    return DONE
