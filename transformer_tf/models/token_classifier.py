"""Token classifier: a label for each token."""

from typing import Any

import keras

from transformer_tf.heads import TokenClassificationHead
from transformer_tf.models.decoder import Decoder
from transformer_tf.models.encoder_decoder import EncoderDecoder
from transformer_tf.models.headed import ENCODER_INPUTS, HeadedModel


@keras.saving.register_keras_serializable(package="transformer_tf")
class TokenClassifier(HeadedModel):
    """Scores every class for each token.

    Args:
        body: A `TransformerConfig`, such as `bert_config()`, or an `Encoder`, a
            `Decoder` or an `EncoderDecoder`, which reads the text on both sides.
        num_classes: Number of classes.

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
        [batch, length, class] floats: logits. Keras' losses leave padding out.

    Raises:
        ValueError, TypeError: as in `Encoder`; an input of another name.

    Example:
        >>> sizes = {"dim": 16, "num_layers": 2, "num_heads": 4}
        >>> config = bert_config(vocabulary_size=100, max_length=32, **sizes)
        >>> model = TokenClassifier(config, num_classes=5)
        >>> print(model(np.array([[5, 17, 2, 9], [8, 3, 0, 0]])).shape)
        (2, 4, 5)

    Source: https://arxiv.org/abs/1810.04805, section 5.3.
    """

    inputs_by_name = ENCODER_INPUTS
    other_bodies = (Decoder, EncoderDecoder)

    def __init__(self, body: Any, num_classes: int, **kwargs):
        super().__init__(body, **kwargs)
        self.head = TokenClassificationHead(
            num_classes,
            dropout=self.config.dropout,
            kernel_initializer=self.config.initializer(),
            dtype=self.dtype_policy,
            name="head",
        )
        self.num_classes = self.head.num_classes

    def call(self, inputs, training=None):
        x = self.hidden_states(self.name_inputs(inputs), training)
        return self.head(x, training=training)

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}
