"""recurrence.cell: the step as a layer that `keras.layers.RNN` can drive."""

import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.recurrence.samples import UNIT, parameters
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes
from course.examination.candidate import copy_of

cell = Exercise(
    "recurrence.cell",
    unit=UNIT,
    answer="RNNCell",
    reference=transformer_tf.RNNCell,
    parts={"one_step": 2, "sequence": 3, "gradient": 1, "compiled": 1},
    returns={
        "output": ("batch", "step", "units"),
        "states": (),
    },
    forbidden=(
        "transformer_tf.RNNCell",
        "keras.layers.SimpleRNNCell",
        "keras.layers.SimpleRNN",
    ),
    operations=(
        "CudnnRNN",
        "CudnnRNNV2",
        "CudnnRNNV3",
    ),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=20,
    paper="https://keras.io/api/layers/recurrent_layers/rnn/",
)

NAMES = ("kernel", "recurrent_kernel", "bias")


def _weights(rng, dim, units):
    return dict(zip(NAMES, parameters(rng, dim, units), strict=True))


def _step(rng, batch=2, dim=3, units=4):
    case = Call(floats(rng, batch, dim), [floats(rng, batch, units)])
    case = case.of_layer(weights=_weights(rng, dim, units), units=units)
    return case.with_axes(output=("batch", "units"))


def _sequence(rng, batch=2, length=5, dim=3, units=4):
    weights = _weights(rng, dim, units)
    return Call(floats(rng, batch, length, dim)).of_layer(
        weights=weights, inside="rnn", units=units
    )


@cell.probe(part="one_step")
def one_step(rng):
    return _step(rng)


@cell.probe(part="one_step")
def as_many_inputs_as_units(rng):
    return _step(rng, batch=3, dim=4)


@cell.probe(part="sequence")
def in_keras_rnn(rng):
    return _sequence(rng)


@cell.probe(part="sequence")
def one_step_sequence(rng):
    return _sequence(rng, batch=3, length=1, dim=5)


@cell.probe(part="gradient")
def gradients(rng):
    return _sequence(rng, length=3).asking(gradient=floats(rng, 2, 3, 4))


@cell.probe(part="compiled")
def in_a_graph(rng):
    return _step(rng).asking(mode="graph")


@cell.promise(part="sequence", batch=Sizes(1, 3), length=Sizes(1, 7))
def any_sequence(rng, **sizes):
    """One layer reads them all: it was built for other sizes."""
    built = (floats(rng, 2, 5, 3),)
    return _sequence(rng, **sizes).asking(build=built)


@cell.promise(part="one_step", dim=Sizes(1, 5), units=Sizes(1, 6))
def any_step(rng, **sizes):
    return _step(rng, **sizes)


Copy = copy_of(transformer_tf.RNNCell)


class Variation(Copy):
    """The cell with a replaceable step, from which the mistakes below are made."""

    def call(self, inputs, states, training=None):
        state = self.step(inputs, states[0])
        return state, [state]

    def mix(self, inputs, state):
        new = ops.matmul(inputs, self.kernel) + self.bias
        return new + ops.matmul(state, self.recurrent_kernel)


@cell.misconception
class OldStateReturned(Variation):
    def call(self, inputs, states, training=None):
        return ops.tanh(self.mix(inputs, states[0])), states


@cell.misconception
class StateNotAList(Variation):
    def call(self, inputs, states, training=None):
        state = ops.tanh(self.mix(inputs, states[0]))
        return state, state


@cell.misconception
class StateWithoutTanh(Variation):
    def call(self, inputs, states, training=None):
        state = self.mix(inputs, states[0])
        return ops.tanh(state), [state]


@cell.misconception
class OutputWithoutTanh(Variation):
    def call(self, inputs, states, training=None):
        mixed = self.mix(inputs, states[0])
        return mixed, [ops.tanh(mixed)]


@cell.misconception
class NoTanh(Variation):
    def step(self, inputs, state):
        return self.mix(inputs, state)


@cell.misconception
class ForgetsTheState(Variation):
    def step(self, inputs, state):
        return ops.tanh(ops.matmul(inputs, self.kernel) + self.bias)


@cell.misconception
class NoBias(Variation):
    def step(self, inputs, state):
        return ops.tanh(self.mix(inputs, state) - self.bias)


@cell.misconception
class SigmoidInstead(Variation):
    def step(self, inputs, state):
        return ops.sigmoid(self.mix(inputs, state))


@cell.misconception
class StateAddedOn(Variation):
    def step(self, inputs, state):
        return state + ops.tanh(self.mix(inputs, state))


@cell.alternative
class WithTensorflow(Variation):
    def call(self, inputs, states):
        state = tf.tanh(
            inputs @ self.kernel + states[0] @ self.recurrent_kernel + self.bias
        )
        return state, (state,)


@cell.alternative
class OneProduct(Variation):
    def step(self, inputs, state):
        both = ops.concatenate([inputs, state], axis=-1)
        weights = ops.concatenate([self.kernel, self.recurrent_kernel], axis=0)
        return ops.tanh(ops.matmul(both, weights) + self.bias)


@cell.alternative
class WeightsInAnotherOrder(Variation):
    def build(self, input_shape):
        units = self.units
        self.bias = self.add_weight(shape=(units,), name="bias")
        self.recurrent_kernel = self.add_weight(
            shape=(units, units), name="recurrent_kernel"
        )
        self.kernel = self.add_weight(shape=(input_shape[-1], units), name="kernel")

    def step(self, inputs, state):
        return ops.tanh(self.mix(inputs, state))
