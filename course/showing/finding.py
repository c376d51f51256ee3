"""Finds out why an answer is not there: the cell that defines it may not parse."""

import ast
import re


def syntax_error_in(name: str, namespace: dict) -> dict | None:
    """The syntax error of the last executed cell that defines `name`, as details.

    Without this, a learner whose last edit does not parse would be told about the
    version before it, or that there is nothing.
    """
    pattern = re.compile(
        rf"^\s*(def|class)\s+{re.escape(name)}\b|^{re.escape(name)}\s*="
    )
    history = namespace.get("In")
    if not isinstance(history, list):
        return None
    for source in reversed(history[:-1]):
        if not any(pattern.match(line) for line in str(source).splitlines()):
            continue
        try:
            ast.parse(str(source))
        except SyntaxError as error:
            lines = str(source).splitlines()
            number = error.lineno or 1
            code = lines[number - 1].strip() if number <= len(lines) else ""
            return {"text": error.msg, "line": number, "code": code[:200]}
        return None
    return None
