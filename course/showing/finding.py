"""Finds out why an answer is not there: the cell that defines it may not parse."""

import re

from course.notebooks.as_python import as_python, parse


def syntax_error_in(name: str, namespace: dict) -> dict | None:
    """The syntax error of the last executed cell that defines `name`, as details.

    Without this, a learner whose last edit does not parse would be told about the
    version before it, or that there is nothing.
    """
    pattern = re.compile(
        rf"^\s*(def|async def|class)\s+{re.escape(name)}\b|^{re.escape(name)}\s*="
    )
    history = namespace.get("In")
    if not isinstance(history, list):
        return None
    for source in reversed(history[:-1]):
        if name not in str(source):
            continue
        python = as_python(str(source))
        if not any(pattern.match(line) for line in python.splitlines()):
            continue
        try:
            parse(python)
        except SyntaxError as error:
            lines = python.splitlines()
            number = error.lineno or 1
            code = lines[number - 1].strip() if number <= len(lines) else ""
            return {"text": error.msg, "line": number, "code": code[:200]}
        except (ValueError, RecursionError, MemoryError):
            return None  # running the cell has said what is wrong with it
        return None
    return None
