"""Odd things in a notebook for a human to look at; no machine punishes them."""

import ast
import re

from course.notebooks.as_python import as_python, parse
from course.notebooks.rebuild import role, text_of

# Blank lines in front of it are none of the match, or many would be tried many times.
_DEFINITION = re.compile(
    r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE
)

_REACHES_IN = {
    "gc.get_objects": "searches the garbage collector",
    "gc.get_referrers": "searches the garbage collector",
    "sys._getframe": "walks the stack",
    "inspect.stack": "walks the stack",
    "sys.settrace": "traces calls",
    "sys.setprofile": "traces calls",
    "sys.meta_path": "hooks imports",
    "ctypes": "reaches below Python",
    "course.grading": "reaches for the grader",
    "course.checks": "reaches for the checks",
    "course.examination": "reaches for the examination",
    "/proc/": "reads about processes",
    "__code__": "touches the code of functions",
    "FunctionType": "makes functions of code",
    "getsource": "reads the source of functions",
    "spec_from_file_location": "imports a second copy",
    "importlib.reload": "reloads a module",
    "marshal": "reads compiled code",
    "raw_ops": "calls compiled operations by their own names",
    "compat.v1": "calls TensorFlow's functions under older names",
    "input_transformers": "rewrites cells",
}
_TO_A_READER = re.compile(
    r"ignore (?:all |any )?(?:previous|prior|above) instructions|as an ai\b"
    r"|full (?:marks|points|credit)|you are (?:a|the) grader",
    re.IGNORECASE,
)


def anomalies(notebook, forbidden):
    """What stands out in the learner's own code.

    Args:
        notebook: A rebuilt notebook.
        forbidden: {grade_id of a check: dotted names that its exercise forbids}.

    Returns:
        A list of str, each naming a cell by its number.
    """
    found, written = [], set()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            written |= _find_defined(text_of(cell))
    ruled = _collect_rules(notebook["cells"], forbidden)
    for position, cell in enumerate(notebook["cells"], start=1):
        own = cell["metadata"]["course"]["origin"] in ("learner", "helper")
        if not own or cell["cell_type"] != "code":
            continue
        source = text_of(cell)
        for mark, meaning in _REACHES_IN.items():
            if mark in source:
                found.append(f"cell {position}: {meaning} ({mark})")
        if _TO_A_READER.search(source):
            found.append(f"cell {position}: speaks to whoever reads it")
        if role(cell) == "answer":
            # An earlier answer of one's own may be called; the library's is odd.
            names, attributes = _find_used(source)
            used = (names - written) | (attributes - _find_defined(source))
            used &= {name.rpartition(".")[2] for name in ruled[position - 1]}
            found += [f"cell {position}: mentions {name}" for name in sorted(used)]
    return found


def _collect_rules(cells, forbidden):
    """For each cell, what the exercises forbid whose checks come next after it."""
    found: list = []
    names: set[str] = set()
    answered = False
    for cell in reversed(cells):
        if role(cell) == "check":
            more = forbidden.get(cell["metadata"]["nbgrader"]["grade_id"], ())
            names, answered = {*more} if answered else {*names, *more}, False
        elif role(cell) == "answer":
            answered = True
        found.append(names)
    return found[::-1]


def _find_used(source):
    """(names, attributes) that a cell mentions; none if it does not parse."""
    try:
        tree = parse(as_python(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(), set()
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names, {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}


def _find_defined(source):
    return set(_DEFINITION.findall(source))
