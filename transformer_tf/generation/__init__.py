"""Generation: choosing the next token, again and again, in one compiled program."""

from transformer_tf.generation.buckets import Buckets
from transformer_tf.generation.compiled import trace_count
from transformer_tf.generation.exporting import export_generation
from transformer_tf.generation.generate import (
    generate,
    generate_beams,
    generate_samples,
    stream,
)
from transformer_tf.generation.generation_config import GenerationConfig
from transformer_tf.generation.processors import (
    AllowedSequences,
    EpsilonCutoff,
    EtaCutoff,
    ForbiddenSequences,
    ForbiddenTokens,
    ForcedTokens,
    LogitsProcessor,
    MinimumLength,
    MinP,
    NoRepeatNgrams,
    PrefixConstraint,
    RepetitionPenalty,
    SequenceBias,
    Temperature,
    TopK,
    TopP,
    TypicalP,
)
from transformer_tf.generation.prompt_cache import PromptCache
from transformer_tf.generation.results import Continuation, Sample
from transformer_tf.generation.strategies import (
    BeamSearch,
    ContrastiveSearch,
    DraftModel,
    Greedy,
    PromptLookup,
    PublishedBeamSearch,
    Sampling,
)

__all__ = [
    "AllowedSequences",
    "BeamSearch",
    "Continuation",
    "ContrastiveSearch",
    "DraftModel",
    "EpsilonCutoff",
    "EtaCutoff",
    "ForbiddenSequences",
    "ForbiddenTokens",
    "ForcedTokens",
    "GenerationConfig",
    "Greedy",
    "Buckets",
    "LogitsProcessor",
    "MinP",
    "MinimumLength",
    "NoRepeatNgrams",
    "PrefixConstraint",
    "PromptCache",
    "PromptLookup",
    "PublishedBeamSearch",
    "RepetitionPenalty",
    "Sample",
    "Sampling",
    "SequenceBias",
    "Temperature",
    "TopK",
    "TopP",
    "TypicalP",
    "export_generation",
    "generate",
    "generate_beams",
    "generate_samples",
    "stream",
    "trace_count",
]
