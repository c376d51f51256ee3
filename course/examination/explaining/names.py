"""Errors about names, calls, `None`, and what cannot be changed."""

import ast
import difflib

from course.examination.explaining.scene import Scene


def changed_in_place(scene: Scene) -> dict | None:
    said = scene.search(r"Tensor'? object does not support item (assignment|deletion)")
    said = said or scene.search(r"assignment destination is read-only")
    return {} if said else None


def is_none(scene: Scene) -> dict | None:
    """Something is None: which, where the line names it."""
    if not scene.search(r"NoneType|value \(None\)|None values not supported"):
        return None
    seen = [
        node.id
        for node in scene.in_line()
        if isinstance(node, ast.Name) and scene.variables.get(node.id, 0) is None
    ]
    return {"name": ", ".join(f"`{name}`" for name in dict.fromkeys(seen)) or "..."}


def signature(scene: Scene) -> dict | None:
    """The learner's function does not take the arguments that the exercise gives."""
    called = scene.answer and scene.search(rf"{scene.answer}(\.\w+)?\(\)")
    wrong = scene.search(r"positional argument|unexpected keyword|multiple values")
    if not called or not wrong or scene.code:
        return None
    return {"answer": scene.answer}


def argument(scene: Scene) -> dict | None:
    """A function of the library got an argument that it does not have."""
    said = scene.search(r"unexpected keyword argument '(\w+)'")
    return {"name": said[1]} if said and scene.type == "TypeError" else None


def not_defined(scene: Scene) -> dict | None:
    said = scene.search(r"name '(\w+)' is not defined")
    if not said or scene.type not in ("NameError", "UnboundLocalError"):
        return None
    close = difflib.get_close_matches(said[1], scene.known, n=1, cutoff=0.75)
    return {"name": said[1], "close": close[0]} if close else None


def undefined(scene: Scene) -> dict | None:
    said = scene.search(r"name '(\w+)' is not defined")
    return {"name": said[1]} if said else None


def before_assignment(scene: Scene) -> dict | None:
    said = scene.search(r"local variable '(\w+)'")
    return {"name": said[1]} if said and scene.type == "UnboundLocalError" else None


def no_member(scene: Scene) -> dict | None:
    """A function that a module does not have, one with a similar name that it has."""
    said = scene.search(r"module '([\w.]+)' has no attribute '(\w+)'")
    if not said:
        return None
    import sys

    members = [m for m in dir(sys.modules.get(said[1])) if not m.startswith("_")]
    close = difflib.get_close_matches(said[2], members, n=1, cutoff=0.7)
    if not close:
        return None
    return {"module": said[1], "name": said[2], "close": close[0]}


def a_list(scene: Scene) -> dict | None:
    """A Python list where an array is needed."""
    said = scene.search(r"'(list|tuple)' object has no attribute '(\w+)'")
    if said and said[2] in ("shape", "dtype", "T", "ndim", "numpy", "reshape"):
        return {"type": said[1], "name": said[2]}
    return None


def own_attribute(scene: Scene) -> dict | None:
    """A layer that uses what it has not made."""
    said = scene.answer and scene.search(
        rf"'{scene.answer}' object has no attribute '(\w+)'"
    )
    return {"name": said[1]} if said else None


def unpacking(scene: Scene) -> dict | None:
    said = scene.search(r"too many values to unpack \(expected (\d+)")
    said = said or scene.search(r"not enough values to unpack \(expected (\d+)")
    return {"count": said[1]} if said else None


def missing_key(scene: Scene) -> dict | None:
    return {"entry": scene.message} if scene.type == "KeyError" else None


def list_index(scene: Scene) -> dict | None:
    said = scene.search(r"(list|string|tuple) (assignment )?index out of range")
    return {} if said and scene.type == "IndexError" else None


def recursion(scene: Scene) -> dict | None:
    return {} if scene.type == "RecursionError" else None


def by_zero(scene: Scene) -> dict | None:
    return {} if scene.type == "ZeroDivisionError" else None


KINDS = (
    changed_in_place,
    is_none,
    signature,
    argument,
    not_defined,
    undefined,
    before_assignment,
    no_member,
    a_list,
    own_attribute,
    unpacking,
    missing_key,
    list_index,
    recursion,
    by_zero,
)
