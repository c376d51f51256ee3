"""Sequence-to-sequence language model: reads one text and writes another."""

import keras

from transformer_tf import fast_form
from transformer_tf.heads import Seq2SeqLMHead
from transformer_tf.models.encoder_decoder import EncoderDecoder
from transformer_tf.models.global_positions import first_position
from transformer_tf.models.language_model import LanguageModel


@keras.saving.register_keras_serializable(package="transformer_tf")
class Seq2SeqLM(LanguageModel):
    """Scores every token as the next one of the target; `generate` makes it write.

    Args:
        body: A `TransformerConfig`, such as `t5_config()`, or an `EncoderDecoder`.

    Call:
        inputs: A dict with
        source_ids: [batch, source] integers in [0, vocabulary_size),
        target_ids: [batch, target] integers: the target behind its start token,
        source_padding_mask: [batch, source] booleans, True for real tokens (optional),
        target_padding_mask: [batch, target] booleans (optional),
        and for source and target each what `EncoderDecoder` takes: positions,
            attention_mask, segments, embeddings (optional),
        source_global_attention_mask: [batch, source] booleans, for a config with
            `global_attention` (optional: the first position, in generation too).

    Returns:
        [batch, target, vocabulary] floats: logits of the token that follows.

    Raises:
        ValueError, TypeError: as in `EncoderDecoder`; an input of another name.

    Example:
        >>> config = t5_config(vocabulary_size=100, dim=16, num_layers=2, num_heads=4)
        >>> model = Seq2SeqLM(config)
        >>> source, target = np.array([[5, 17, 2]]), np.array([[0, 8]])
        >>> print(model({"source_ids": source, "target_ids": target}).shape)
        (1, 2, 100)

    Source: https://arxiv.org/abs/1706.03762, section 3.
    """

    body_class = EncoderDecoder
    head_class = Seq2SeqLMHead
    first_input = "source_ids"
    read_last = "target_ids"
    required_inputs = ("source_ids", "target_ids")
    inputs_by_name = (
        "source_ids",
        "target_ids",
        "source_padding_mask",
        "target_padding_mask",
        "source_positions",
        "target_positions",
        "source_attention_mask",
        "target_attention_mask",
        "source_segments",
        "target_segments",
        "source_embeddings",
        "target_embeddings",
        "source_global_attention_mask",
    )
    reads_source = True

    def call(self, inputs, training=None):
        inputs = self.name_inputs(inputs)
        if not {"target_ids", "target_embeddings"} & set(inputs):
            raise ValueError(f"the inputs need 'target_ids'; got {sorted(inputs)}")
        return self.logits(self.body(**inputs, training=training))

    @property
    def decoder(self):
        """The `Decoder` that writes."""
        return self.body.decoder

    @property
    def start_id(self):
        """The id that the decoder starts from."""
        return self.config.start_id

    def whole_text(self, ids, real, source):
        """The inputs of one call that reads texts from their start; see `replay`."""
        return {"target_ids": ids, "target_padding_mask": real, **source}

    def _memory(self, source, source_mask, copies):
        options = {}
        if self.config.global_attention:
            options["global_attention_mask"] = self.global_positions(source)
        return self.body.encoder(source, padding_mask=source_mask, **options), copies

    def global_positions(self, ids):
        return None if ids is None else first_position(ids)

    @property
    def max_length(self):
        return self.config.max_decoder_length or self.config.max_length

    def _is_replayed(self):
        return super()._is_replayed() or fast_form.is_overridden(self.body, "call")
