"""Recomputed layers give the gradients of plain ones, and keep less."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf
from tests.selection import table
from tests.training.tiny import VOCABULARY, rematerialized, tiny_data, tiny_model
from transformer_tf.training import Rematerialized, recompute_call

MODES = {
    "eager": lambda f: f,
    "graph": tf.function,
    "xla": lambda f: tf.function(f, jit_compile=True),
}


def gradient_step(model, inputs, targets, mode="graph"):
    """A call that gives loss and gradients in training."""
    loss = transformer_tf.TokenCrossEntropy()
    variables = [v.value for v in model.trainable_variables]

    def step():
        with tf.GradientTape() as tape:
            value = loss(targets, model(inputs, training=True))
        gradients = tape.gradient(value, variables)
        return value, [tf.convert_to_tensor(gradient) for gradient in gradients]

    return MODES[mode](step)


def distance(gradients, exact):
    """How far one list of gradients is from another, of the length of the second."""
    one, other = (
        np.concatenate([np.ravel(np.asarray(x, "float32")) for x in parts])
        for parts in (gradients, exact)
    )
    return np.linalg.norm(one - other) / np.linalg.norm(other)


class TestRematerialized:
    @pytest.mark.parametrize("mode", table(MODES, ["graph"]))
    def test_gradients_equal_plain_ones_with_dropout(self, mode, rng):
        data = tiny_data(4, rng)
        plain, wrapped = (
            gradient_step(tiny_model(0.3, blocks=1, wrap=wrap), *data, mode)
            for wrap in (lambda block: block, rematerialized)
        )
        for _ in range(2):  # the random generators move on alike
            value, gradients = plain()
            again, recomputed = wrapped()
            np.testing.assert_allclose(again, value, rtol=1e-6)
            for got, expected in zip(recomputed, gradients, strict=True):
                assert np.any(expected)
                np.testing.assert_allclose(got, expected, atol=1e-6)

    def test_dropout_is_on_and_off_when_it_should(self, rng):
        inputs, _ = tiny_data(4, rng)
        model = tiny_model(0.5, wrap=rematerialized)
        np.testing.assert_array_equal(model(inputs), model(inputs))
        first, second = (model(inputs, training=True) for _ in range(2))
        assert np.abs(first - second).max() > 0.1

    def test_blocks_run_again_for_the_gradient(self, rng):
        data = tiny_data(4, rng)

        def matmuls(wrap):
            model = tiny_model(blocks=3, wrap=wrap)
            graph = gradient_step(model, *data)
            operations = graph.get_concrete_function().graph.get_operations()
            return sum("MatMul" in op.type for op in operations)

        plain, wrapped = matmuls(lambda block: block), matmuls(rematerialized)
        # A block has 8 products forward (4 projections, 2 in attention, 2 after).
        assert wrapped - plain == 3 * 8

    def test_padding_stays_known_behind_it(self, rng):
        inputs, _ = tiny_data(4, rng)
        embedding = transformer_tf.TokenEmbedding(VOCABULARY, 8, padding_id=0)
        block = Rematerialized(transformer_tf.EncoderBlock(2, 8))
        x = embedding(inputs)
        y = block(x)
        np.testing.assert_array_equal(y._keras_mask, inputs != 0)
        longer = np.pad(inputs, [(0, 0), (0, 3)])
        z = block(embedding(longer))[:, :-3]
        real = (inputs != 0)[..., None]
        np.testing.assert_allclose(z * real, y * real, atol=1e-5)

    def test_trains_in_fit_like_the_plain_model(self, rng):
        inputs, targets = tiny_data(32, rng)
        histories = []
        for wrap in (lambda block: block, rematerialized):
            model = tiny_model(0.1, blocks=1, wrap=wrap)
            model.compile(
                keras.optimizers.Adam(0.01), transformer_tf.TokenCrossEntropy()
            )
            fit = model.fit(inputs, targets, 8, 2, verbose=0, shuffle=False)
            histories.append(fit.history["loss"])
        np.testing.assert_allclose(*histories, rtol=1e-3)
        assert histories[0][-1] < histories[0][0]

    def test_saved_and_loaded(self, tmp_path, rng):
        inputs, _ = tiny_data(2, rng)
        model = tiny_model(wrap=rematerialized)
        model.save(tmp_path / "model.keras")
        twin = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_array_equal(twin(inputs), model(inputs))

    @pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
    def test_mixed_precision_equals_plain(self, policy, rng):
        data = tiny_data(4, rng)
        (_, gradients), (_, recomputed) = (
            gradient_step(tiny_model(0.3, 1, wrap, policy), *data)()
            for wrap in (lambda block: block, rematerialized)
        )
        if policy == "mixed_float16":
            for got, expected in zip(recomputed, gradients, strict=True):
                np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-4)
            return
        # In bfloat16 a graph rounds a product and its bias once where no gradient needs
        # what is between them: in the first pass of two. Both are as near to float32.
        _, exact = gradient_step(tiny_model(0.3, 1), *data)()
        assert distance(recomputed, exact) <= 1.1 * distance(gradients, exact)
        assert distance(recomputed, gradients) <= distance(gradients, exact)

    def test_refuses_what_is_no_layer(self):
        with pytest.raises(ValueError, match="valid Keras layer"):
            Rematerialized(lambda x: x)


class TestRecomputedCall:
    def test_weights_of_others_get_their_gradient(self, rng):
        """A position bias shared by blocks is a layer of its own."""
        block = transformer_tf.EncoderBlock(2, 8)
        block.build((None, 5, 12))
        bias = transformer_tf.RelativePositionBias(2, 8, 6)
        x = tf.constant(rng.normal(size=(3, 5, 12)), "float32")

        def gradient(call):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(call() ** 3)
            return tf.convert_to_tensor(tape.gradient(loss, bias.table.value))

        expected = gradient(lambda: block(x, position_bias=bias))
        got = gradient(
            lambda: recompute_call(block, x, position_bias=bias, training=False)
        )
        assert np.any(expected)
        np.testing.assert_allclose(got, expected, atol=1e-6)

    def test_moving_averages_and_added_losses_arrive(self, rng):
        x = tf.constant(rng.normal(3, 1, size=(8, 5)), "float32")
        layers = [
            keras.Sequential(
                [
                    keras.layers.Dense(4, activity_regularizer="l2", name="dense"),
                    keras.layers.BatchNormalization(name="norm"),
                ]
            )
            for _ in range(2)
        ]
        for layer in layers:
            layer.build((None, 5))
        layers[1].set_weights(layers[0].get_weights())
        layers[0](x, training=True)
        recompute_call(layers[1], x, training=True)
        for got, expected in zip(layers[1].get_weights(), layers[0].get_weights()):
            np.testing.assert_allclose(got, expected, rtol=1e-6)
        np.testing.assert_allclose(layers[1].losses, layers[0].losses, rtol=1e-6)

    def test_refuses_an_unbuilt_layer(self):
        with pytest.raises(ValueError, match="must be built before"):
            recompute_call(keras.layers.Dense(3), np.ones((2, 2)), training=False)
