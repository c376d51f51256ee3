"""What the recurrent cells share: their arguments, weights and dropout."""

import keras
import numpy as np
from keras import ops

from transformer_tf.arguments import check_rate, optional_size
from transformer_tf.keras_internals import DropoutRNNCell
from transformer_tf.layer import Layer


class RecurrentCell(DropoutRNNCell, Layer):
    """A cell for `keras.layers.RNN`; subclasses say what one step computes.

    Keras' `DropoutRNNCell` keeps the masks: `keras.layers.RNN` draws them once for a
    sequence, so that every step drops the same features (variational dropout).

    Args:
        units: Size of the state.
        dropout: Share of the input's features dropped in training, in [0, 1).
        recurrent_dropout: The same for the state that the gates read; what the memory
            itself carries along is never dropped.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: What Keras takes as
            a regularizer of `kernel`, `recurrent_kernel` and `bias`; None for none.
        seed: Seed of the dropout; None draws one.
    """

    gates = 1

    def __init__(
        self,
        units,
        dropout=0.0,
        recurrent_dropout=0.0,
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        is_whole = isinstance(units, (int, np.integer)) and not isinstance(units, bool)
        if not is_whole or units < 1:
            raise ValueError(f"units must be a whole number, at least 1; got {units!r}")
        self.units = int(units)
        self.dropout = check_rate("dropout", dropout)
        self.recurrent_dropout = check_rate("recurrent_dropout", recurrent_dropout)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = keras.regularizers.get(recurrent_regularizer)
        self.bias_regularizer = keras.regularizers.get(bias_regularizer)
        self.seed = optional_size("seed", seed, minimum=0)
        if dropout or recurrent_dropout:
            self.seed_generator = keras.random.SeedGenerator(seed)
        self.dropout_mask_count = self.gates  # each gate drops other features
        self.state_size: int | list[int] = self.units
        self.output_size = self.units
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def add_weights(self, input_shape, bias_shape, bias_initializer="zeros"):
        """Creates kernel, recurrent kernel and bias; gates lie side by side."""
        width = self.gates * self.units
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], width),
            initializer="glorot_uniform",
            regularizer=self.kernel_regularizer,
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, width),
            initializer="orthogonal",
            regularizer=self.recurrent_regularizer,
        )
        self.bias = self.add_weight(
            name="bias",
            shape=bias_shape,
            initializer=bias_initializer,
            regularizer=self.bias_regularizer,
        )

    def read_input(self, inputs, training):
        """[batch, dim] -> [batch, gates * units]: inputs kernel."""
        masks = None
        if training and self.dropout:
            masks = self.get_dropout_mask(inputs)
        return _product(inputs, self.kernel, masks)

    def read_state(self, state, training):
        """[batch, units] -> [batch, gates * units]: state recurrent_kernel."""
        masks = None
        if training and self.recurrent_dropout:
            masks = self.get_recurrent_dropout_mask(state)
        return _product(state, self.recurrent_kernel, masks)

    def get_initial_state(self, batch_size):
        """The empty memory: a list with zeros of shape [batch, units]."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]

    def compute_output_shape(self, inputs_shape, states_shape):
        batch = inputs_shape[0]
        states = len(keras.tree.flatten(self.state_size))
        return (batch, self.units), [(batch, self.units)] * states

    def get_config(self):
        serialize = keras.regularizers.serialize
        return {
            **super().get_config(),
            "units": self.units,
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "kernel_regularizer": serialize(self.kernel_regularizer),
            "recurrent_regularizer": serialize(self.recurrent_regularizer),
            "bias_regularizer": serialize(self.bias_regularizer),
            "seed": self.seed,
        }


def _product(x, kernel, masks):
    """x kernel, where every gate reads x through a mask of its own."""
    if masks is None:
        return ops.matmul(x, kernel)
    kernels = ops.split(ops.convert_to_tensor(kernel), len(masks), axis=-1)
    parts = [ops.matmul(x * mask, part) for mask, part in zip(masks, kernels)]
    return ops.concatenate(parts, axis=-1)
