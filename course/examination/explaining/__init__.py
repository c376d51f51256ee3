"""What a common error means, in the learner's own terms: the shapes and names at hand.

Each kind of error is a function from a `Scene` to the details of its text
(`engine.error.KIND`), or None where it is another error. Nothing is guessed: a kind
speaks only where what it says has been seen.
"""

from course.examination.explaining import graphs, names, shapes
from course.examination.explaining.scene import Scene

KINDS = {
    function.__name__: function
    for module in (graphs, shapes, names)  # the particular before the general
    for function in module.KINDS
}


def explain(scene: Scene) -> tuple[str, dict[str, str]]:
    """The kind of an error and the details of its text; ("", {}) if it has none."""
    for name, kind in KINDS.items():
        details = kind(scene)
        if details is not None:
            return name, {key: str(value)[:120] for key, value in details.items()}
    return "", {}


__all__ = ["KINDS", "Scene", "explain"]
