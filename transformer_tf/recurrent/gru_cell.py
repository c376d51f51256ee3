"""The gated recurrent unit: two gates and no second memory."""

import keras
from keras import ops

from transformer_tf.recurrent.cell import RecurrentCell


@keras.saving.register_keras_serializable(package="transformer_tf")
class GRUCell(RecurrentCell):
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
        dropout: Share of the input's features dropped in training, in [0, 1).
        recurrent_dropout: The same for the state that gates and candidate read.
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
        >>> print(keras.layers.RNN(GRUCell(4))(x).shape)  # the last state
        (2, 4)
        >>> output, [state] = GRUCell(4)(x[:, 0], [ops.zeros((2, 4))])
        >>> print(state.shape)  # after one step
        (2, 4)

    Source: https://arxiv.org/abs/1406.1078, section 2.3, with the reset gate applied
    after the matrix product as in `keras.layers.GRU(reset_after=True)`, its default:
    one product serves both gates and the candidate. The last axis of every weight
    holds update gate, reset gate, candidate, in this order; the first row of the bias
    belongs to the inputs, the second to the state. So Keras' weights fit.
    """

    gates = 3

    def build(self, input_shape):
        self.add_weights(input_shape, (2, 3 * self.units))

    def call(self, inputs, states, training=False):
        (previous,) = states
        # [batch, 3 units] -> three of [batch, units], for the inputs and for the state
        input_update, input_reset, input_candidate = ops.split(
            self.read_input(inputs, training) + self.bias[0], 3, axis=-1
        )
        state_update, state_reset, state_candidate = ops.split(
            self.read_state(previous, training) + self.bias[1], 3, axis=-1
        )
        update_gate = ops.sigmoid(input_update + state_update)
        reset_gate = ops.sigmoid(input_reset + state_reset)
        candidate = ops.tanh(input_candidate + reset_gate * state_candidate)
        state = update_gate * previous + (1 - update_gate) * candidate
        return state, [state]
