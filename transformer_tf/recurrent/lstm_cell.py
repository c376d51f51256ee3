"""Long short-term memory: a memory line that gates open and close."""

import keras
from keras import ops

from transformer_tf.recurrent.cell import RecurrentCell


@keras.saving.register_keras_serializable(package="transformer_tf")
class LSTMCell(RecurrentCell):
    """Reads one step of a sequence and decides what to keep, write and show.

    The memory is a line of its own. Each step only scales it by the forget gate and
    adds to it, so that a gate near 1 lets a gradient travel back unchanged:

        memory = forget_gate * previous_memory + input_gate * candidate
        state = output_gate * tanh(memory)

    Each gate is sigmoid(inputs kernel + previous_state recurrent_kernel + bias), the
    candidate the same with tanh. Wrap it in `keras.layers.RNN` to read sequences.

    Args:
        units: Size of the state, and of the memory.
        dropout: Share of the input's features dropped in training, in [0, 1).
        recurrent_dropout: The same for the state that the gates read.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: What Keras takes as
            a regularizer of `kernel`, `recurrent_kernel` and `bias`; None for none.
        seed: Seed of the dropout; None draws one.

    Call:
        inputs: [batch, dim] floats, one step of the sequence.
        states: A list with the previous state and memory, each [batch, units].

    Returns:
        output: [batch, units] floats in [-1, 1]: the new state.
        states: A list with the new state and the new memory.

    Raises:
        ValueError: `units` is not a positive whole number, a rate outside [0, 1), no
            such regularizer, inputs of another rank.

    Example:
        >>> x = keras.random.normal((2, 5, 8))
        >>> print(keras.layers.RNN(LSTMCell(4), return_sequences=True)(x).shape)
        (2, 5, 4)
        >>> cell = LSTMCell(4)
        >>> output, [state, memory] = cell(x[:, 0], cell.get_initial_state(2))
        >>> print(state.shape, memory.shape)  # after one step
        (2, 4) (2, 4)

    Source: https://doi.org/10.1162/neco.1997.9.8.1735; the forget gate, whose bias
    starts at 1 so that a new cell remembers: https://doi.org/10.1162/089976600300015015.
    The last axis of every weight holds input gate, forget gate, candidate, output
    gate, in this order, so that the weights of `keras.layers.LSTM` fit.
    """

    gates = 4

    def __init__(self, units: int, **kwargs):
        super().__init__(units, **kwargs)
        self.state_size = [self.units, self.units]

    def build(self, input_shape):
        self.add_weights(input_shape, (4 * self.units,), open_forget_gate)

    def call(self, inputs, states, training=False):
        previous_state, previous_memory = states
        gates = (
            self.read_input(inputs, training)
            + self.read_state(previous_state, training)
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


def open_forget_gate(shape, dtype=None):
    """[4 units]: ones for the forget gate, the second quarter, zeros elsewhere."""
    gate = ops.arange(shape[0]) // (shape[0] // 4)
    return ops.cast(gate == 1, dtype)
