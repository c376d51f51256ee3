"""Which path attention takes, and that both give the same numbers."""

import numpy as np
import pytest
import tensorflow as tf

from transformer_tf import MultiHeadAttention, blockwise_attention
from transformer_tf.attention import AttentionMask, dispatch
from transformer_tf.attention.memory_efficient import tiling
from transformer_tf.attention.reference import reference_attention

BATCH, HEADS, LENGTH, HEAD_DIM, DIM = 2, 3, 260, 5, 6
CAUSAL = AttentionMask(causal=True)


@pytest.fixture
def paths_taken(monkeypatch):
    """The names of the paths, as they are taken."""
    taken = []

    def watched(name):
        walk = getattr(dispatch, name)

        def walked(*arguments):
            taken.append(name)
            return walk(*arguments)

        monkeypatch.setattr(dispatch, name, walked)

    watched("reference_attention")
    watched("blockwise_heads")
    return taken


def tensors(rng, dtype="float32", length=LENGTH):
    shape = 3, BATCH, HEADS, length, HEAD_DIM
    return tf.unstack(tf.cast(rng.normal(size=shape), dtype))


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_a_causal_text_is_cut_into_blocks(rng, paths_taken, jit_compile):
    gradient = tf.constant(rng.normal(size=(BATCH, HEADS, LENGTH, HEAD_DIM)), "float32")
    allowed = np.tri(LENGTH, dtype=bool)

    def by_blocks(*qkv):
        return dispatch.dot_product_attention(*qkv, CAUSAL)[0]

    def pair_by_pair(*qkv):
        return reference_attention(*qkv, allowed)[0]

    @tf.function(jit_compile=jit_compile)
    def output_and_gradients(attend, *qkv):
        with tf.GradientTape() as tape:
            tape.watch(qkv)
            output = attend(*qkv)
        return output, *tape.gradient(output, qkv, gradient)

    qkv = tensors(rng)
    got = output_and_gradients(by_blocks, *qkv)
    assert paths_taken == ["blockwise_heads"]
    for one, other in zip(got, output_and_gradients(pair_by_pair, *qkv), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5)


@pytest.mark.parametrize(
    "mask, dtype, options",
    [
        (AttentionMask(), "float32", {}),
        (CAUSAL, "bfloat16", {}),
        (CAUSAL, "float32", {"return_weights": True}),
        (CAUSAL, "float32", {"query_positions": tf.range(LENGTH)}),
        (CAUSAL, "float32", {"key_positions": tf.range(LENGTH)}),
    ],
    ids=["nothing to leave out", "half precision", "weights", "queries", "keys"],
)
def test_the_rest_goes_pair_by_pair(rng, paths_taken, mask, dtype, options):
    dispatch.dot_product_attention(*tensors(rng, dtype), mask, **options)
    assert paths_taken == ["reference_attention"]


def test_most_of_the_future_is_never_read():
    for length in (256, 512, 1024, 4096):
        plan = tiling.plan_tiles(length, length, 8, causal=True)
        read = sum(b.blocks * b.block * (b.key_stop - b.key_start) for b in plan)
        assert read <= 0.63 * length**2


def test_a_length_that_is_not_known_goes_pair_by_pair(rng, paths_taken):
    layer = MultiHeadAttention(HEADS)
    layer.build((None, None, DIM))
    graph = tf.function(
        lambda x: layer(x, attention_mask=CAUSAL),
        input_signature=[tf.TensorSpec((None, None, DIM))],
    )
    x = rng.normal(size=(BATCH, LENGTH, DIM)).astype("float32")
    got = graph(x)
    assert paths_taken == ["reference_attention"]
    np.testing.assert_allclose(got, layer(x, attention_mask=CAUSAL), atol=2e-5)
    assert paths_taken == ["reference_attention", "blockwise_heads"]


def test_blockwise_attention_asks_for_a_known_length():
    spec = tf.TensorSpec((BATCH, None, HEADS, HEAD_DIM))
    graph = tf.function(blockwise_attention, input_signature=[spec] * 3)
    with pytest.raises(ValueError, match="known when the graph is made.*None queries"):
        graph.get_concrete_function()
