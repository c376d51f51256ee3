"""Encoder-decoder: one stack reads the source, the other writes the target."""

import keras

from transformer_tf.models.config import TransformerConfig
from transformer_tf.models.decoder import Decoder
from transformer_tf.models.encoder import Encoder
from transformer_tf.models.input_embedding import token_embedding
from transformer_tf.models.model import Model


@keras.saving.register_keras_serializable(package="transformer_tf")
class EncoderDecoder(Model):
    """Reads a source sequence and gives each target position what it needs of it.

    Both stacks share the token embedding.

    Args:
        config: A `TransformerConfig`, such as `t5_config()`.

    Call:
        source_ids: [batch, source] integers in [0, vocabulary_size).
        target_ids: [batch, target] integers: the target shifted right, behind the
            start token.
        source_padding_mask: [batch, source] booleans, True for real tokens.
        target_padding_mask: [batch, target] booleans, True for real tokens.
        source_positions, target_positions: [batch, length] integers.
        source_attention_mask, target_attention_mask: [batch, query, key] booleans, True
            where attention is allowed, within either sequence.
        source_segments, target_segments: [batch, length] integers: pairs of texts
            packed in one row, each of which sees its own source and target alone.
        source_global_attention_mask: [batch, source] booleans, as `Encoder` takes its
            global_attention_mask.
        source_embeddings, target_embeddings: [batch, length, dim] floats, in place of
            ids.
        return_hidden_states: Whether to return every layer's hidden states too.
        return_weights: Whether to return every layer's attention weights too.

    Returns:
        [batch, target, dim] floats; where more was asked for, a dict with `output`,
        `encoder` and `decoder`, the latter two as `Encoder` and `Decoder` return them.

    Raises:
        ValueError, TypeError: as in `Encoder` and `Decoder`.

    Example:
        >>> config = t5_config(vocabulary_size=100, dim=16, num_layers=2, num_heads=4)
        >>> source, target = np.array([[5, 17, 2, 9]]), np.array([[0, 8, 3]])
        >>> print(EncoderDecoder(config)(source, target).shape)
        (1, 3, 16)

    Source: https://arxiv.org/abs/1706.03762, section 3.1.
    """

    required_inputs = ("source_ids", "target_ids")

    def __init__(self, config: TransformerConfig, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(config, TransformerConfig):
            raise TypeError(
                f"config must be a TransformerConfig; got {type(config).__name__}"
            )
        self.config = config
        policy = self.dtype_policy
        tokens = token_embedding(config, policy)
        self.encoder = Encoder(config, tokens, dtype=policy, name="encoder")
        self.decoder = Decoder(
            config, tokens, use_cross_attention=True, dtype=policy, name="decoder"
        )
        self.supports_masking = True

    def build(self, source_ids_shape=None, target_ids_shape=None):
        self.encoder.build()
        self.decoder.build()
        self.built = True

    def compute_output_shape(self, source_ids_shape, target_ids_shape):
        return (*target_ids_shape, self.config.dim)

    def call(
        self,
        source_ids=None,
        target_ids=None,
        source_padding_mask=None,
        target_padding_mask=None,
        source_positions=None,
        target_positions=None,
        source_attention_mask=None,
        target_attention_mask=None,
        source_segments=None,
        target_segments=None,
        source_embeddings=None,
        target_embeddings=None,
        source_global_attention_mask=None,
        return_hidden_states=False,
        return_weights=False,
        training=None,
    ):
        details = {
            "return_hidden_states": return_hidden_states,
            "return_weights": return_weights,
            "training": training,
        }
        if (source_segments is None) != (target_segments is None):
            raise ValueError(
                "packed rows need source_segments and target_segments; got one of them"
            )
        read = self.encoder(
            source_ids,
            padding_mask=source_padding_mask,
            positions=source_positions,
            attention_mask=source_attention_mask,
            segments=source_segments,
            embeddings=source_embeddings,
            global_attention_mask=source_global_attention_mask,
            **details,
        )
        written = self.decoder(
            target_ids,
            memory=read["output"] if isinstance(read, dict) else read,
            padding_mask=target_padding_mask,
            positions=target_positions,
            attention_mask=target_attention_mask,
            segments=target_segments,
            memory_segments=source_segments,
            embeddings=target_embeddings,
            **details,
        )
        if not isinstance(written, dict):
            return written
        return {"output": written["output"], "encoder": read, "decoder": written}

    @property
    def table(self):
        """[vocabulary, width]: the vectors that a tied head scores against."""
        return self.decoder.table

    def get_config(self):
        return {
            **super().get_config(),
            "config": keras.saving.serialize_keras_object(self.config),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        config["config"] = keras.saving.deserialize_keras_object(
            config["config"], custom_objects=custom_objects
        )
        return cls(**config)
