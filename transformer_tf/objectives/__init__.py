"""Objectives: what is hidden, what is asked for, and how wrong an answer is.

The functions that corrupt, shift and pack are TensorFlow's own, for `Dataset.map`, and
are loaded on first use, so that the losses, metrics and schedules need no TensorFlow.
They draw all randomness from the seed they are given: the same dataset gives the same
batches, and `Dataset.enumerate` gives every element (and, after `repeat`, every epoch)
its own draws:

    dataset = dataset.repeat(epochs).enumerate().map(
        lambda step, ids: mask_tokens(ids, (7, step), vocabulary_size=..., mask_id=...)
    )

Where nothing is to be predicted the targets hold `IGNORED`, and the losses and metrics
here leave those places out.
"""

from importlib import import_module

from transformer_tf.objectives.cosine_schedule import CosineSchedule
from transformer_tf.objectives.distillation_loss import DistillationLoss
from transformer_tf.objectives.inverse_square_root_schedule import (
    InverseSquareRootSchedule,
)
from transformer_tf.objectives.linear_schedule import LinearSchedule
from transformer_tf.objectives.long_text import perplexity_of_text
from transformer_tf.objectives.perplexity import Perplexity
from transformer_tf.objectives.replaced_token_loss import ReplacedTokenLoss
from transformer_tf.objectives.replaced_tokens import replace_tokens
from transformer_tf.objectives.targets import IGNORED
from transformer_tf.objectives.token_cross_entropy import TokenCrossEntropy

__all__ = [
    "IGNORED",
    "CosineSchedule",
    "DistillationLoss",
    "InverseSquareRootSchedule",
    "LinearSchedule",
    "Perplexity",
    "ReplacedTokenLoss",
    "TokenCrossEntropy",
    "causal_shift",
    "corrupt_spans",
    "infill_text",
    "mask_tokens",
    "pack_predictions",
    "perplexity_of_text",
    "replace_tokens",
    "teacher_forcing_shift",
]

_ON_FIRST_USE = {
    "causal_shift": "shifts",
    "corrupt_spans": "span_corruption",
    "infill_text": "text_infilling",
    "mask_tokens": "masked_tokens",
    "pack_predictions": "packed_predictions",
    "teacher_forcing_shift": "shifts",
}


def __getattr__(name):
    if name not in _ON_FIRST_USE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ON_FIRST_USE[name]}"), name)


def __dir__():
    return __all__
