"""The command line: `transformer-course ...`, or `python -m course ...`.

Each command is a module in `course/commands` with a docstring (its help),
`add_arguments(parser)` and `run(args)`.
"""

import argparse
import importlib
import os
import pkgutil
import sys

from course import commands, errors
from course.environment import check_environment, start_quickly
from course.errors import CourseError


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 if it did what was asked, 1 if not, 2 for an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal may not know every character
            stream.reconfigure(errors="backslashreplace")
    start_quickly()
    try:
        args = _parser().parse_args(arguments)
        check_environment()
        return args.run(args) or 0
    except CourseError as error:
        print(f"transformer-course: {error}", file=sys.stderr)
    except PermissionError as error:
        said = errors.error("no_permission", path=error.filename)
        print(f"transformer-course: {said}", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"\ntransformer-course: {errors.error('stopped')}", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `... | head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="transformer-course",
        description="The Transformer course: learn, check, build and grade.",
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in sorted(m.name for m in pkgutil.iter_modules(commands.__path__)):
        module = importlib.import_module(f"course.commands.{name}")
        summary, _, rest = (module.__doc__ or "").partition("\n")
        subparser = subparsers.add_parser(
            name, help=summary, description=f"{summary} {rest}".strip()
        )
        module.add_arguments(subparser)
        subparser.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
