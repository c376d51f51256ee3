"""recurrence.lstm_cell: the cell that remembers, driven by `keras.layers.RNN`."""

import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.recurrence.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes
from course.examination.candidate import copy_of

exercise = Exercise(
    "recurrence.lstm_cell",
    unit=UNIT,
    answer="LSTMCell",
    reference=transformer_tf.LSTMCell,
    parts={"one_step": 3, "sequence": 2, "memory": 1, "gradient": 1, "compiled": 1},
    returns={"output": ("batch", "step", "units"), "states": ()},
    intermediates=("memory", "state"),
    forbidden=("transformer_tf.LSTMCell", "keras.layers.LSTMCell", "keras.layers.LSTM"),
    stands_on=("transformer_tf.recurrent.lstm_cell.open_forget_gate",),
    operations=(
        "LSTMBlockCell",
        "BlockLSTM",
        "BlockLSTMV2",
        "CudnnRNN",
        "CudnnRNNV2",
        "CudnnRNNV3",
    ),
    hints=4,
    difficulty=4,
    importance=4,
    minutes=20,
    paper="https://doi.org/10.1162/neco.1997.9.8.1735",
)


def _weights(rng, dim, units):
    return {
        "kernel": floats(rng, dim, 4 * units, scale=0.6),
        "recurrent_kernel": floats(rng, units, 4 * units, scale=0.6),
        "bias": floats(rng, 4 * units, scale=0.6),
    }


def _step(rng, batch=2, dim=3, units=4):
    states = [floats(rng, batch, units), floats(rng, batch, units)]
    case = Call(floats(rng, batch, dim), states)
    case = case.of_layer(weights=_weights(rng, dim, units), units=units)
    return case.with_axes(output=("batch", "units"))


def _sequence(rng, batch=2, length=5, dim=3, units=4, **weights):
    weights = {**_weights(rng, dim, units), **weights}
    case = Call(floats(rng, batch, length, dim))
    return case.of_layer(weights=weights, inside="rnn", units=units)


@exercise.probe(part="one_step")
def one_step(rng):
    return _step(rng)


@exercise.probe(part="one_step")
def as_many_inputs_as_units(rng):
    return _step(rng, batch=3, dim=4)


@exercise.probe(part="sequence")
def in_keras_rnn(rng):
    return _sequence(rng)


@exercise.probe(part="memory")
def gates_held_open(rng):
    bias = floats(rng, 4, 4, scale=0.6)
    bias[1] += 20
    return _sequence(rng, length=6, bias=bias.reshape(16))


@exercise.probe(part="gradient")
def gradients(rng):
    return _sequence(rng, length=3).asking(gradient=floats(rng, 2, 3, 4))


@exercise.probe(part="compiled")
def in_a_graph(rng):
    return _step(rng).asking(mode="graph")


@exercise.promise(part="sequence", batch=Sizes(1, 3), length=Sizes(1, 7))
def any_sequence(rng, **sizes):
    """One layer reads them all: it was built for other sizes."""
    built = (floats(rng, 2, 5, 3),)
    return _sequence(rng, **sizes).asking(build=built)


@exercise.promise(part="one_step", dim=Sizes(1, 5), units=Sizes(1, 6))
def any_step(rng, **sizes):
    return _step(rng, **sizes)


Copy = copy_of(transformer_tf.LSTMCell)


class Variation(Copy):
    """The cell with replaceable pieces, from which the mistakes below are made."""

    def pieces(self, inputs, state):
        mixed = ops.matmul(inputs, self.kernel) + self.bias
        mixed = mixed + ops.matmul(state, self.recurrent_kernel)
        return self.activated(*ops.split(mixed, 4, axis=-1))

    def activated(self, write, keep, candidate, show):
        squash = ops.sigmoid
        return squash(write), squash(keep), ops.tanh(candidate), squash(show)

    def call(self, inputs, states):
        previous_state, previous_memory = states
        pieces = self.pieces(inputs, previous_state)
        memory = self.remember(previous_memory, *pieces[:3])
        state = self.show(memory, pieces[3])
        return state, [state, memory]

    def remember(self, memory, write, keep, candidate):
        return keep * memory + write * candidate

    def show(self, memory, gate):
        return gate * ops.tanh(memory)


