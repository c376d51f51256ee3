"""Span question answerer: where in a text the answer stands."""

from typing import Any

import keras

from transformer_tf.heads import QuestionAnsweringHead
from transformer_tf.models.decoder import Decoder
from transformer_tf.models.encoder_decoder import EncoderDecoder
from transformer_tf.models.global_positions import before_separator
from transformer_tf.models.headed import ENCODER_INPUTS, HeadedModel


@keras.saving.register_keras_serializable(package="transformer_tf")
class SpanQuestionAnswerer(HeadedModel):
    """Scores each token as the first and as the last of the answer.

    Args:
        body: A `TransformerConfig`, such as `bert_config()`, or an `Encoder`, a
            `Decoder` or an `EncoderDecoder`, which reads the text on both sides.

    Call:
        inputs: [batch, length] ids, or a dict with
        ids: [batch, length] integers: question and text,
        padding_mask: [batch, length] booleans, True for real tokens (optional),
        positions: [batch, length] integers (optional),
        attention_mask: [batch, query, key] booleans (optional),
        segments: [batch, length] integers, which of the texts packed in a row each
            token belongs to (optional),
        embeddings: [batch, length, dim] floats in place of ids,
        token_types: [batch, length] integers (optional),
        global_attention_mask: [batch, length] booleans, for a config with
            `global_attention` (optional: what stands before the first `separator_id`).

    Returns:
        start: [batch, length] floats: logits, about -1e4 at padding.
        end: [batch, length] floats, likewise.

    Raises:
        ValueError, TypeError: as in `Encoder`; an input of another name.

    Example:
        >>> sizes = {"dim": 16, "num_layers": 2, "num_heads": 4}
        >>> config = bert_config(vocabulary_size=100, max_length=32, **sizes)
        >>> model = SpanQuestionAnswerer(config)
        >>> start, end = model(np.array([[5, 17, 2, 9], [8, 3, 0, 0]]))
        >>> print(start.shape, end.shape)
        (2, 4) (2, 4)

    Source: https://arxiv.org/abs/1810.04805, section 4.2.
    """

    inputs_by_name = ENCODER_INPUTS
    other_bodies = (Decoder, EncoderDecoder)

    def __init__(self, body: Any, **kwargs):
        super().__init__(body, **kwargs)
        self.head = QuestionAnsweringHead(
            kernel_initializer=self.config.initializer(),
            dtype=self.dtype_policy,
            name="head",
        )

    def call(self, inputs, training=None):
        return self.head(self.hidden_states(self.name_inputs(inputs), training))

    def global_positions(self, ids):
        separator_id = self.config.separator_id
        if ids is None or separator_id is None:
            raise ValueError(
                "with global_attention the question is to be global: give a "
                "global_attention_mask, or ids and separator_id in the config"
            )
        return before_separator(ids, separator_id)
