"""Masked LM head: which token stood where the mask stands now."""

from typing import Any

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import check_flag, check_positive, check_size
from transformer_tf.blocks.activation import activation_named, serialize_activation
from transformer_tf.blocks.normalization import make_normalization
from transformer_tf.heads.scoring import ScoringHead
from transformer_tf.initializers import check_initializer, serialize_initializer
from transformer_tf.keras_internals import get_keras_mask, set_keras_mask
from transformer_tf.projection import new_projection


@keras.saving.register_keras_serializable(package="transformer_tf")
class MaskedLMHead(ScoringHead):
    """Transforms hidden states once more and scores every token at their place.

    Args:
        vocabulary_size: Number of tokens.
        activation: Of the transformation.
        epsilon: Of its normalisation.
        use_bias: Whether each token has a bias.
        kernel_initializer: Initializer of kernel and table.

    Call:
        x: [batch, length, dim] floats.
        table: [vocabulary, width] floats: the embedding's table, to tie the two; the
            transformation then leads to its width. When left out the head has a table
            of its own.
        mask_positions: [batch, masked] integers: score these positions alone. The loss
            needs no others, and most of the work is here.

    Returns:
        [batch, length or masked, vocabulary] floats: logits.

    Raises:
        ValueError: the table does not fit, or no such activation.

    Example:
        >>> head = MaskedLMHead(vocabulary_size=100)
        >>> x = keras.random.normal((2, 7, 8))
        >>> print(head(x, mask_positions=np.array([[1, 4], [2, 3]])).shape)
        (2, 2, 100)

    Source: https://arxiv.org/abs/1810.04805, section 3.1 and appendix A.
    """

    def __init__(
        self,
        vocabulary_size: int,
        activation: Any = "gelu",
        epsilon: float = 1e-12,
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.activate = activation_named(activation)
        self.vocabulary_size = check_size("vocabulary_size", vocabulary_size)
        self.activation = activation
        self.epsilon = check_positive("epsilon", epsilon)
        self.use_bias = check_flag("use_bias", use_bias)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.supports_masking = True

    def build(self, x_shape, table_shape=None, mask_positions_shape=None):
        width = x_shape[-1] if table_shape is None else table_shape[-1]
        self.transform = new_projection(self, "transform", x_shape, width)
        self.norm = make_normalization("layer", self.epsilon, self.dtype_policy, "norm")
        self.norm.build((*x_shape[:-1], width))
        self._build_scoring(width, table_shape)

    def call(self, x, table=None, mask_positions=None):
        real = get_keras_mask(x)
        if mask_positions is not None:
            x = ops.take_along_axis(x, ops.expand_dims(mask_positions, -1), axis=1)
        logits = self._score(self.norm(self.activate(self.transform(x))), table)
        if mask_positions is not None and real is not None:
            set_keras_mask(logits, ops.take_along_axis(real, mask_positions, axis=1))
        return logits

    def compute_output_shape(
        self, x_shape, table_shape=None, mask_positions_shape=None
    ):
        length = (mask_positions_shape or x_shape)[1]
        return x_shape[0], length, self.vocabulary_size

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "activation": serialize_activation(self.activation),
            "epsilon": self.epsilon,
            "use_bias": self.use_bias,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
        }
