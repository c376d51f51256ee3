"""What encoder and decoder share: embeddings, blocks on top of each other, a norm."""

import keras

from transformer_tf.blocks.recompute_call import recompute_call
from transformer_tf.embedding import (
    ALiBi,
    RelativePositionBias,
    RotaryPositions,
)
from transformer_tf.models.config import TransformerConfig
from transformer_tf.models.input_embedding import InputEmbedding, normalization
from transformer_tf.models.model import Model


class Stack(Model):
    """A model stacked from a config. Encoder and Decoder say from which blocks.

    Args:
        config: A `TransformerConfig`.
        tokens: A `TokenEmbedding` to share with another stack; None makes one.
    """

    bidirectional = True
    ends_with_norm = True

    def __init__(self, config, tokens=None, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(config, TransformerConfig):
            raise TypeError(
                f"config must be a TransformerConfig; got {type(config).__name__}"
            )
        self.check_memory(config)
        self.config = config
        policy = self.dtype_policy
        self.embedding = InputEmbedding(
            self.embedding_config(), tokens, dtype=policy, name="embedding"
        )
        blocks = 1 if config.shared_layers else self.depth()
        self.blocks = []
        for number in range(blocks):
            # How many there are already tells a block which layer it is.
            self.blocks.append(self.block(policy, f"block_{number}"))
        self.final_norm = None
        if config.norm_first and self.ends_with_norm:
            self.final_norm = normalization(config, policy, "final_norm")
        self.rotary = None
        if config.positions == "rotary":
            self.rotary = RotaryPositions(
                config.rotary_base,
                dim=config.rotary_dim,
                scaling=config.rotary_scaling,
                max_length=config.max_length,
                dtype=policy,
            )
        self.position_bias = None  # made in `build`, to bear this stack's name
        self.supports_masking = True

    def depth(self):
        """Number of blocks that the hidden states pass through."""
        return self.config.num_layers

    def check_memory(self, config):
        """Refuses a config that is for stacks with a memory of segments, or without."""
        if config.memory_length is not None:
            raise ValueError(
                f"memory_length is for a TransformerXL; got a {type(self).__name__}"
            )

    def embedding_config(self):
        """The config of what the stack reads."""
        return self.config

    def block(self, policy, name):
        """One block of the stack."""
        raise NotImplementedError(f"{type(self).__name__} must say what its blocks are")

    def block_shapes(self):
        """The shapes that a block is built with."""
        return [(None, None, self.config.dim)]

    def build(self, ids_shape=None):
        self.embedding.build()
        for block in self.blocks:
            block.build(*self.block_shapes())
        if self.final_norm is not None:
            self.final_norm.build((None, None, self.config.dim))
        if self.rotary is not None:
            width = self.config.head_dim or self.config.dim // self.config.num_heads
            self.rotary.build((None, None, self.config.num_heads, width))
        self.position_bias = self.new_position_bias()
        self.built = True

    def new_position_bias(self):
        """The bias that all blocks share, built; None where the config wants none."""
        config, policy = self.config, self.dtype_policy
        bias = None
        if config.positions == "relative":
            bias = RelativePositionBias(
                config.num_heads,
                config.num_buckets,
                config.max_distance,
                self.bidirectional,
                dtype=policy,
                name="position_bias",
            )
        elif config.positions == "linear":
            bias = ALiBi(config.num_heads, dtype=policy)
        if bias is not None and not bias.built:
            bias.build()
        return bias

    def compute_output_shape(self, ids_shape):
        return (*ids_shape, self.config.dim)

    def run(self, block, x, training, **options):
        """Calls a block; in training without keeping its intermediate results, if the
        config says so."""
        if self.config.rematerialize and training:
            return recompute_call(block, x, training=training, **options)
        return block(x, training=training, **options)

    @property
    def blocks_in_order(self):
        """The block of every layer, from the first to the last; shared ones repeated.

        (`layers` is Keras' own name for the parts of a model.)
        """
        return self.blocks * (self.depth() if self.config.shared_layers else 1)

    @property
    def table(self):
        """[vocabulary, width]: the vectors that a tied head scores against.

        Raises:
            ValueError: the embedding is adaptive and has several tables.
        """
        if self.config.cutoffs is not None:
            raise ValueError(
                "an adaptive embedding has no single table: a head of one table needs "
                "tied=False"
            )
        return self.embedding.tokens.table

    def apply_final_norm(self, x):
        """The last hidden states, normalised where the blocks leave that to the end."""
        return x if self.final_norm is None else self.final_norm(x)

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


def with_details(output, hidden_states, weights, memory_weights=None):
    """The output alone, or a dict with whatever else was asked for."""
    details = {
        "hidden_states": hidden_states,
        "weights": weights,
        "memory_weights": memory_weights,
    }
    asked_for = {name: value for name, value in details.items() if value is not None}
    return {"output": output, **asked_for} if asked_for else output
