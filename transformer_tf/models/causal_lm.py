"""Causal language model: a decoder that continues texts."""

from typing import Any

import keras

from transformer_tf.heads import AdaptiveSoftmaxHead, CausalLMHead
from transformer_tf.models.config import TransformerConfig
from transformer_tf.models.decoder import Decoder
from transformer_tf.models.headed import ENCODER_INPUTS
from transformer_tf.models.language_model import LanguageModel
from transformer_tf.models.transformer_xl import TransformerXL


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

    Example:
        >>> sizes = {"dim": 16, "num_layers": 2, "num_heads": 4}
        >>> model = CausalLM(gpt2_config(vocabulary_size=100, max_length=32, **sizes))
        >>> print(model(np.array([[5, 17, 2, 9]])).shape)
        (1, 4, 100)
        >>> [len(ids) for ids in model.generate([[5, 17], [8]], max_new_tokens=3)]
        [3, 3]

    Source: https://arxiv.org/abs/1801.10198, section 4.2.3.
    """

    body_class = Decoder
    head_class = CausalLMHead
    inputs_by_name = (*ENCODER_INPUTS, "prefix_length")

    def __init__(self, body: Any, **kwargs):
        if isinstance(body, TransformerConfig) and body.memory_length is not None:
            body = TransformerXL(body, dtype=kwargs.get("dtype"), name="body")
        super().__init__(body, **kwargs)
        if self.body.use_cross_attention:
            raise ValueError(
                "a CausalLM has no memory; got a body with cross-attention"
            )
        config = self.config
        is_one_table = config.logit_transform is None and config.cutoffs is None
        if config.embedding_dim and config.tied and is_one_table:
            raise ValueError(
                "a tied CausalLM needs token vectors of width dim; got embedding_dim="
                f"{self.config.embedding_dim} and dim={self.config.dim}"
            )

    def call(self, inputs, training=None):
        return self.logits(self.body(**self.name_inputs(inputs), training=training))

    def whole_text(self, ids, real, source):
        """The inputs of one call that reads texts from their start; see `replay`."""
        return {"ids": ids, "padding_mask": real, **source}

    def new_head(self):
        config = self.config
        if config.cutoffs is None:
            return super().new_head()
        return AdaptiveSoftmaxHead(
            config.vocabulary_size,
            list(config.cutoffs),
            embedding_dim=config.embedding_dim,
            divisor=config.cutoff_divisor,
            kernel_initializer=config.initializer(),
            dtype=self.dtype_policy,
            name="head",
        )

    def build_head(self, hidden_shape):
        if self.config.cutoffs is None:
            return super().build_head(hidden_shape)
        shapes = {
            f"{name}_shape": [tuple(one.shape) for one in weights]
            for name, weights in self._clusters().items()
        }
        return self.head.build(hidden_shape, **shapes)

    def logits(self, x):
        if self.config.cutoffs is None:
            return super().logits(x)
        return self.head(x, **self._clusters())

    @property
    def _table(self):
        return None if self.config.cutoffs else super()._table

    def _clusters(self):
        """What an adaptive head shares with the embedding, if it is tied."""
        if not self.config.tied:
            return {}
        tokens = self.body.embedding.tokens
        shared = {"tables": tokens.tables, "projections": tokens.projections}
        return {name: list(weights) for name, weights in shared.items() if weights}

    def step_with_states(
        self, ids, positions, cache, keep, prepared, padding_mask=None
    ):
        if keep > 1 and isinstance(self.body, TransformerXL):
            raise ValueError(
                "drafts need a cache that can forget what was refused; the memory of a "
                "TransformerXL cannot: use another strategy"
            )
        return super().step_with_states(
            ids, positions, cache, keep, prepared, padding_mask
        )
