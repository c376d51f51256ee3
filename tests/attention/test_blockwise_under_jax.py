"""Blockwise attention equals the plain definition under JAX, gradients included."""

import importlib.util
import os
import subprocess
import sys

import pytest

IN_JAX = """
import sys
sys.modules["tensorflow"] = None  # importing it would fail
import jax
import numpy as np
from keras import ops
from transformer_tf import RelativePositionBias
from transformer_tf.attention import AttentionMask
from transformer_tf.attention.memory_efficient import tiling
from transformer_tf.attention.memory_efficient.blockwise import blockwise_heads
from transformer_tf.attention.reference import reference_attention

tiling.BLOCK, tiling.MAX_TILES = 8, 3
rng = np.random.default_rng(0)
shapes = (2, 6, 37, 8), (2, 3, 45, 8), (2, 3, 45, 5), (2, 6, 37, 5), (8, 6)
*tensors, upstream, table = [
    ops.convert_to_tensor(rng.normal(size=shape).astype("float32")) for shape in shapes
]
padding = np.arange(45) < np.array([[30], [12]])
mask = AttentionMask(causal=True, window=20, key_padding=padding)
positions = np.arange(37), np.arange(45)


class Bias(RelativePositionBias):
    # Its table comes from outside, so that JAX can differentiate by it.

    table = None

    def build(self, query_positions_shape=None, key_positions_shape=None):
        self.built = True


bias = Bias(6, 8, 30)
seed = np.array([7, 9], "uint32")


def plain(q, k, v, table):
    rendered = bias.evaluate(table, *positions)
    allowed = mask.render(*positions)
    output, _ = reference_attention(q, k, v, allowed, rendered, dropout=0.4, seed=seed)
    return ops.sum(output * upstream)


def blockwise(q, k, v, table):
    Bias.table = table
    output = blockwise_heads(q, k, v, mask, bias, dropout=0.4, seed=seed)
    return ops.sum(output * upstream)


expected = jax.jit(jax.value_and_grad(plain, (0, 1, 2, 3)))(*tensors, table)
for wrapped in (lambda f: f, jax.jit):
    got = wrapped(jax.value_and_grad(blockwise, (0, 1, 2, 3)))(*tensors, table)
    for one, other in zip(jax.tree.leaves(got), jax.tree.leaves(expected)):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)
"""


@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="needs the second backend, jax"
)
def test_values_and_gradients_without_tensorflow():
    subprocess.run(
        [sys.executable, "-c", IN_JAX],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        check=True,
        timeout=300,
    )
