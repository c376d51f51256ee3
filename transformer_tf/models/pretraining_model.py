"""Pretraining model: hidden tokens and pairs of sentences, learnt together."""

from typing import Any

import keras

from transformer_tf.heads import PretrainingHead
from transformer_tf.models.headed import ENCODER_INPUTS, HeadedModel


@keras.saving.register_keras_serializable(package="transformer_tf")
class PretrainingModel(HeadedModel):
    """Scores tokens at masked positions, and whether two sentences belong together.

    What BERT was pretrained with (the next sentence) and ALBERT (the sentences' order).

    Args:
        body: A `TransformerConfig`, such as `bert_config()`, or an `Encoder`.

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
        tokens: [batch, length or masked, vocabulary] floats: logits.
        pair: [batch, 2] floats: logits; 0 for "is next", or "in order".

    Raises:
        ValueError, TypeError: as in `Encoder`; an input of another name.

    Example:
        >>> sizes = {"dim": 16, "num_layers": 2, "num_heads": 4}
        >>> config = bert_config(vocabulary_size=100, max_length=32, **sizes)
        >>> model = PretrainingModel(config)
        >>> ids, types = np.array([[5, 17, 2, 9]]), np.array([[0, 0, 1, 1]])
        >>> tokens, pair = model({"ids": ids, "token_types": types})
        >>> print(tokens.shape, pair.shape)
        (1, 4, 100) (1, 2)

    Source: https://arxiv.org/abs/1810.04805, section 3.1; sentence order
    https://arxiv.org/abs/1909.11942, section 3.1.
    """

    inputs_by_name = (*ENCODER_INPUTS, "mask_positions")

    def __init__(self, body: Any, **kwargs):
        super().__init__(body, **kwargs)
        config = self.config
        self.head = PretrainingHead(
            config.vocabulary_size,
            activation=config.activation,
            epsilon=config.epsilon,
            use_bias=config.logit_bias,
            dropout=config.dropout,
            kernel_initializer=config.initializer(),
            dtype=self.dtype_policy,
            name="head",
        )

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
            training=training,
        )
