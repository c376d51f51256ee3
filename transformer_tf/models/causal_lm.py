"""Causal language model: a decoder that continues texts."""

import keras

from transformer_tf.heads import CausalLMHead
from transformer_tf.models import decoding_step
from transformer_tf.models.decoder import Decoder
from transformer_tf.models.headed import HeadedModel


@keras.saving.register_keras_serializable(package="transformer_tf")
class CausalLM(HeadedModel):
    """Scores every token as the next one; `generate` makes it write.

    Args:
        body: A `TransformerConfig`, such as `gpt2_config()`, or a `Decoder` without
            cross-attention.

    Call:
        inputs: [batch, length] ids, or a dict with
        ids: [batch, length] integers in [0, vocabulary_size),
        padding_mask: [batch, length] booleans, True for real tokens (optional),
        positions: [batch, length] integers (optional),
        token_types: [batch, length] integers (optional).

    Returns:
        [batch, length, vocabulary] floats: logits of the token that follows.

    Raises:
        ValueError, TypeError: as in `Decoder`; an input of another name.

    Source: https://arxiv.org/abs/1801.10198, section 4.2.3.
    """

    body_class = Decoder
    inputs_by_name = ("ids", "padding_mask", "positions", "token_types")
    reads_source = False

    def __init__(self, body, **kwargs):
        super().__init__(body, **kwargs)
        config = self.config
        if self.body.cross_attention:
            raise ValueError(
                "a CausalLM has no memory; got a body with cross-attention"
            )
        if config.embedding_dim and config.tied:
            raise ValueError(
                "a tied CausalLM needs token vectors of width dim; got embedding_dim="
                f"{config.embedding_dim} and dim={config.dim}"
            )
        self.head = CausalLMHead(
            config.vocabulary_size,
            scale=config.logit_scale,
            use_bias=config.logit_bias,
            kernel_initializer=config.initializer(),
            dtype=self.dtype_policy,
            name="head",
        )

    def build_head(self, hidden_shape):
        table = tuple(self.body.table.shape) if self.config.tied else None
        self.head.build(hidden_shape, table)

    def call(self, inputs, training=None):
        return self.logits(self.body(**self.named(inputs), training=training))

    def logits(self, x):
        """[batch, length, dim] hidden states -> [batch, length, vocabulary]"""
        return self.head(x, table=self.body.table if self.config.tied else None)

    @property
    def vocabulary_size(self):
        return self.config.vocabulary_size

    @property
    def max_length(self):
        """How many tokens fit, prompt included; None for any number."""
        return self.config.max_length

    def decoding_context(self, source=None, source_mask=None, copies=1):
        """What every decoding step reads alike: weights, arranged for speed."""
        return {
            **decoding_step.decoding_context(self.body),
            "table": decoding_step.turned_table(self),
        }

    def empty_cache(self, rows, capacity):
        """A cache for `step`, with `capacity` free slots a row."""
        return decoding_step.empty_cache(self.body, rows, capacity)

    def step(self, ids, positions, cache, keep, context):
        """Reads some more tokens.

        Args:
            ids: [rows, new] integers.
            positions: [rows, new] integers, -1 for padding.
            cache: What `empty_cache` or the step before returned.
            keep: How many of the last tokens to score.
            context: What `decoding_context` returned.

        Returns:
            logits: [rows, keep, vocabulary] floats.
            cache: The cache with the new tokens in it.
        """
        x, cache = decoding_step.decoder_step(self.body, ids, positions, cache, context)
        logits = decoding_step.scored(self.head, x[:, -keep:], context["table"])
        return logits, cache
