"""The simplest recurrent cell: the new state mixes the input with the old state."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="transformer_tf")
class RNNCell(keras.layers.Layer):
    """Reads one step of a sequence and updates its memory of all the steps before.

    state = tanh(inputs kernel + previous_state recurrent_kernel + bias). Wrap it in
    `keras.layers.RNN` to read whole sequences.

    Args:
        units: Size of the state.

    Call:
        inputs: [batch, dim] floats, one step of the sequence.
        states: A list with the previous state, [batch, units].

    Returns:
        output: [batch, units] floats in [-1, 1]: the new state.
        states: A list with the new state.

    Raises:
        ValueError: `units` is not a positive whole number; inputs of another rank.

    Source: https://doi.org/10.1207/s15516709cog1402_1 (Elman, 1990). Weights are
    named and laid out as in `keras.layers.SimpleRNN`.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        is_whole = isinstance(units, (int, np.integer)) and not isinstance(units, bool)
        if not is_whole or units < 1:
            raise ValueError(f"units must be a whole number, at least 1; got {units!r}")
        self.units = int(units)
        self.state_size = self.units
        self.output_size = self.units
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.units),
            initializer="glorot_uniform",
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, self.units),
            initializer="orthogonal",
        )
        self.bias = self.add_weight(
            name="bias", shape=(self.units,), initializer="zeros"
        )

    def call(self, inputs, states):
        (previous,) = states
        state = ops.tanh(
            ops.matmul(inputs, self.kernel)
            + ops.matmul(previous, self.recurrent_kernel)
            + self.bias
        )
        return state, [state]

    def get_initial_state(self, batch_size):
        """The empty memory: a list with zeros of shape [batch, units]."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]

    def compute_output_shape(self, inputs_shape, states_shape):
        batch = inputs_shape[0]
        return (batch, self.units), [(batch, self.units)]

    def get_config(self):
        return {**super().get_config(), "units": self.units}
