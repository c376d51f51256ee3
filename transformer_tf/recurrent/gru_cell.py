"""The gated recurrent unit: two gates and no second memory."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="transformer_tf")
class GRUCell(keras.layers.Layer):
    """Reads one step of a sequence and blends a candidate into its state.

    The update gate says how much of the old state stays; the reset gate, how much of
    it the candidate may see:

        candidate = tanh(inputs kernel + bias
                         + reset_gate * (previous_state recurrent_kernel + bias))
        state = update_gate * previous_state + (1 - update_gate) * candidate

    Each gate is sigmoid(inputs kernel + previous_state recurrent_kernel + biases).
    Wrap it in `keras.layers.RNN` to read whole sequences.

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

    Source: https://arxiv.org/abs/1406.1078, section 2.3, with the reset gate applied
    after the matrix product as in `keras.layers.GRU(reset_after=True)`, its default:
    one product serves both gates and the candidate. The last axis of every weight
    holds update gate, reset gate, candidate, in this order; the first row of the bias
    belongs to the inputs, the second to the state. So Keras' weights fit.
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
            shape=(input_shape[-1], 3 * self.units),
            initializer="glorot_uniform",
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, 3 * self.units),
            initializer="orthogonal",
        )
        self.bias = self.add_weight(
            name="bias", shape=(2, 3 * self.units), initializer="zeros"
        )

    def call(self, inputs, states):
        (previous,) = states
        # [batch, 3 units] -> three of [batch, units], for the inputs and for the state
        input_update, input_reset, input_candidate = ops.split(
            ops.matmul(inputs, self.kernel) + self.bias[0], 3, axis=-1
        )
        state_update, state_reset, state_candidate = ops.split(
            ops.matmul(previous, self.recurrent_kernel) + self.bias[1], 3, axis=-1
        )
        update_gate = ops.sigmoid(input_update + state_update)
        reset_gate = ops.sigmoid(input_reset + state_reset)
        candidate = ops.tanh(input_candidate + reset_gate * state_candidate)
        state = update_gate * previous + (1 - update_gate) * candidate
        return state, [state]

    def get_initial_state(self, batch_size):
        """The empty memory: a list with zeros of shape [batch, units]."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]

    def compute_output_shape(self, inputs_shape, states_shape):
        batch = inputs_shape[0]
        return (batch, self.units), [(batch, self.units)]

    def get_config(self):
        return {**super().get_config(), "units": self.units}
