"""Transformer layers for Keras and TensorFlow, small enough to read.

Axes have full names everywhere: `batch`, `length` (or `query` and `key` where two
sequences meet), `head`, `head_dim`, `dim`, `units`, `vocabulary`.
"""

from transformer_tf.attention import (
    AdditiveAttention,
    MultiHeadAttention,
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
)
from transformer_tf.embedding import (
    LearnedPositions,
    LinearPositionBias,
    RelativePositionBias,
    RotaryPositions,
    SinusoidalPositions,
    TokenEmbedding,
)
from transformer_tf.objectives import (
    CosineSchedule,
    DistillationLoss,
    InverseSquareRootSchedule,
    LinearSchedule,
    Perplexity,
    ReplacedTokenLoss,
    TokenCrossEntropy,
    replace_tokens,
)
from transformer_tf.recurrent import GRUCell, LSTMCell, RNNCell

__version__ = "0.1.0"

__all__ = [
    "AdditiveAttention",
    "CosineSchedule",
    "DecoderBlock",
    "DistillationLoss",
    "EncoderBlock",
    "FeedForward",
    "GRUCell",
    "GatedFeedForward",
    "InverseSquareRootSchedule",
    "LSTMCell",
    "LearnedPositions",
    "LinearPositionBias",
    "LinearSchedule",
    "MultiHeadAttention",
    "Perplexity",
    "RNNCell",
    "RelativePositionBias",
    "ReplacedTokenLoss",
    "RotaryPositions",
    "SinusoidalPositions",
    "TokenCrossEntropy",
    "TokenEmbedding",
    "blockwise_attention",
    "causal_mask",
    "padding_mask",
    "replace_tokens",
    "scaled_dot_product_attention",
]
