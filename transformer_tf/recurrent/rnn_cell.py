"""The simplest recurrent cell: the new state mixes the input with the old state."""

import keras
from keras import ops

from transformer_tf.recurrent.cell import RecurrentCell


@keras.saving.register_keras_serializable(package="transformer_tf")
class RNNCell(RecurrentCell):
    """Reads one step of a sequence and updates its memory of all the steps before.

    state = tanh(inputs kernel + previous_state recurrent_kernel + bias). Wrap it in
    `keras.layers.RNN` to read whole sequences.

    Args:
        units: Size of the state.
        dropout: Share of the input's features dropped in training, in [0, 1).
        recurrent_dropout: The same for the state that the step reads.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: What Keras takes as
            a regularizer of `kernel`, `recurrent_kernel` and `bias`; None for none.
        seed: Seed of the dropout; None draws one.

    Call:
        inputs: [batch, dim] floats, one step of the sequence.
        states: A list with the previous state, [batch, units].

    Returns:
        output: [batch, units] floats in [-1, 1]: the new state.
        states: A list with the new state.

    Raises:
        ValueError: `units` is not a positive whole number, a rate outside [0, 1), no
            such regularizer, inputs of another rank.

    Example:
        >>> x = keras.random.normal((2, 5, 8))
        >>> print(keras.layers.RNN(RNNCell(4))(x).shape)  # the last state
        (2, 4)
        >>> cell, state = RNNCell(4), ops.zeros((2, 4))
        >>> for step in range(5):  # the same by hand
        ...     output, [state] = cell(x[:, step], [state])
        >>> print(output.shape)
        (2, 4)

    Source: https://doi.org/10.1207/s15516709cog1402_1 (Elman, 1990). Weights are
    named and laid out as in `keras.layers.SimpleRNN`.
    """

    def build(self, input_shape):
        self.add_weights(input_shape, (self.units,))

    def call(self, inputs, states, training=False):
        (previous,) = states
        state = ops.tanh(
            self.read_input(inputs, training)
            + self.read_state(previous, training)
            + self.bias
        )
        return state, [state]
