"""What a command prints, in the language that it speaks.

The lines stand in the code in English and in `course.spanish_errors` in Spanish. What
other programs read (tables, journals, pages) is not told but written as it is.
"""

from typing import Any

from course.settings import language
from course.spanish_errors import in_spanish


def translate(line: str) -> str:
    """A line in the language that is spoken."""
    return in_spanish(line) if language() == "es" else line


def tell(line: str, **how: Any) -> None:
    """Prints a line in the language that is spoken; `how` is for `print`."""
    print(translate(line), **how)
