"""Masked language model: an encoder that fills in what was hidden."""

from typing import Any

import keras

from transformer_tf.heads import MaskedLMHead
from transformer_tf.models.headed import ENCODER_INPUTS, HeadedModel


@keras.saving.register_keras_serializable(package="transformer_tf")
class MaskedLM(HeadedModel):
    """Scores every token at masked positions.

    Args:
        body: A `TransformerConfig`, such as `bert_config()`, or an `Encoder`.
        activation: Of the transformation before the scores; the body's when None.

    Call:
        inputs: [batch, length] ids, or a dict with
        ids: [batch, length] integers in [0, vocabulary_size),
        padding_mask: [batch, length] booleans, True for real tokens (optional),
        positions: [batch, length] integers (optional),
        attention_mask: [batch, query, key] booleans (optional),
        segments: [batch, length] integers, which of the texts packed in a row each
            token belongs to (optional),
        embeddings: [batch, length, dim] floats in place of ids,
        token_types: [batch, length] integers (optional),
        mask_positions: [batch, masked] integers: score these alone (optional).

    Returns:
        [batch, length or masked, vocabulary] floats: logits.

    Raises:
        ValueError, TypeError: as in `Encoder`; an input of another name.

    Example:
        >>> sizes = {"dim": 16, "num_layers": 2, "num_heads": 4}
        >>> model = MaskedLM(bert_config(vocabulary_size=100, max_length=32, **sizes))
        >>> ids = np.array([[5, 4, 2, 9]])  # 4 is the mask
        >>> print(model({"ids": ids, "mask_positions": np.array([[1]])}).shape)
        (1, 1, 100)

    Source: https://arxiv.org/abs/1810.04805, section 3.1.
    """

    inputs_by_name = (*ENCODER_INPUTS, "mask_positions")

    def __init__(self, body: Any, activation: Any = None, **kwargs):
        super().__init__(body, **kwargs)
        config = self.config
        self.head = MaskedLMHead(
            config.vocabulary_size,
            activation=config.activation if activation is None else activation,
            epsilon=config.epsilon,
            use_bias=config.logit_bias,
            kernel_initializer=config.initializer(),
            dtype=self.dtype_policy,
            name="head",
        )

        self.activation = activation

    def build_head(self, hidden_shape):
        table = tuple(self.body.table.shape) if self.config.tied else None
        self.head.build(hidden_shape, table)

    def head_shape(self, shapes, hidden_shape):
        return self.head.compute_output_shape(
            hidden_shape, mask_positions_shape=shapes.get("mask_positions")
        )

    def call(self, inputs, training=None):
        inputs = self.name_inputs(inputs)
        mask_positions = inputs.pop("mask_positions", None)
        return self.head(
            self.body(**inputs, training=training),
            table=self.body.table if self.config.tied else None,
            mask_positions=mask_positions,
        )

    def get_config(self):
        return {**super().get_config(), "activation": self.activation}
