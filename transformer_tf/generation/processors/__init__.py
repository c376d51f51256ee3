"""Logits processors: rules that the next token must obey, applied in a chain."""

from transformer_tf.generation.processors.allowed_sequences import AllowedSequences
from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor
from transformer_tf.generation.processors.epsilon_cutoff import EpsilonCutoff
from transformer_tf.generation.processors.eta_cutoff import EtaCutoff
from transformer_tf.generation.processors.forbidden_sequences import ForbiddenSequences
from transformer_tf.generation.processors.forbidden_tokens import ForbiddenTokens
from transformer_tf.generation.processors.forced_tokens import ForcedTokens
from transformer_tf.generation.processors.min_p import MinP
from transformer_tf.generation.processors.minimum_length import MinimumLength
from transformer_tf.generation.processors.no_repeat_ngrams import NoRepeatNgrams
from transformer_tf.generation.processors.prefix_constraint import PrefixConstraint
from transformer_tf.generation.processors.repetition_penalty import RepetitionPenalty
from transformer_tf.generation.processors.sequence_bias import SequenceBias
from transformer_tf.generation.processors.temperature import Temperature
from transformer_tf.generation.processors.top_k import TopK
from transformer_tf.generation.processors.top_p import TopP
from transformer_tf.generation.processors.typical_p import TypicalP

__all__ = [
    "FORBIDDEN",
    "AllowedSequences",
    "EpsilonCutoff",
    "EtaCutoff",
    "ForbiddenSequences",
    "ForbiddenTokens",
    "ForcedTokens",
    "LogitsProcessor",
    "MinP",
    "MinimumLength",
    "NoRepeatNgrams",
    "PrefixConstraint",
    "RepetitionPenalty",
    "SequenceBias",
    "Temperature",
    "TopK",
    "TopP",
    "TypicalP",
]
