"""Sequence classifier: one label for a whole text."""

import keras

from transformer_tf.blocks.activation import serialize_activation
from transformer_tf.heads import SequenceClassificationHead
from transformer_tf.models.global_positions import first_position
from transformer_tf.models.headed import ENCODER_INPUTS, HeadedModel


@keras.saving.register_keras_serializable(package="transformer_tf")
class SequenceClassifier(HeadedModel):
    """Scores every class for each text.

    Args:
        body: A `TransformerConfig`, such as `bert_config()`, or an `Encoder`.
        num_classes: Number of classes; 1 for a regression.
        pooling: Which vector stands for the text: `first`, `last` or `mean`.
        activation: Of a transformation before the scores; None leaves it out.

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
        global_attention_mask: [batch, length] booleans, for a config with
            `global_attention` (optional: the first position).

    Returns:
        [batch, class] floats: logits.

    Raises:
        ValueError, TypeError: as in `Encoder`; an input of another name.

    Source: https://arxiv.org/abs/1810.04805, section 4.1.
    """

    inputs_by_name = ENCODER_INPUTS

    def __init__(self, body, num_classes, pooling="first", activation="tanh", **kwargs):
        super().__init__(body, **kwargs)
        self.head = SequenceClassificationHead(
            num_classes,
            pooling=pooling,
            activation=activation,
            dropout=self.config.dropout,
            kernel_initializer=self.config.initializer(),
            dtype=self.dtype_policy,
            name="head",
        )
        self.num_classes = self.head.num_classes
        self.pooling = pooling
        self.activation = activation

    def call(self, inputs, training=None):
        x = self.body(**self.named(inputs), training=training)
        return self.head(x, training=training)

    def global_positions(self, ids):
        return None if ids is None else first_position(ids)

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "pooling": self.pooling,
            "activation": serialize_activation(self.activation),
        }
