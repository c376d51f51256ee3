"""Pretraining head: hidden tokens, and whether two texts belong together."""

from typing import Any

import keras

from transformer_tf.annotations import Initializer
from transformer_tf.blocks.activation import serialize_activation
from transformer_tf.heads.masked_lm import MaskedLMHead
from transformer_tf.heads.sequence_classification import SequenceClassificationHead
from transformer_tf.initializers import initializer_for, serialize_initializer
from transformer_tf.layer import Layer


@keras.saving.register_keras_serializable(package="transformer_tf")
class PretrainingHead(Layer):
    """A masked LM head and a classifier of sentence pairs on the same hidden states.

    Args:
        vocabulary_size: Number of tokens.
        activation: Of the masked LM head's transformation.
        epsilon: Of its normalisation.
        use_bias: Whether each token has a bias.
        dropout: Share of features dropped before the pair is classified, in [0, 1).
        kernel_initializer: Kernel initializer, also of the head's own table.

    Call:
        x: [batch, length, dim] floats.
        table: [vocabulary, width] floats: the embedding's table, to tie the two.
        mask_positions: [batch, masked] integers: score tokens at these positions alone.

    Returns:
        tokens: [batch, length or masked, vocabulary] floats: logits.
        pair: [batch, 2] floats: logits; 0 means that the second text follows the first
            (BERT), or that the two stand in their order (ALBERT).

    Raises:
        ValueError: the table does not fit, or an argument is outside its range.

    Example:
        >>> head = PretrainingHead(vocabulary_size=100)
        >>> tokens, pair = head(keras.random.normal((2, 7, 8)))
        >>> print(tokens.shape, pair.shape)
        (2, 7, 100) (2, 2)

    Source: https://arxiv.org/abs/1810.04805, section 3.1; sentence order
    https://arxiv.org/abs/1909.11942, section 3.1.
    """

    def __init__(
        self,
        vocabulary_size: int,
        activation: Any = "gelu",
        epsilon: float = 1e-12,
        use_bias: bool = True,
        dropout: float = 0.0,
        kernel_initializer: Initializer = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        shared = {
            "kernel_initializer": kernel_initializer,
            "dtype": self.dtype_policy,
        }
        self.masked_lm = MaskedLMHead(
            vocabulary_size, activation, epsilon, use_bias, name="masked_lm", **shared
        )
        # A seed of its own: an object would start both heads' kernels alike.
        shared["kernel_initializer"] = initializer_for(
            self.masked_lm.kernel_initializer, "pair"
        )
        self.pair = SequenceClassificationHead(
            2, dropout=dropout, name="pair", **shared
        )
        self.vocabulary_size = self.masked_lm.vocabulary_size
        self.activation = activation
        self.epsilon = self.masked_lm.epsilon
        self.use_bias = self.masked_lm.use_bias
        self.dropout = self.pair.dropout
        self.kernel_initializer = self.masked_lm.kernel_initializer
        self.supports_masking = True

    def build(self, x_shape, table_shape=None, mask_positions_shape=None):
        self.masked_lm.build(x_shape, table_shape)
        self.pair.build(x_shape)

    def call(self, x, table=None, mask_positions=None, training=None):
        tokens = self.masked_lm(x, table=table, mask_positions=mask_positions)
        return tokens, self.pair(x, training=training)

    def compute_output_shape(
        self, x_shape, table_shape=None, mask_positions_shape=None
    ):
        tokens = self.masked_lm.compute_output_shape(
            x_shape, mask_positions_shape=mask_positions_shape
        )
        return tokens, (x_shape[0], 2)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "activation": serialize_activation(self.activation),
            "epsilon": self.epsilon,
            "use_bias": self.use_bias,
            "dropout": self.dropout,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
        }
