"""What unit 01 stages, against the library and Keras: the same, on weights drawn."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf
from course.building.notebook import source_notebook
from course.notebooks.rebuild import role
from course.paths import repository

BATCH, LENGTH, DIM, UNITS = 3, 5, 2, 4


@pytest.fixture(scope="module")
def staged():
    """Every answer of the unit as it stands in the solution notebooks."""
    found = {}
    for script in sorted((repository() / "solutions" / "01_recurrence").glob("*.py")):
        namespace = {"__name__": "__main__"}
        for cell in source_notebook(script, "en").cells:
            if cell.cell_type == "code" and role(cell) not in ("show", "check"):
                exec(compile(cell.source, cell.id, "exec"), namespace)
        found |= namespace
    return found


@pytest.fixture
def weights(rng):
    shapes = [(DIM, UNITS), (UNITS, UNITS), (UNITS,)]
    return [tf.constant(rng.normal(0, 0.7, shape), tf.float32) for shape in shapes]


@pytest.fixture
def inputs(rng):
    return tf.constant(rng.normal(size=(BATCH, LENGTH, DIM)), tf.float32)


@pytest.fixture
def state(rng):
    return tf.constant(rng.normal(size=(BATCH, UNITS)), tf.float32)


def reader(weights, **arguments):
    layer = keras.layers.RNN(transformer_tf.RNNCell(UNITS), **arguments)
    layer.build((None, LENGTH, DIM))
    layer.set_weights(weights)
    return layer


def test_step_is_the_cell(staged, inputs, state, weights):
    cell = reader(weights).cell
    expected, _ = cell(inputs[:, 0], [state])
    got = staged["rnn_step"](inputs[:, 0], state, *weights)
    np.testing.assert_allclose(got, expected, atol=1e-6)


def test_reading_is_keras_rnn(staged, inputs, state, weights):
    layer = reader(weights, return_sequences=True)
    got = staged["read_sequence"](inputs, state, *weights)
    np.testing.assert_allclose(got, layer(inputs, initial_state=state), atol=1e-6)


def test_masked_reading_is_keras_rnn_with_a_mask(staged, inputs, state, weights):
    mask = np.array([[1, 1, 0, 1, 0], [0, 0, 1, 1, 1], [1, 1, 1, 1, 1]], bool)
    layer = reader(weights, return_state=True)
    _, expected = layer(inputs, initial_state=state, mask=mask)
    got = staged["read_masked"](inputs, mask, state, *weights)
    np.testing.assert_allclose(got[:, -1], expected, atol=1e-6)
    np.testing.assert_array_equal(got[0, 2], got[0, 1])
    np.testing.assert_array_equal(got[1, 1], state[1])


def test_gradient_norms_are_finite_differences(staged, inputs, weights):
    got = staged["gradient_norms"](inputs, *weights)
    kernel, recurrent_kernel, bias = (np.float64(weight) for weight in weights)

    def total(inputs):
        state = np.zeros((len(inputs), UNITS))
        for step in range(LENGTH):
            state = np.tanh(inputs[:, step] @ kernel + state @ recurrent_kernel + bias)
        return np.sum(state, axis=-1)

    gradients = np.zeros((BATCH, LENGTH, DIM))
    for step, place in np.ndindex(LENGTH, DIM):
        nudge = np.zeros((LENGTH, DIM))
        nudge[step, place] = 1e-5
        ahead, behind = (total(np.float64(inputs) + s * nudge) for s in (1, -1))
        gradients[:, step, place] = (ahead - behind) / 2e-5
    np.testing.assert_allclose(got, np.linalg.norm(gradients, axis=-1), atol=1e-5)


@pytest.mark.parametrize("max_norm", [0.3, 2.0, 100.0])
def test_clipping_is_tensorflows(staged, weights, max_norm):
    clipped, norm = staged["clip_gradients"](weights, max_norm)
    expected, expected_norm = tf.clip_by_global_norm(weights, max_norm)
    np.testing.assert_allclose(norm, expected_norm, rtol=1e-6)
    for got, want in zip(clipped, expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5)


def test_gated_step_is_a_gru_that_never_resets(staged, inputs, state, weights, rng):
    gate = [tf.constant(rng.normal(size=w.shape), tf.float32) for w in weights]
    cell = transformer_tf.GRUCell(UNITS)
    cell.build((None, DIM))
    nothing = np.zeros
    cell.kernel.assign(np.concatenate([gate[0], nothing((DIM, UNITS)), weights[0]], 1))
    cell.recurrent_kernel.assign(
        np.concatenate([gate[1], nothing((UNITS, UNITS)), weights[1]], 1)
    )
    open_reset = np.full(UNITS, 100.0)
    biases = np.concatenate([gate[2], open_reset, weights[2]])
    cell.bias.assign(np.stack([biases, nothing(3 * UNITS)]))
    expected, _ = cell(inputs[:, 0], [state])
    got = staged["gated_step"](inputs[:, 0], state, *weights, *gate)
    np.testing.assert_allclose(got, expected, atol=1e-6)


def test_recall_batch_by_hand(staged):
    first, noise = np.array([1, 0]), np.array([[0, 2, 1], [1, 0, 2]])
    inputs, targets = staged["recall_batch"](first, noise, symbols=2, noises=3)
    np.testing.assert_array_equal(
        np.argmax(inputs, axis=-1), [[1, 2, 4, 3], [0, 3, 2, 4]]
    )
    np.testing.assert_array_equal(np.sum(inputs, axis=-1), np.ones((2, 4)))
    np.testing.assert_array_equal(targets, [1, 0])
