"""Logits processors: rules that the next token must obey, applied in a chain."""

from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor
from transformer_tf.generation.processors.forbidden_tokens import ForbiddenTokens
from transformer_tf.generation.processors.forced_tokens import ForcedTokens
from transformer_tf.generation.processors.min_p import MinP
from transformer_tf.generation.processors.minimum_length import MinimumLength
from transformer_tf.generation.processors.no_repeat_ngrams import NoRepeatNgrams
from transformer_tf.generation.processors.repetition_penalty import RepetitionPenalty
from transformer_tf.generation.processors.temperature import Temperature
from transformer_tf.generation.processors.top_k import TopK
from transformer_tf.generation.processors.top_p import TopP

__all__ = [
    "FORBIDDEN",
    "ForbiddenTokens",
    "ForcedTokens",
    "LogitsProcessor",
    "MinP",
    "MinimumLength",
    "NoRepeatNgrams",
    "RepetitionPenalty",
    "Temperature",
    "TopK",
    "TopP",
]
