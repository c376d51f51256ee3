"""Embedding: what a token is and where it stands, as vectors, angles and biases."""

from transformer_tf.embedding.adaptive import AdaptiveEmbedding
from transformer_tf.embedding.alibi import ALiBi
from transformer_tf.embedding.learned import LearnedPositions
from transformer_tf.embedding.relative_bias import RelativePositionBias
from transformer_tf.embedding.rotary import RotaryPositions
from transformer_tf.embedding.sinusoidal import SinusoidalPositions
from transformer_tf.embedding.tokens import TokenEmbedding

__all__ = [
    "AdaptiveEmbedding",
    "LearnedPositions",
    "ALiBi",
    "RelativePositionBias",
    "RotaryPositions",
    "SinusoidalPositions",
    "TokenEmbedding",
]