@exercise.misconception
class GatesInAnotherOrder(Variation):
    def activated(self, write, keep, candidate, show):
        return super().activated(write, keep, show, candidate)


@exercise.misconception
class InputAndForgetSwapped(Variation):
    def activated(self, write, keep, candidate, show):
        return super().activated(keep, write, candidate, show)


@exercise.misconception
class NoForgetGate(Variation):
    def remember(self, memory, write, keep, candidate):
        return memory + write * candidate


@exercise.misconception
class NoInputGate(Variation):
    def remember(self, memory, write, keep, candidate):
        return keep * memory + candidate


@exercise.misconception
class ForgetGateInverted(Variation):
    def remember(self, memory, write, keep, candidate):
        return (1 - keep) * memory + write * candidate


@exercise.misconception
class OneGateForKeepingAndWriting(Variation):
    def remember(self, memory, write, keep, candidate):
        return keep * memory + (1 - keep) * candidate


@exercise.misconception
class CandidateWithSigmoid(Variation):
    def activated(self, write, keep, candidate, show):
        write, keep, _, show = super().activated(write, keep, candidate, show)
        return write, keep, ops.sigmoid(candidate), show


@exercise.misconception
class GatesWithTanh(Variation):
    def activated(self, write, keep, candidate, show):
        return [ops.tanh(piece) for piece in (write, keep, candidate, show)]


@exercise.misconception
class GatesWithoutSigmoid(Variation):
    def activated(self, write, keep, candidate, show):
        return write, keep, ops.tanh(candidate), show


@exercise.misconception
class MemoryShownRaw(Variation):
    def show(self, memory, gate):
        return gate * memory


@exercise.misconception
class NoOutputGate(Variation):
    def show(self, memory, gate):
        return ops.tanh(memory)


@exercise.misconception
class StatesSwapped(Variation):
    def call(self, inputs, states):
        output, (state, memory) = super().call(inputs, states)
        return output, [memory, state]


@exercise.misconception
class MemoryNeverUpdated(Variation):
    def call(self, inputs, states):
        output, (state, _) = super().call(inputs, states)
        return output, [state, states[1]]


@exercise.misconception
class MemoryUsedAsState(Variation):
    def pieces(self, inputs, state):
        return super().pieces(inputs, self.memory)

    def call(self, inputs, states):
        self.memory = states[1]
        return super().call(inputs, states)


@exercise.misconception
class NoBias(Variation):
    def pieces(self, inputs, state):
        mixed = ops.matmul(inputs, self.kernel)
        mixed = mixed + ops.matmul(state, self.recurrent_kernel)
        return self.activated(*ops.split(mixed, 4, axis=-1))


@exercise.alternative
class SlicesOfTheGates(Variation):
    def call(self, inputs, states):
        units = self.units
        mixed = inputs @ self.kernel + states[0] @ self.recurrent_kernel + self.bias
        gates = tf.sigmoid(mixed)
        candidate = tf.tanh(mixed[:, 2 * units : 3 * units])
        memory = gates[:, units : 2 * units] * states[1] + gates[:, :units] * candidate
        output = gates[:, 3 * units :] * tf.tanh(memory)
        return output, (output, memory)


@exercise.alternative
class OneProduct(Variation):
    def pieces(self, inputs, state):
        both = ops.concatenate([inputs, state], axis=-1)
        weights = ops.concatenate([self.kernel, self.recurrent_kernel], axis=0)
        mixed = ops.matmul(both, weights) + self.bias
        return self.activated(*ops.split(mixed, 4, axis=-1))


@exercise.alternative
class SigmoidFromTanh(Variation):
    def activated(self, write, keep, candidate, show):
        write, keep, show = (
            0.5 + 0.5 * ops.tanh(0.5 * gate) for gate in (write, keep, show)
        )
        return write, keep, ops.tanh(candidate), show


@exercise.alternative
class FourProducts(Variation):
    def pieces(self, inputs, state):
        kernels = ops.split(self.kernel, 4, axis=1)
        recurrent_kernels = ops.split(self.recurrent_kernel, 4, axis=1)
        biases = ops.split(self.bias, 4)
        weights = zip(kernels, recurrent_kernels, biases, strict=True)
        mixed = [
            ops.matmul(inputs, k) + ops.matmul(state, r) + b for k, r, b in weights
        ]
        return self.activated(*mixed)
