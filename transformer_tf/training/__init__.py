"""Training help: larger batches and models than the memory of one device holds.

Neither layers nor objectives know of it, and it knows of both only what Keras promises
of any layer and any loss; so it stands beside them. `accumulate_gradients` is
TensorFlow's own and loaded on first use.

`loop` is a training that can be killed and goes on: with batches of files and a
configuration in `command` (`python -m transformer_tf.train`), with a model and batches
of its own in any script.
"""

from importlib import import_module

from transformer_tf.blocks.recompute_call import recompute_call
from transformer_tf.training.layout import new_layout_map
from transformer_tf.training.rematerialized import Rematerialized

__all__ = [
    "Rematerialized",
    "accumulate_gradients",
    "new_layout_map",
    "recompute_call",
]


def __getattr__(name):
    if name != "accumulate_gradients":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.accumulation"), name)


def __dir__():
    return __all__
