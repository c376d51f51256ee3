"""Python reads this first in every process that a test starts: see tests/conftest.py.

Where they are installed, TensorFlow imports JAX for a converter, Keras matplotlib for
two galleries, and jsonschema builds a grammar of web addresses: together they take as
long as the rest. Each does without, and no test needs any of it.
"""

import importlib.abc
import sys

# What is imported -> by whom in vain.
IN_VAIN = {
    "jax": ("tensorflow.lite.python.util", "keras.src.callbacks.orbax_checkpoint"),
    "matplotlib": (
        "keras.src.visualization.plot_image_gallery",
        "keras.src.visualization.plot_bounding_box_gallery",
    ),
    "rfc3987_syntax": ("jsonschema._format",),
}


class NotInVain(importlib.abc.MetaPathFinder):
    """Finds nothing, and hides what is imported in vain from those who import it."""

    def find_spec(self, name, path=None, target=None):
        if name in IN_VAIN and importer() in IN_VAIN[name]:
            raise ModuleNotFoundError(f"{name} is not imported here", name=name)


def importer():
    """The name of the module that is importing."""
    frame = sys._getframe(2)
    while frame.f_globals.get("__name__", "").startswith("importlib."):
        frame = frame.f_back
    return frame.f_globals.get("__name__", "")


sys.meta_path.insert(0, NotInVain())
