"""Transformer layers for Keras and TensorFlow, small enough to read.

Axes have full names everywhere: `batch`, `length` (or `query` and `key` where two
sequences meet), `head`, `head_dim`, `dim`, `units`, `vocabulary`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from transformer_tf.attention import (
    AdditiveAttention,
    LongformerAttention,
    MultiHeadAttention,
    RelativeAttention,
    blockwise_attention,
    causal_mask,
    padding_mask,
    scaled_dot_product_attention,
)
from transformer_tf.blocks import (
    DecoderBlock,
    EncoderBlock,
    FeedForward,
    GatedFeedForward,
    LongformerBlock,
    TransformerXLBlock,
)
from transformer_tf.embedding import (
    AdaptiveEmbedding,
    ALiBi,
    LearnedPositions,
    RelativePositionBias,
    RotaryPositions,
    SinusoidalPositions,
    TokenEmbedding,
)
from transformer_tf.generation import (
    AllowedSequences,
    BeamSearch,
    Buckets,
    Continuation,
    ContrastiveSearch,
    DraftModel,
    EpsilonCutoff,
    EtaCutoff,
    ForbiddenSequences,
    ForbiddenTokens,
    ForcedTokens,
    GenerationConfig,
    Greedy,
    LogitsProcessor,
    MinimumLength,
    MinP,
    NoRepeatNgrams,
    PrefixConstraint,
    PromptCache,
    PromptLookup,
    PublishedBeamSearch,
    RepetitionPenalty,
    Sample,
    Sampling,
    SequenceBias,
    Temperature,
    TopK,
    TopP,
    TypicalP,
    export_generation,
    generate,
    generate_beams,
    generate_samples,
    stream,
    trace_count,
)
from transformer_tf.heads import (
    AdaptiveSoftmaxHead,
    CausalLMHead,
    MaskedLMHead,
    MultipleChoiceHead,
    PretrainingHead,
    QuestionAnsweringHead,
    ReplacedTokenHead,
    Seq2SeqLMHead,
    SequenceClassificationHead,
    TokenClassificationHead,
)
from transformer_tf.models import (
    CausalLM,
    Decoder,
    Encoder,
    EncoderDecoder,
    MaskedLM,
    MultipleChoice,
    PretrainingModel,
    ReplacedTokenDetector,
    SegmentMemory,
    Seq2SeqLM,
    SequenceClassifier,
    SpanQuestionAnswerer,
    TokenClassifier,
    TransformerConfig,
    TransformerXL,
    albert_config,
    bart_config,
    bert_config,
    gpt2_config,
    led_config,
    llama_config,
    longformer_config,
    t5_config,
    transformer_xl_config,
)
from transformer_tf.objectives import (
    CosineSchedule,
    DistillationLoss,
    InverseSquareRootSchedule,
    LinearSchedule,
    Perplexity,
    ReplacedTokenLoss,
    TokenCrossEntropy,
    perplexity_of_text,
    replace_tokens,
)
from transformer_tf.recurrent import (
    GRUCell,
    LSTMCell,
    RNNCell,
)

if TYPE_CHECKING:
    from transformer_tf.checkpoints import from_pretrained, save_pretrained
    from transformer_tf.pipelines import pipeline
    from transformer_tf.text import (
        BytePairTokenizer,
        CharacterTokenizer,
        Tokenizer,
        UnigramTokenizer,
        WordPieceTokenizer,
        WordTokenizer,
    )

__version__ = "0.1.0"

# Text and files take longer to import than all the layers: they wait to be used.
_LATER = {
    "checkpoints": ("from_pretrained", "save_pretrained"),
    "pipelines": ("pipeline",),
    "text": (
        "BytePairTokenizer",
        "CharacterTokenizer",
        "Tokenizer",
        "UnigramTokenizer",
        "WordPieceTokenizer",
        "WordTokenizer",
    ),
}


def __getattr__(name: str) -> Any:
    for package, names in _LATER.items():
        if name == package or name in names:
            found = import_module(f"{__name__}.{package}")
            value = found if name == package else getattr(found, name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_LATER})


__all__ = [
    "AdaptiveEmbedding",
    "AdaptiveSoftmaxHead",
    "AdditiveAttention",
    "AllowedSequences",
    "BeamSearch",
    "Buckets",
    "BytePairTokenizer",
    "CausalLM",
    "CausalLMHead",
    "CharacterTokenizer",
    "Continuation",
    "ContrastiveSearch",
    "CosineSchedule",
    "Decoder",
    "DecoderBlock",
    "DistillationLoss",
    "Encoder",
    "EncoderBlock",
    "EncoderDecoder",
    "EpsilonCutoff",
    "EtaCutoff",
    "FeedForward",
    "ForbiddenSequences",
    "ForbiddenTokens",
    "ForcedTokens",
    "GRUCell",
    "GatedFeedForward",
    "GenerationConfig",
    "Greedy",
    "InverseSquareRootSchedule",
    "LSTMCell",
    "LearnedPositions",
    "ALiBi",
    "LinearSchedule",
    "LogitsProcessor",
    "LongformerAttention",
    "LongformerBlock",
    "MaskedLM",
    "MaskedLMHead",
    "MinP",
    "MinimumLength",
    "MultiHeadAttention",
    "MultipleChoice",
    "MultipleChoiceHead",
    "NoRepeatNgrams",
    "Perplexity",
    "PrefixConstraint",
    "DraftModel",
    "PretrainingHead",
    "PretrainingModel",
    "PromptCache",
    "PromptLookup",
    "PublishedBeamSearch",
    "QuestionAnsweringHead",
    "RNNCell",
    "RelativeAttention",
    "RelativePositionBias",
    "RepetitionPenalty",
    "ReplacedTokenDetector",
    "ReplacedTokenHead",
    "ReplacedTokenLoss",
    "RotaryPositions",
    "Sample",
    "Sampling",
    "Seq2SeqLM",
    "Seq2SeqLMHead",
    "SequenceBias",
    "SequenceClassificationHead",
    "SequenceClassifier",
    "SinusoidalPositions",
    "SpanQuestionAnswerer",
    "Temperature",
    "TokenClassificationHead",
    "TokenClassifier",
    "TokenCrossEntropy",
    "TokenEmbedding",
    "Tokenizer",
    "TopK",
    "TopP",
    "SegmentMemory",
    "TransformerConfig",
    "TransformerXL",
    "TransformerXLBlock",
    "TypicalP",
    "UnigramTokenizer",
    "WordPieceTokenizer",
    "WordTokenizer",
    "albert_config",
    "bart_config",
    "bert_config",
    "blockwise_attention",
    "causal_mask",
    "export_generation",
    "from_pretrained",
    "generate",
    "generate_beams",
    "generate_samples",
    "gpt2_config",
    "led_config",
    "llama_config",
    "longformer_config",
    "padding_mask",
    "perplexity_of_text",
    "pipeline",
    "replace_tokens",
    "save_pretrained",
    "scaled_dot_product_attention",
    "stream",
    "t5_config",
    "transformer_xl_config",
    "trace_count",
]
