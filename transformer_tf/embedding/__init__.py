"""Embedding: what a token is and where it stands, as vectors, angles and biases."""

from transformer_tf.embedding.learned import LearnedPositions
from transformer_tf.embedding.linear_bias import LinearPositionBias
from transformer_tf.embedding.relative_bias import RelativePositionBias
from transformer_tf.embedding.rotary import RotaryPositions
from transformer_tf.embedding.sinusoidal import SinusoidalPositions
from transformer_tf.embedding.tokens import TokenEmbedding

__all__ = [
    "LearnedPositions",
    "LinearPositionBias",
    "RelativePositionBias",
    "RotaryPositions",
    "SinusoidalPositions",
    "TokenEmbedding",
]
