"""Sequence-to-sequence language model: reads one text and writes another."""

import keras

from transformer_tf.heads import Seq2SeqLMHead
from transformer_tf.models import decoding_step
from transformer_tf.models.encoder_decoder import EncoderDecoder
from transformer_tf.models.headed import HeadedModel


@keras.saving.register_keras_serializable(package="transformer_tf")
class Seq2SeqLM(HeadedModel):
    """Scores every token as the next one of the target; `generate` makes it write.

    Args:
        body: A `TransformerConfig`, such as `t5_config()`, or an `EncoderDecoder`.

    Call:
        inputs: A dict with
        source_ids: [batch, source] integers in [0, vocabulary_size),
        target_ids: [batch, target] integers: the target behind its start token,
        source_padding_mask: [batch, source] booleans, True for real tokens (optional),
        target_padding_mask: [batch, target] booleans (optional).

    Returns:
        [batch, target, vocabulary] floats: logits of the token that follows.

    Raises:
        ValueError, TypeError: as in `EncoderDecoder`; an input of another name.

    Source: https://arxiv.org/abs/1706.03762, section 3.
    """

    body_class = EncoderDecoder
    first_input = "source_ids"
    inputs_by_name = (
        "source_ids",
        "target_ids",
        "source_padding_mask",
        "target_padding_mask",
    )
    reads_source = True

    def __init__(self, body, **kwargs):
        super().__init__(body, **kwargs)
        config = self.config
        self.head = Seq2SeqLMHead(
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
        inputs = self.named(inputs)
        if "target_ids" not in inputs:
            raise ValueError(f"the inputs need 'target_ids'; got {sorted(inputs)}")
        return self.logits(self.body(**inputs, training=training))

    def logits(self, x):
        """[batch, target, dim] hidden states -> [batch, target, vocabulary]"""
        return self.head(x, table=self.body.table if self.config.tied else None)

    @property
    def vocabulary_size(self):
        return self.config.vocabulary_size

    @property
    def max_length(self):
        """How many tokens fit on either side; None for any number."""
        return self.config.max_length

    @property
    def start_id(self):
        """The id that the decoder starts from."""
        return self.config.start_id

    def decoding_context(self, source, source_mask, copies=1):
        """What every decoding step reads alike: the source, projected, and weights.

        Args:
            source: [batch, source] integers.
            source_mask: [batch, source] booleans, True for real tokens.
            copies: How many neighbouring rows write for one source.

        Returns:
            A dict of tensors for batch * copies rows.
        """
        memory = self.body.encoder(source, padding_mask=source_mask)
        return {
            **decoding_step.decoding_context(self.body.decoder, memory, copies),
            "table": decoding_step.turned_table(self),
        }

    def empty_cache(self, rows, capacity):
        """A cache for `step`, with `capacity` free slots a row."""
        return decoding_step.empty_cache(self.body.decoder, rows, capacity)

    def step(self, ids, positions, cache, keep, context):
        """Writes some more tokens of the target.

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
        x, cache = decoding_step.decoder_step(
            self.body.decoder, ids, positions, cache, context
        )
        logits = decoding_step.scored(self.head, x[:, -keep:], context["table"])
        return logits, cache
