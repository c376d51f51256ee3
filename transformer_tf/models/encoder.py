"""Encoder: a stack that reads a whole sequence at once, in both directions."""

import keras

from transformer_tf.blocks import EncoderBlock, LongformerBlock
from transformer_tf.models.stack import Stack, with_details
from transformer_tf.models.visibility import combine_masks, positions_in


@keras.saving.register_keras_serializable(package="transformer_tf")
class Encoder(Stack):
    """Turns each token into a vector that knows the whole sequence.

    Args:
        config: A `TransformerConfig`, such as `bert_config()`.
        tokens: A `TokenEmbedding` to share with another stack; None makes one.

    Call:
        ids: [batch, length] integers in [0, vocabulary_size).
        padding_mask: [batch, length] booleans, True for real tokens; all are real when
            left out, but for the config's `padding_id`.
        token_types: [batch, length] integers in [0, num_token_types); all 0 when left
            out.
        positions: [length] or [batch, length] integers; when left out, counted in each
            segment from its first real token.
        attention_mask: [batch, query, key] or [batch, head, query, key] booleans, True
            where attention is allowed.
        segments: [batch, length] integers: positions attend to their own segment alone,
            so that texts packed in one row do not see each other.
        global_attention_mask: [batch, length] booleans, for a config with
            `global_attention`: True for positions that see, and are seen by, every
            other; none when left out. Not with attention_mask or segments.
        embeddings: [batch, length, dim] floats, in place of ids: what the first layers
            read instead of token vectors.
        return_hidden_states: Whether to return every layer's hidden states too.
        return_weights: Whether to return every layer's attention weights too.

    Returns:
        output: [batch, length, dim] floats. Where more was asked for, a dict with
            `output`,
        hidden_states: a list of num_layers + 1 times [batch, length, dim]: the
            embeddings, and what each block made of them (before the final norm),
        weights: a list of num_layers times [batch, head, length, length].

    Raises:
        ValueError: ids that are not [batch, length], too long, or out of range; token
            types for a model without them.
        TypeError: a padding mask that is not boolean, ids that are not integers.

    Example:
        >>> sizes = {"dim": 16, "num_layers": 2, "num_heads": 4}
        >>> model = Encoder(bert_config(vocabulary_size=100, max_length=32, **sizes))
        >>> ids = np.array([[5, 17, 2, 9], [8, 3, 0, 0]])  # 0 is padding
        >>> print(model(ids).shape, len(model(ids, return_weights=True)["weights"]))
        (2, 4, 16) 2

    Source: https://arxiv.org/abs/1706.03762, section 3.1.
    """

    def block(self, policy, name):
        kind = LongformerBlock if self.config.global_attention else EncoderBlock
        return kind(
            **self.config.block_arguments(),
            window=self.config.window_of_layer(len(self.blocks)),
            dtype=policy,
            name=name,
        )

    def call(
        self,
        ids=None,
        padding_mask=None,
        token_types=None,
        positions=None,
        attention_mask=None,
        segments=None,
        embeddings=None,
        global_attention_mask=None,
        return_hidden_states=False,
        return_weights=False,
        training=None,
    ):
        mask = combine_masks(attention_mask, segments)
        if self.config.global_attention:
            options = {"global_attention_mask": global_attention_mask}
        else:
            options = {
                "attention_mask": mask,
                "positions": positions,
                "position_bias": self.position_bias,
                "rotary": self.rotary,
            }
        self._check_global_attention(global_attention_mask, mask)
        x = self.embedding(
            ids,
            padding_mask=padding_mask,
            token_types=token_types,
            positions=positions_in(
                segments, positions, embeddings if ids is None else ids
            ),
            embeddings=embeddings,
            training=training,
        )
        hidden_states, weights = [x], []
        for block in self.blocks_in_order:
            x = self.run(
                block,
                x,
                training,
                return_weights=return_weights,
                **options,
            )
            if return_weights:
                x, block_weights = x
                weights.append(block_weights)
            hidden_states.append(x)
        return with_details(
            self.apply_final_norm(x),
            hidden_states if return_hidden_states else None,
            weights if return_weights else None,
        )

    def _check_global_attention(self, global_attention_mask, mask):
        if global_attention_mask is not None and not self.config.global_attention:
            raise ValueError(
                "a global_attention_mask needs global_attention=True in the config, "
                "with a window"
            )
        if mask is not None and self.config.global_attention:
            raise ValueError(
                "with global_attention who sees whom is told by the window, by "
                "padding_mask and by global_attention_mask; got attention_mask or "
                "segments"
            )
