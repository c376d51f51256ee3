"""The errors of an installation, said in one line before they become tracebacks."""

import importlib.util
import os
import sys

from course.errors import CourseError

_OF_THE_COURSE = ("babel", "nbgrader", "jupytext", "matplotlib")


def start_quickly() -> None:
    """Keeps `nbformat` from loading what takes longer than all else that it needs.

    Its checker of schemas, jsonschema, builds the grammar of internationalized web
    addresses, in a second or more, and does without where it is not installed: no
    notebook's schema has such addresses.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def check_environment() -> None:
    """Raises CourseError if what the course stands on is missing, or Keras runs on
    something else than TensorFlow.
    """
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise CourseError(
            f"the course runs on Keras with TensorFlow; KERAS_BACKEND is {backend}: "
            "unset it or set it to tensorflow, and restart Python"
        )
    if importlib.util.find_spec("tensorflow") is None:
        raise CourseError(
            "TensorFlow is not installed here: pip install 'transformer_tf[course]'"
        )
    missing = [name for name in _OF_THE_COURSE if not importlib.util.find_spec(name)]
    if missing:
        raise CourseError(
            f"the course's own packages are not installed here ({', '.join(missing)}): "
            "pip install 'transformer_tf[course]'"
        )
