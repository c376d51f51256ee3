"""A model of public layers, its weights and its served form come back as they were."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf
from tests.selection import table
from tests.training.tiny import LENGTH, VOCABULARY, tiny_data, tiny_model


@pytest.fixture
def trained(rng):
    model = tiny_model(blocks=1)  # Keras saves no state of random generators
    schedule = transformer_tf.InverseSquareRootSchedule(0.01, 3)
    model.compile(
        keras.optimizers.Adam(schedule),
        transformer_tf.TokenCrossEntropy(0.1),
        metrics=[transformer_tf.Perplexity()],
    )
    model.fit(*tiny_data(16, rng), batch_size=8, verbose=0)
    return model


class TestKerasFiles:
    def test_model_comes_back_whole_and_trains_on(self, trained, tmp_path, rng):
        trained.save(tmp_path / "model.keras")
        twin = keras.models.load_model(tmp_path / "model.keras")
        data = tiny_data(16, rng)
        np.testing.assert_array_equal(twin(data[0]), trained(data[0]))
        assert int(twin.optimizer.iterations) == 2
        assert isinstance(twin.loss, transformer_tf.TokenCrossEntropy)
        for model in (trained, twin):
            keras.utils.set_random_seed(1)
            model.fit(*data, batch_size=8, shuffle=False, verbose=0)
        for one, other in zip(twin.trainable_variables, trained.trainable_variables):
            np.testing.assert_allclose(one, other, atol=1e-6)

    def test_weights_fit_a_new_model(self, trained, tmp_path, rng):
        inputs, _ = tiny_data(4, rng)
        trained.save_weights(tmp_path / "model.weights.h5")
        twin = tiny_model(blocks=1, seed=9)
        assert np.abs(twin(inputs) - trained(inputs)).max() > 0.01
        twin.load_weights(tmp_path / "model.weights.h5")
        np.testing.assert_array_equal(twin(inputs), trained(inputs))


SERVE = """
import sys
sys.modules["transformer_tf"] = sys.modules["keras"] = None  # neither is needed
import numpy as np
import tensorflow as tf
served = tf.saved_model.load(sys.argv[1])
for number in range(2):
    ids = tf.constant(np.load(f"{sys.argv[2]}/ids_{number}.npy"), tf.int32)
    np.save(f"{sys.argv[2]}/logits_{number}.npy", served.serve(ids))
"""


def serve(folder):
    """Runs what lies in `folder` / "served" in a process without the library."""
    subprocess.run(
        [sys.executable, "-c", SERVE, folder / "served", folder],
        check=True,
        capture_output=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        timeout=300,
    )


class TestSavedModel:
    def test_serves_any_batch_and_length_without_the_library(
        self, trained, tmp_path, rng
    ):
        trained.export(tmp_path / "served", verbose=False)
        batches = [
            rng.integers(1, VOCABULARY, (3, LENGTH)),
            tiny_data(5, rng)[0][:, 2:],
        ]
        for number, ids in enumerate(batches):
            np.save(tmp_path / f"ids_{number}.npy", ids)
        serve(tmp_path)
        for number, ids in enumerate(batches):
            got = np.load(tmp_path / f"logits_{number}.npy")
            np.testing.assert_allclose(got, trained(tf.constant(ids)), atol=1e-5)

    @pytest.mark.parametrize(
        "dtype", table(["mixed_float16", "mixed_bfloat16"], ["mixed_bfloat16"])
    )
    def test_half_precision_is_served_as_it_computes(self, dtype, tmp_path, rng):
        model = tiny_model(blocks=1, dtype=dtype)
        ids = tiny_data(3, rng)[0]
        model.export(tmp_path / "served", verbose=False)
        np.save(tmp_path / "ids_0.npy", ids)
        np.save(tmp_path / "ids_1.npy", ids[:2])
        serve(tmp_path)
        expected = tf.function(model)(tf.constant(ids)).numpy()
        got = np.load(tmp_path / "logits_0.npy").view(expected.dtype)  # a file forgets
        got, expected = got.astype("float32"), expected.astype("float32")
        np.testing.assert_allclose(got, expected, atol=1e-5)
        # Outside a graph a product, its bias and activation are rounded one by one.
        exact = tiny_model(blocks=1)(tf.constant(ids))
        alone = np.abs(model(tf.constant(ids)).numpy().astype("float32") - exact)
        assert 0 < np.abs(got - exact).mean() <= 1.05 * alone.mean()
