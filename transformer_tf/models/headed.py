"""What all models with a head share: a body, a head, and one way to be called."""

from typing import Any

import keras

from transformer_tf.models.config import TransformerConfig
from transformer_tf.models.encoder import Encoder
from transformer_tf.models.encoder_decoder import EncoderDecoder
from transformer_tf.models.model import Model, input_spec
from transformer_tf.models.same_text import as_source_and_target
from transformer_tf.spelling import CALL_NAMES, here

ENCODER_INPUTS: tuple[str, ...] = (
    "ids",
    "padding_mask",
    "token_types",
    "positions",
    "attention_mask",
    "segments",
    "embeddings",
    "global_attention_mask",
)


class HeadedModel(Model):
    """A body with a head on it.

    Args:
        body: A `TransformerConfig`, or a body (perhaps trained already) to build upon.
    """

    body_class: Any = Encoder
    other_bodies: tuple[type, ...] = ()
    first_input = "ids"
    read_last = "ids"  # the input to whose positions the hidden states belong
    ids_axes = 2

    def __init__(self, body, **kwargs):
        super().__init__(**kwargs)
        if isinstance(body, TransformerConfig):
            body = self.body_class(body, dtype=self.dtype_policy, name="body")
        kinds = (self.body_class, *self.other_bodies)
        if not isinstance(body, kinds):
            names = " or ".join(kind.__name__ for kind in kinds)
            raise TypeError(
                f"body must be a TransformerConfig or {names}; got "
                f"{type(body).__name__}"
            )
        self.body = body
        self.config = body.config
        self.supports_masking = True

    def build(self, input_shape=None):
        if not self.body.built:
            self.body.build()
        self.build_head((None, None, self.config.dim))
        self.built = True

    def build_head(self, hidden_shape):
        """Creates the head's weights: [batch, length, dim] is what it will read."""
        self.head.build(hidden_shape)

    def compute_output_shape(self, inputs_shape):
        shapes = inputs_shape
        if not isinstance(shapes, dict):
            shapes = {self.first_input: shapes}
        read = self.read_last
        read = shapes[read] if read in shapes else shapes[embeddings_for(read)][:2]
        return self.head_shape(shapes, (*read, self.config.dim))

    def head_shape(self, shapes, hidden_shape):
        """The output's shape, from those of the inputs and of the hidden states."""
        return self.head.compute_output_shape(hidden_shape)

    def input_signature(self):
        built_on = (self._build_shapes_dict or {}).get("input_shape")
        if not isinstance(built_on, dict) and self.required_inputs == ("ids",):
            return [input_spec(self.first_input, self.ids_axes)]
        names = built_on if isinstance(built_on, dict) else self.required_inputs
        return [{name: input_spec(name, self.ids_axes) for name in names}]

    def hidden_states(self, inputs, training=None):
        """What the body makes of named inputs: [batch, length, dim].

        An encoder-decoder reads one text on both sides: the decoder what the encoder
        reads, shifted right behind its start token.
        """
        if isinstance(self.body, EncoderDecoder):
            inputs = as_source_and_target(inputs, self.config)
        return self.body(**inputs, training=training)

    def name_inputs(self, inputs):
        """What the model was called with, as a dict of names."""
        inputs = inputs if isinstance(inputs, dict) else {self.first_input: inputs}
        unknown = sorted(set(inputs) - set(self.inputs_by_name))
        if unknown:
            raise ValueError(
                f"unknown inputs {unknown}; {type(self).__name__} reads "
                f"{list(self.inputs_by_name)}{here(unknown[0], CALL_NAMES)}"
            )
        if not {self.first_input, embeddings_for(self.first_input)} & set(inputs):
            raise ValueError(
                f"the inputs need {self.first_input!r}; got {sorted(inputs)}"
            )
        return self._with_global_positions(dict(inputs))

    def _with_global_positions(self, inputs):
        """The inputs, with the default of a model with global attention."""
        name = self.first_input.removesuffix("ids") + "global_attention_mask"
        if self.config.global_attention and name not in inputs:
            mask = self.global_positions(inputs.get(self.first_input))
            return inputs if mask is None else {**inputs, name: mask}
        return inputs

    def global_positions(self, ids):
        """Which positions are global where a call has no global_attention_mask.

        Args:
            ids: What the model was called with; None where embeddings stand for them.

        Returns:
            Booleans of the shape of ids, or None for none.

        Raises:
            ValueError: the task has a default that cannot be found.
        """
        return None

    def get_config(self):
        # A body as the config alone makes it needs no more than the config.
        is_plain = (
            type(self.body) is self.body_class
            and self.body.dtype_policy == self.dtype_policy
        )
        body = self.config if is_plain else self.body
        body = keras.saving.serialize_keras_object(body)
        return {**super().get_config(), "body": body}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        config["body"] = keras.saving.deserialize_keras_object(
            config["body"], custom_objects=custom_objects
        )
        return cls(**config)


def embeddings_for(name):
    """The input that may stand in place of ids: `source_ids`, `source_embeddings`."""
    return name.removesuffix("ids") + "embeddings"
