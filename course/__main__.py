"""The command line: `transformer-course ...`, or `python -m course ...`.

Each command is a module in `course/commands` with a docstring (its help),
`add_arguments(parser)` and `run(args)`.
"""

import os
import sys

from course import errors, settings
from course.command_line import choose_language, make_parser
from course.environment import check_environment, start_quickly
from course.errors import CourseError
from course.telling import translate


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 if it did what was asked, 1 if not, 2 for an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal may not know every character
            stream.reconfigure(errors="backslashreplace")
    start_quickly()
    language, rest = choose_language(sys.argv[1:] if arguments is None else arguments)
    if language != settings.language():
        settings.speak(language)
    try:
        args = make_parser(language).parse_args(rest)
        check_environment()
        return args.run(args) or 0
    except CourseError as error:
        print(f"transformer-course: {translate(str(error))}", file=sys.stderr)
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


if __name__ == "__main__":
    sys.exit(main())
