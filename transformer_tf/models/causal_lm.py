"""Causal language model: a decoder that continues texts."""

from typing import Any

import keras

from transformer_tf.heads import CausalLMHead
from transformer_tf.models.decoder import Decoder
from transformer_tf.models.headed import ENCODER_INPUTS
from transformer_tf.models.language_model import LanguageModel


@keras.saving.register_keras_serializable(package="transformer_tf")
class CausalLM(LanguageModel):
    """Scores every token as the next one; `generate` makes it write.

    Args:
        body: A `TransformerConfig`, such as `gpt2_config()`, or a `Decoder` without
            cross-attention.

    Call:
        inputs: [batch, length] ids, or a dict with
        ids: [batch, length] integers in [0, vocabulary_size),
        padding_mask: [batch, length] booleans, True for real tokens (optional),
        positions: [batch, length] integers (optional),
        attention_mask: [batch, query, key] booleans (optional),
        segments: [batch, length] integers, which of the texts packed in a row each
            token belongs to (optional),
        embeddings: [batch, length, dim] floats in place of ids,
        prefix_length: [batch] integers, for a config with `prefix_lm`: how many first
            tokens every token sees (optional),
        token_types: [batch, length] integers (optional).

    Returns:
        [batch, length, vocabulary] floats: logits of the token that follows.

    Raises:
        ValueError, TypeError: as in `Decoder`; an input of another name.

    Source: https://arxiv.org/abs/1801.10198, section 4.2.3.
    """

    body_class = Decoder
    head_class = CausalLMHead
    inputs_by_name = (*ENCODER_INPUTS, "prefix_length")

    def __init__(self, body: Any, **kwargs):
        super().__init__(body, **kwargs)
        if self.body.use_cross_attention:
            raise ValueError(
                "a CausalLM has no memory; got a body with cross-attention"
            )
        config = self.config
        if config.embedding_dim and config.tied and config.logit_transform is None:
            raise ValueError(
                "a tied CausalLM needs token vectors of width dim; got embedding_dim="
                f"{self.config.embedding_dim} and dim={self.config.dim}"
            )

    def call(self, inputs, training=None):
        return self.logits(self.body(**self.named(inputs), training=training))

    def whole_text(self, ids, real, source):
        """The inputs of one call that reads texts from their start; see `replay`."""
        return {"ids": ids, "padding_mask": real, **source}
