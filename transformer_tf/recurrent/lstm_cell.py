"""Long short-term memory: a memory line that gates open and close."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="transformer_tf")
class LSTMCell(keras.layers.Layer):
    """Reads one step of a sequence and decides what to keep, write and show.

    The memory is a line of its own. Each step only scales it by the forget gate and
    adds to it, so that a gate near 1 lets a gradient travel back unchanged:

        memory = forget_gate * previous_memory + input_gate * candidate
        state = output_gate * tanh(memory)

    Each gate is sigmoid(inputs kernel + previous_state recurrent_kernel + bias), the
    candidate the same with tanh. Wrap it in `keras.layers.RNN` to read sequences.

    Args:
        units: Size of the state, and of the memory.

    Call:
        inputs: [batch, dim] floats, one step of the sequence.
        states: A list with the previous state and memory, each [batch, units].

    Returns:
        output: [batch, units] floats in [-1, 1]: the new state.
        states: A list with the new state and the new memory.

    Raises:
        ValueError: `units` is not a positive whole number; inputs of another rank.

    Source: https://doi.org/10.1162/neco.1997.9.8.1735; the forget gate, whose bias
    starts at 1 so that a new cell remembers: https://doi.org/10.1162/089976600300015015.
    The last axis of every weight holds input gate, forget gate, candidate, output
    gate, in this order, so that the weights of `keras.layers.LSTM` fit.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        is_whole = isinstance(units, (int, np.integer)) and not isinstance(units, bool)
        if not is_whole or units < 1:
            raise ValueError(f"units must be a whole number, at least 1; got {units!r}")
        self.units = int(units)
        self.state_size = [self.units, self.units]
        self.output_size = self.units
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], 4 * self.units),
            initializer="glorot_uniform",
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, 4 * self.units),
            initializer="orthogonal",
        )
        self.bias = self.add_weight(
            name="bias", shape=(4 * self.units,), initializer=open_forget_gate
        )

    def call(self, inputs, states):
        previous_state, previous_memory = states
        gates = (
            ops.matmul(inputs, self.kernel)
            + ops.matmul(previous_state, self.recurrent_kernel)
            + self.bias
        )
        # [batch, 4 units] -> four of [batch, units]
        input_gate, forget_gate, candidate, output_gate = ops.split(gates, 4, axis=-1)
        memory = ops.sigmoid(forget_gate) * previous_memory
        memory += ops.sigmoid(input_gate) * ops.tanh(candidate)
        state = ops.sigmoid(output_gate) * ops.tanh(memory)
        return state, [state, memory]

    def get_initial_state(self, batch_size):
        """State and memory, both empty: a list of two zeros of [batch, units]."""
        zeros = ops.zeros((batch_size, self.units), dtype=self.compute_dtype)
        return [zeros, zeros]

    def compute_output_shape(self, inputs_shape, states_shape):
        batch = inputs_shape[0]
        return (batch, self.units), [(batch, self.units)] * 2

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def open_forget_gate(shape, dtype=None):
    """[4 units]: ones for the forget gate, the second quarter, zeros elsewhere."""
    gate = ops.arange(shape[0]) // (shape[0] // 4)
    return ops.cast(gate == 1, dtype)
