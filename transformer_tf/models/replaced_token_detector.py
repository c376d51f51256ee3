"""Replaced token detector: an encoder that says which tokens were exchanged."""

from typing import Any

import keras

from transformer_tf.blocks.activation import serialize_activation
from transformer_tf.heads import ReplacedTokenHead
from transformer_tf.models.headed import ENCODER_INPUTS, HeadedModel


@keras.saving.register_keras_serializable(package="transformer_tf")
class ReplacedTokenDetector(HeadedModel):
    """Scores each token as one that a generator has put in (ELECTRA's discriminator).

    Args:
        body: A `TransformerConfig`, such as `bert_config()`, or an `Encoder`.
        activation: Of a transformation before the scores; the body's when None.

    Call:
        inputs: [batch, length] ids, or a dict with
        ids: [batch, length] integers in [0, vocabulary_size),
        padding_mask: [batch, length] booleans, True for real tokens (optional),
        positions: [batch, length] integers (optional),
        attention_mask: [batch, query, key] booleans (optional),
        segments: [batch, length] integers, which of the texts packed in a row each
            token belongs to (optional),
        embeddings: [batch, length, dim] floats in place of ids,
        token_types: [batch, length] integers (optional).

    Returns:
        [batch, length] floats: logits, positive for replaced tokens; what
        `ReplacedTokenLoss` takes.

    Raises:
        ValueError, TypeError: as in `Encoder`; an input of another name.

    Example:
        >>> sizes = {"dim": 16, "num_layers": 2, "num_heads": 4}
        >>> config = bert_config(vocabulary_size=100, max_length=32, **sizes)
        >>> print(ReplacedTokenDetector(config)(np.array([[5, 17, 2, 9]])).shape)
        (1, 4)

    Source: https://arxiv.org/abs/2003.10555, section 2.
    """

    inputs_by_name = ENCODER_INPUTS

    def __init__(self, body: Any, activation: Any = None, **kwargs):
        super().__init__(body, **kwargs)
        self.head = ReplacedTokenHead(
            self.config.activation if activation is None else activation,
            kernel_initializer=self.config.initializer(),
            dtype=self.dtype_policy,
            name="head",
        )
        self.activation = activation

    def call(self, inputs, training=None):
        return self.head(self.hidden_states(self.name_inputs(inputs), training))

    def get_config(self):
        activation = serialize_activation(self.activation)
        return {**super().get_config(), "activation": activation}
