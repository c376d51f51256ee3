"""The errors of an installation, said in one line before they become tracebacks."""

import importlib.util
import os

from course.errors import CourseError


def refuse_other_surroundings() -> None:
    """Raises CourseError if TensorFlow is missing or Keras runs on something else."""
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise CourseError(
            f"the course runs on Keras with TensorFlow; KERAS_BACKEND is {backend}: "
            "unset it or set it to tensorflow, and start Python anew"
        )
    if importlib.util.find_spec("tensorflow") is None:
        raise CourseError(
            "TensorFlow is not installed here: pip install 'transformer_tf[course]'"
        )
