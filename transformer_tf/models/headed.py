"""What all models with a head share: a body, a head, and one way to be called."""

import keras

from transformer_tf.models.config import TransformerConfig
from transformer_tf.models.encoder import Encoder


class HeadedModel(keras.Model):
    """A body with a head on it.

    Args:
        body: A `TransformerConfig`, or a body (perhaps trained already) to build upon.
    """

    body_class: type = Encoder
    first_input = "ids"

    def __init__(self, body, **kwargs):
        super().__init__(**kwargs)
        if isinstance(body, TransformerConfig):
            body = self.body_class(body, dtype=self.dtype_policy, name="body")
        if not isinstance(body, self.body_class):
            raise TypeError(
                f"body must be a TransformerConfig or {self.body_class.__name__}; got "
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

    def build_from_config(self, config):
        self.build()

    def named(self, inputs):
        """What the model was called with, as a dict of names."""
        inputs = inputs if isinstance(inputs, dict) else {self.first_input: inputs}
        if self.first_input not in inputs:
            raise ValueError(
                f"the inputs need {self.first_input!r}; got {sorted(inputs)}"
            )
        unknown = sorted(set(inputs) - set(self.inputs_by_name))
        if unknown:
            raise ValueError(
                f"unknown inputs {unknown}; {type(self).__name__} reads "
                f"{list(self.inputs_by_name)}"
            )
        return dict(inputs)

    def get_config(self):
        return {
            **super().get_config(),
            "body": keras.saving.serialize_keras_object(self.config),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        config["body"] = keras.saving.deserialize_keras_object(
            config["body"], custom_objects=custom_objects
        )
        return cls(**config)
