"""A small causal language model of public layers, for the tests of training help."""

import keras
import numpy as np

import transformer_tf
from transformer_tf.objectives import causal_shift
from transformer_tf.training import Rematerialized

VOCABULARY, LENGTH, DIM = 13, 9, 16


def tiny_model(dropout=0.0, blocks=2, wrap=lambda block: block, dtype=None, seed=4):
    """[batch, length] ids -> [batch, length, vocabulary] logits."""
    keras.utils.set_random_seed(seed)
    ids = keras.Input((None,), dtype="int32")
    embedding = transformer_tf.TokenEmbedding(
        VOCABULARY, DIM, padding_id=0, dtype=dtype
    )
    x = embedding(ids)
    x = transformer_tf.SinusoidalPositions(dtype=dtype)(x)
    for number in range(blocks):
        block = transformer_tf.DecoderBlock(
            2,
            2 * DIM,
            dropout=dropout,
            attention_dropout=dropout,
            dtype=dtype,
            name=f"block_{number}",
        )
        x = wrap(block)(x)
    return keras.Model(ids, keras.layers.Dense(VOCABULARY, dtype=dtype)(x))


def tiny_data(rows, rng, shortest=3):
    """Ids and targets: each token is the one before plus the row's step; padded."""
    start, step = rng.integers(0, VOCABULARY - 1, (2, rows, 1))
    ids = 1 + (start + step * np.arange(LENGTH + 1)) % (VOCABULARY - 1)
    lengths = rng.integers(shortest, LENGTH + 2, (rows, 1))
    ids = np.where(np.arange(LENGTH + 1) < lengths, ids, 0)
    inputs, targets = causal_shift(ids)
    return inputs.numpy(), targets.numpy()


def rematerialized(block):
    return Rematerialized(
        block, name=f"rematerialized_{block.name}", dtype=block.dtype_policy
    )
