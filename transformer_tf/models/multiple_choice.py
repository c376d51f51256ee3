"""Multiple choice: which of several texts fits best."""

from typing import Any

import keras
from keras import ops

from transformer_tf.attention.implicit_mask import implicit_mask
from transformer_tf.blocks.activation import serialize_activation
from transformer_tf.heads import MultipleChoiceHead
from transformer_tf.models.global_positions import after_separator
from transformer_tf.models.headed import HeadedModel


@keras.saving.register_keras_serializable(package="transformer_tf")
class MultipleChoice(HeadedModel):
    """Reads each choice on its own and scores it.

    Args:
        body: A `TransformerConfig`, such as `bert_config()`, or an `Encoder`.
        pooling: Which vector stands for a choice: `first`, `last` or `mean`.
        activation: Of a transformation before the score; None leaves it out.

    Call:
        inputs: [batch, choice, length] ids, or a dict with
        ids: [batch, choice, length] integers: question and choice,
        padding_mask: [batch, choice, length] booleans (optional),
        positions: [batch, choice, length] integers (optional),
        segments: [batch, choice, length] integers (optional),
        token_types: [batch, choice, length] integers (optional),
        global_attention_mask: [batch, choice, length] booleans, for a config with
            `global_attention` (optional: the choice, which stands behind two
            `separator_id`).

    Returns:
        [batch, choice] floats: logits.

    Raises:
        ValueError, TypeError: as in `Encoder`; an input of another name, or ids with
            other axes.

    Example:
        >>> sizes = {"dim": 16, "num_layers": 2, "num_heads": 4}
        >>> config = bert_config(vocabulary_size=100, max_length=32, **sizes)
        >>> model = MultipleChoice(config)
        >>> ids = np.array([[[5, 17, 2], [5, 17, 3], [5, 17, 4]]])  # three choices
        >>> print(model(ids).shape)
        (1, 3)

    Source: https://arxiv.org/abs/1810.04805, section 4.4.
    """

    inputs_by_name = (
        *("ids", "padding_mask", "token_types", "positions", "segments"),
        "global_attention_mask",
    )
    ids_axes = 3

    def __init__(
        self, body: Any, pooling: str = "first", activation: Any = "tanh", **kwargs
    ):
        super().__init__(body, **kwargs)
        self.head = MultipleChoiceHead(
            pooling=pooling,
            activation=activation,
            dropout=self.config.dropout,
            kernel_initializer=self.config.initializer(),
            dtype=self.dtype_policy,
            name="head",
        )
        self.pooling = pooling
        self.activation = activation

    def build_head(self, hidden_shape):
        self.head.build((None, *hidden_shape))

    def call(self, inputs, training=None):
        inputs = self.name_inputs(inputs)
        if len(inputs["ids"].shape) != 3:
            raise ValueError(
                "ids must be [batch, choice, length]; got shape "
                f"{tuple(inputs['ids'].shape)}"
            )
        _, choices, length = ops.shape(inputs["ids"])
        # [batch, choice, length] -> [batch * choice, length]
        flat = {name: ops.reshape(x, (-1, length)) for name, x in inputs.items()}
        x = self.body(**flat, training=training)
        real = implicit_mask(x)
        if real is not None:
            real = ops.reshape(real, (-1, choices, length))
        x = ops.reshape(x, (-1, choices, length, self.config.dim))
        return self.head(x, padding_mask=real, training=training)

    def global_positions(self, ids):
        separator_id = self.config.separator_id
        if separator_id is None:
            raise ValueError(
                "with global_attention the choice is to be global: give a "
                "global_attention_mask, or separator_id in the config"
            )
        return after_separator(ids, separator_id)

    def get_config(self):
        return {
            **super().get_config(),
            "pooling": self.pooling,
            "activation": serialize_activation(self.activation),
        }
