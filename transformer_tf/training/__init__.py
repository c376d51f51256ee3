"""Training help: larger batches and deeper models than the memory holds.

Neither layers nor objectives know of it, and it knows of both only what Keras promises
of any layer and any loss; so it stands beside them. `accumulated_gradients` is
TensorFlow's own and loaded on first use.
"""

from importlib import import_module

from transformer_tf.blocks.recomputed_call import recomputed_call
from transformer_tf.training.rematerialized import Rematerialized

__all__ = ["Rematerialized", "accumulated_gradients", "recomputed_call"]


def __getattr__(name):
    if name != "accumulated_gradients":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.accumulation"), name)


def __dir__():
    return __all__
