"""Losses, schedules, rematerialised layers and `fit` under JAX, without TensorFlow."""

import importlib.util
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from transformer_tf import (
    CosineSchedule,
    DistillationLoss,
    Perplexity,
    ReplacedTokenLoss,
    TokenCrossEntropy,
)

BATCH, LENGTH, VOCABULARY = 3, 5, 7

IN_JAX = """
import pickle, sys
sys.modules["tensorflow"] = None  # importing it would fail
import jax, keras, numpy as np
import transformer_tf
from transformer_tf.training import Rematerialized
from tests.training.test_jax import results

def gradients(wrap):
    keras.utils.set_random_seed(1)
    block = wrap(transformer_tf.EncoderBlock(2, 8, dropout=0.3, attention_dropout=0.3))
    x = np.random.default_rng(0).normal(size=(2, 5, 6)).astype("float32")
    block.build(x.shape)
    states = [v.value for v in block.non_trainable_variables]

    def loss(weights):
        y, after = block.stateless_call(weights, states, x, training=True)
        return (y**3).sum(), after

    weights = [v.value for v in block.trainable_variables]
    # As one program: alone, JAX would compile each of the operations.
    gradients, after = jax.jit(jax.grad(loss, has_aux=True))(weights)
    program = str(jax.make_jaxpr(jax.grad(loss, has_aux=True))(weights))
    return [np.asarray(x) for x in [*gradients, *after]], "remat" in program

def losses():
    # Of a causal model that learns to count, by `fit` in bfloat16.
    keras.utils.set_random_seed(1)
    model = transformer_tf.CausalLM(
        transformer_tf.gpt2_config(
            vocabulary_size=7, dim=8, num_layers=1, num_heads=2, max_length=6
        ),
        dtype="mixed_bfloat16",
    )
    model.compile(keras.optimizers.Adam(0.02), transformer_tf.TokenCrossEntropy())
    ids = (np.arange(64)[:, None] + np.arange(7)) % 7
    fit = model.fit(ids[:, :-1], ids[:, 1:], batch_size=16, epochs=6, verbose=0)
    return fit.history["loss"]

plain, recomputed = gradients(lambda block: block), gradients(Rematerialized)
with open(sys.argv[1], "wb") as file:
    pickle.dump((results(), plain, recomputed, losses()), file)
"""


def results():
    """Numbers from the losses, the metric and a schedule, whatever the backend."""
    rng = np.random.default_rng(0)
    logits, teacher = rng.normal(size=(2, BATCH, LENGTH, VOCABULARY)).astype("float32")
    targets = rng.integers(0, VOCABULARY, (BATCH, LENGTH))
    targets[:, 3:] = -100
    perplexity = Perplexity()
    perplexity.update_state(targets, logits)
    labels = np.where(targets > 0, 1, targets)
    return [
        float(TokenCrossEntropy(0.1)(targets, logits)),
        float(ReplacedTokenLoss()(labels, logits[..., 0])),
        float(DistillationLoss()(teacher, logits)),
        float(perplexity.result()),
        float(CosineSchedule(0.3, 4, 9)(6)),
    ]


@pytest.fixture(scope="module")
def under_jax(tmp_path_factory):
    if importlib.util.find_spec("jax") is None:
        pytest.skip("needs the second backend, jax")
    path = tmp_path_factory.mktemp("jax") / "results"
    done = subprocess.run(
        [sys.executable, "-c", IN_JAX, path],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return pickle.loads(path.read_bytes())


def test_objectives_give_the_same_numbers(under_jax):
    np.testing.assert_allclose(under_jax[0], results(), rtol=1e-5)


def test_rematerialised_gradients_equal_plain_ones_with_dropout(under_jax):
    (plain, _), (recomputed, is_recomputed) = under_jax[1:3]
    assert is_recomputed
    for got, expected in zip(recomputed, plain, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-4)


def test_fit_trains_a_model_with_tensorflow_out_of_reach(under_jax):
    losses = under_jax[3]
    assert losses[-1] < losses[0] / 2
