"""The three cells against Keras' own layers and float64 NumPy, and over padding."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf
from tests.selection import table

BATCH, LENGTH, DIM, UNITS = 3, 7, 5, 4

CELLS = {
    "rnn": (transformer_tf.RNNCell, keras.layers.SimpleRNN),
    "lstm": (transformer_tf.LSTMCell, keras.layers.LSTM),
    "gru": (transformer_tf.GRUCell, keras.layers.GRU),
}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def rnn_step(x, states, kernel, recurrent_kernel, bias):
    state = np.tanh(x @ kernel + states[0] @ recurrent_kernel + bias)
    return [state]


def lstm_step(x, states, kernel, recurrent_kernel, bias):
    units = len(recurrent_kernel)

    def gate(place):
        part = slice(place * units, (place + 1) * units)
        return x @ kernel[:, part] + states[0] @ recurrent_kernel[:, part] + bias[part]

    memory = sigmoid(gate(1)) * states[1] + sigmoid(gate(0)) * np.tanh(gate(2))
    return [sigmoid(gate(3)) * np.tanh(memory), memory]


def gru_step(x, states, kernel, recurrent_kernel, bias):
    units = len(recurrent_kernel)
    of_input = x @ kernel + bias[0]
    of_state = states[0] @ recurrent_kernel + bias[1]
    keep = sigmoid(of_input[:, :units] + of_state[:, :units])
    reset = sigmoid(of_input + of_state)[:, units : 2 * units]
    candidate = np.tanh(of_input[:, 2 * units :] + reset * of_state[:, 2 * units :])
    return [keep * states[0] + (1 - keep) * candidate]


STEPS = {"rnn": rnn_step, "lstm": lstm_step, "gru": gru_step}


@pytest.fixture(params=list(CELLS))
def name(request):
    return request.param


def reader(name, rng, **arguments):
    """One of our cells in keras.layers.RNN, its weights drawn from `rng`."""
    layer = keras.layers.RNN(CELLS[name][0](UNITS), **arguments)
    layer.build((None, LENGTH, DIM))
    layer.set_weights([rng.normal(0, 0.7, w.shape) for w in layer.weights])
    return layer


class TestCells:
    def test_sequence_and_states_equal_keras(self, name, rng):
        ours = reader(name, rng, return_sequences=True, return_state=True)
        theirs = CELLS[name][1](UNITS, return_sequences=True, return_state=True)
        theirs.build((None, LENGTH, DIM))
        assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
        theirs.set_weights(ours.get_weights())
        x = rng.normal(size=(BATCH, LENGTH, DIM)).astype("float32")
        for got, expected in zip(ours(x), theirs(x), strict=True):
            np.testing.assert_allclose(got, expected, atol=1e-6)

    def test_sequence_equals_float64(self, name, rng):
        layer = reader(name, rng, return_sequences=True)
        x = rng.normal(size=(BATCH, LENGTH, DIM))
        weights = [w.astype("float64") for w in layer.get_weights()]
        states = [np.zeros((BATCH, UNITS))] * 2
        for step, got in enumerate(np.moveaxis(layer(x), 1, 0)):
            states = STEPS[name](x[:, step], states, *weights)
            np.testing.assert_allclose(got, states[0], atol=2e-6)

    def test_one_step_continues_from_given_states(self, name, rng):
        cell = reader(name, rng).cell
        weights = [w.astype("float64") for w in cell.get_weights()]
        states = [rng.normal(size=(BATCH, UNITS)) for _ in cell.get_initial_state(1)]
        x = rng.normal(size=(BATCH, DIM))
        output, new_states = cell(x, [tf.constant(s, "float32") for s in states])
        expected = STEPS[name](x, states, *weights)
        np.testing.assert_allclose(output, expected[0], atol=1e-6)
        for got, state in zip(new_states, expected, strict=True):
            np.testing.assert_allclose(got, state, atol=1e-6)

    @pytest.mark.parametrize("side", ["left", "right"])
    @pytest.mark.parametrize("jit", [False, True])
    def test_padding_changes_nothing(self, name, rng, side, jit):
        layer = reader(name, rng)
        x = rng.normal(size=(BATCH, LENGTH, DIM)).astype("float32")
        junk = rng.normal(size=(BATCH, 2, DIM)).astype("float32")
        real, padding = np.ones((BATCH, LENGTH)), np.zeros((BATCH, 2))
        parts, masks = [(x, junk), (real, padding)]
        if side == "left":
            parts, masks = parts[::-1], masks[::-1]
        padded = np.concatenate(parts, axis=1)
        mask = np.concatenate(masks, axis=1).astype(bool)
        read = tf.function(lambda x, m: layer(x, mask=m), jit_compile=jit)
        np.testing.assert_allclose(read(padded, mask), layer(x), atol=1e-6)

    def test_embedding_mask_reaches_the_reader(self, name, rng):
        model = keras.Sequential(
            [keras.layers.Embedding(9, DIM, mask_zero=True), reader(name, rng)]
        )
        ids = rng.integers(1, 9, (BATCH, LENGTH))
        padded = np.pad(ids, [(0, 0), (0, 3)])
        np.testing.assert_allclose(model(padded), model(ids), atol=1e-6)

    def test_gradients_equal_keras(self, name, rng):
        ours = reader(name, rng)
        theirs = CELLS[name][1](UNITS)
        theirs.build((None, LENGTH, DIM))
        theirs.set_weights(ours.get_weights())
        x = tf.constant(rng.normal(size=(BATCH, LENGTH, DIM)), "float32")
        target = tf.constant(rng.normal(size=(BATCH, UNITS)), "float32")

        def gradients(layer):
            with tf.GradientTape() as tape:
                tape.watch(x)
                loss = tf.reduce_sum((layer(x) - target) ** 2)
            return tape.gradient(loss, [x, *(w.value for w in layer.weights)])

        for got, expected in zip(gradients(ours), gradients(theirs), strict=True):
            assert np.any(got)
            np.testing.assert_allclose(got, expected, atol=1e-5)

    def test_gradient_equals_finite_difference(self, name, rng):
        layer = reader(name, rng)
        weights = [w.astype("float64") for w in layer.get_weights()]
        x = rng.normal(size=(BATCH, LENGTH, DIM))

        def loss(weights):
            states = [np.zeros((BATCH, UNITS))] * 2
            for step in range(LENGTH):
                states = STEPS[name](x[:, step], states, *weights)
            return np.sum(states[0] ** 2)

        directions = [rng.normal(size=w.shape) for w in weights]
        ahead, behind = (
            loss([w + step * d for w, d in zip(weights, directions)])
            for step in (1e-5, -1e-5)
        )
        with tf.GradientTape() as tape:
            value = tf.reduce_sum(layer(x) ** 2)
        gradients = tape.gradient(value, [w.value for w in layer.weights])
        gradient = sum(np.sum(s * d) for s, d in zip(gradients, directions))
        np.testing.assert_allclose(gradient, (ahead - behind) / 2e-5, rtol=1e-4)

    @pytest.mark.parametrize("units", [0, -3, 2.5, "4", None])
    def test_rejects_units(self, name, units):
        with pytest.raises(ValueError, match=f"at least 1; got {units!r}"):
            CELLS[name][0](units)

    def test_rejects_a_sequence_without_reader(self, name):
        with pytest.raises(ValueError, match="expected ndim=2, found ndim=3"):
            cell = CELLS[name][0](UNITS)
            cell(np.zeros((BATCH, LENGTH, DIM)), cell.get_initial_state(BATCH))

    def test_half_precision_states(self, name, rng):
        layer = keras.layers.RNN(
            CELLS[name][0](UNITS, dtype="mixed_bfloat16"), dtype="mixed_bfloat16"
        )
        output = layer(rng.normal(size=(BATCH, LENGTH, DIM)))
        assert output.dtype == tf.bfloat16
        assert layer.cell.kernel.dtype == "float32"

    def test_saved_and_loaded(self, name, rng, tmp_path):
        model = keras.Sequential([keras.Input((LENGTH, DIM)), reader(name, rng)])
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        x = rng.normal(size=(BATCH, LENGTH, DIM))
        np.testing.assert_array_equal(loaded(x), model(x))


class TestLSTMCell:
    def test_new_cell_remembers(self):
        cell = transformer_tf.LSTMCell(UNITS)
        cell.build((None, DIM))
        expected = np.repeat([0.0, 1.0, 0.0, 0.0], UNITS)
        np.testing.assert_array_equal(cell.bias, expected)

    def test_open_gates_carry_the_memory_for_a_thousand_steps(self):
        layer = keras.layers.RNN(transformer_tf.LSTMCell(1), return_state=True)
        layer.build((None, None, 1))
        bias = np.array([-100.0, 100.0, 0.0, 100.0])  # nothing written, all kept
        layer.set_weights([np.zeros((1, 4)), np.zeros((1, 4)), bias])
        start = [np.zeros((1, 1), "float32"), np.full((1, 1), 0.3, "float32")]
        output, _, memory = layer(np.ones((1, 1000, 1)), initial_state=start)
        np.testing.assert_allclose(memory, 0.3)
        np.testing.assert_allclose(output, np.tanh([[0.3]]), rtol=1e-6)


class TestGRUCell:
    def test_update_gate_near_one_keeps_the_state(self):
        cell = transformer_tf.GRUCell(UNITS)
        cell.build((None, DIM))
        bias = np.zeros((2, 3 * UNITS))
        bias[0, :UNITS] = 100
        cell.bias.assign(bias)
        state = np.linspace(-0.9, 0.9, BATCH * UNITS, dtype="float32")
        state = state.reshape(BATCH, UNITS)
        output, _ = cell(np.ones((BATCH, DIM)), [state])
        np.testing.assert_allclose(output, state)


KERAS_CELLS = {
    "rnn": (keras.layers.SimpleRNNCell, {}),
    "lstm": (keras.layers.LSTMCell, {"implementation": 1}),
    "gru": (keras.layers.GRUCell, {"implementation": 1}),
}
RATES = {"dropout": 0.3, "recurrent_dropout": 0.4, "seed": 11}
WHICH = [["dropout"], ["recurrent_dropout"], ["dropout", "recurrent_dropout"]]
DROPPED = [(which, jit_compile) for which in WHICH for jit_compile in (False, True)]
# Both at once as they are trained, each alone without a compiler.
DROPPED_OFTEN = [DROPPED[0], DROPPED[2], DROPPED[5]]


class TestDropoutAndRegularizers:
    def pair(self, name, rng, **arguments):
        """Our cell and Keras' in a reader each, with the same weights."""
        ours = keras.layers.RNN(CELLS[name][0](UNITS, **arguments))
        kind, more = KERAS_CELLS[name]
        theirs = keras.layers.RNN(kind(UNITS, **arguments, **more))
        for layer in (ours, theirs):
            layer.build((None, LENGTH, DIM))
        weights = [rng.normal(0, 0.7, w.shape) for w in ours.trainable_weights]
        for layer in (ours, theirs):
            for weight, value in zip(layer.trainable_weights, weights, strict=True):
                weight.assign(value)
        return ours, theirs

    @pytest.mark.parametrize("dropped, jit_compile", table(DROPPED, DROPPED_OFTEN))
    def test_drops_what_keras_drops(self, name, rng, dropped, jit_compile):
        rates = {rate: RATES[rate] for rate in dropped}
        ours, theirs = self.pair(name, rng, **rates, seed=11)
        x = tf.constant(rng.normal(size=(BATCH, LENGTH, DIM)), "float32")
        # Keras draws masks at every call, used or not: both are called alike.
        whole, expected = (layer(x, training=False) for layer in (ours, theirs))
        np.testing.assert_allclose(whole, expected, atol=1e-6)

        def trained(layer):
            function = tf.function(
                lambda x: layer(x, training=True), jit_compile=jit_compile
            )
            return [np.array(function(x)) for _ in range(2)]

        (first, second), expected = trained(ours), trained(theirs)
        np.testing.assert_allclose([first, second], expected, atol=1e-5)
        assert np.abs(first - second).max() > 0.01  # another mask for every sequence
        assert np.abs(first - whole).max() > 0.01

    def test_regularizers_equal_keras(self, name, rng):
        arguments = {
            "kernel_regularizer": "l1",
            "recurrent_regularizer": keras.regularizers.L2(0.02),
            "bias_regularizer": {"class_name": "L1", "config": {"l1": 0.3}},
        }
        ours, theirs = self.pair(name, rng, **arguments)
        assert len(ours.losses) == 3
        np.testing.assert_allclose(ours.losses, theirs.losses, rtol=1e-5)

    def test_saved_with_all_of_it(self, name, rng, tmp_path):
        cell = CELLS[name][0](
            UNITS, **RATES, kernel_regularizer="l2", bias_regularizer="l1"
        )
        model = keras.Sequential([keras.Input((LENGTH, DIM)), keras.layers.RNN(cell)])
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        assert loaded.layers[0].cell.get_config() == cell.get_config()
        x = rng.normal(size=(BATCH, LENGTH, DIM))
        np.testing.assert_array_equal(loaded(x), model(x))
        np.testing.assert_allclose(loaded.losses, model.losses)

    @pytest.mark.parametrize("rate", ["dropout", "recurrent_dropout"])
    def test_rejects_rates(self, name, rate):
        with pytest.raises(ValueError, match=f"{rate} must lie in"):
            CELLS[name][0](UNITS, **{rate: 1.0})
