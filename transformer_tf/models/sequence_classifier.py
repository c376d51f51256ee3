"""Sequence classifier: one label for a whole text."""

from typing import Any

import keras

from transformer_tf.arguments import check_id
from transformer_tf.attention.implicit_mask import implicit_mask
from transformer_tf.blocks.activation import serialize_activation
from transformer_tf.heads import SequenceClassificationHead
from transformer_tf.models.decoder import Decoder
from transformer_tf.models.encoder_decoder import EncoderDecoder
from transformer_tf.models.global_positions import first_position
from transformer_tf.models.headed import ENCODER_INPUTS, HeadedModel
from transformer_tf.models.same_text import mark_last


@keras.saving.register_keras_serializable(package="transformer_tf")
class SequenceClassifier(HeadedModel):
    """Scores every class for each text.

    Args:
        body: A `TransformerConfig`, such as `bert_config()`, or an `Encoder`, a
            `Decoder` (with `pooling="last"`: only the last token has read all) or an
            `EncoderDecoder`, which reads the text on both sides.
        num_classes: Number of classes; 1 for a regression.
        pooling: Which vector stands for the text: `first`, `last` or `mean`.
        activation: Of a transformation before the scores; None leaves it out.
        use_bias: Whether the scores have a bias.
        end_id: With `pooling="last"`: the id of an end token, the last of which is
            meant; the last real token when None.

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

    Example:
        >>> sizes = {"dim": 16, "num_layers": 2, "num_heads": 4}
        >>> config = bert_config(vocabulary_size=100, max_length=32, **sizes)
        >>> model = SequenceClassifier(config, num_classes=3)
        >>> print(model(np.array([[5, 17, 2, 9], [8, 3, 0, 0]])).shape)
        (2, 3)

    Source: https://arxiv.org/abs/1810.04805, section 4.1.
    """

    inputs_by_name = ENCODER_INPUTS

    other_bodies = (Decoder, EncoderDecoder)

    def __init__(
        self,
        body: Any,
        num_classes: int,
        pooling: str = "first",
        activation: Any = "tanh",
        use_bias: bool = True,
        end_id: int | None = None,
        **kwargs,
    ):
        super().__init__(body, **kwargs)
        self.end_id = check_id("end_id", end_id, self.config.vocabulary_size)
        if end_id is not None and pooling != "last":
            raise ValueError(f'end_id goes with pooling="last"; got {pooling!r}')
        self.head = SequenceClassificationHead(
            num_classes,
            pooling=pooling,
            activation=activation,
            use_bias=use_bias,
            dropout=self.config.dropout,
            kernel_initializer=self.config.initializer(),
            dtype=self.dtype_policy,
            name="head",
        )
        self.num_classes = self.head.num_classes
        self.pooling = pooling
        self.activation = activation
        self.use_bias = self.head.use_bias

    def call(self, inputs, training=None):
        inputs = self.name_inputs(inputs)
        x = self.hidden_states(inputs, training)
        real = implicit_mask(x)
        if self.end_id is not None and "ids" in inputs:
            real = mark_last(inputs["ids"], real, self.end_id)
        return self.head(x, padding_mask=real, training=training)

    def global_positions(self, ids):
        return None if ids is None else first_position(ids)

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "pooling": self.pooling,
            "activation": serialize_activation(self.activation),
            "use_bias": self.use_bias,
            "end_id": self.end_id,
        }
