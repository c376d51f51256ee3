"""The staged references of unit 04 against the library and independent truth."""

import itertools

import numpy as np
import pytest

import course
import transformer_tf
from course.checks.multi_head.cache import cached_step
from course.checks.multi_head.costs import count_costs
from course.checks.multi_head.cross_attention import cross_attention
from course.checks.multi_head.following import attention_at_offset
from course.checks.multi_head.grouped import grouped_attention
from course.checks.multi_head.self_attention import self_attention
from course.pieces import merge_heads, split_heads


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def layer_with(kernels, x_shape, memory_shape=None, **settings):
    """The library's layer with these four matrices, in float64."""
    layer = transformer_tf.MultiHeadAttention(
        use_bias=False, dtype="float64", **settings
    )
    layer.build(x_shape, memory_shape)
    layer.set_weights(kernels)
    return layer


def test_pieces_split_and_merge_number_by_number(rng):
    x = rng.normal(size=(2, 3, 20))
    heads = split_heads(x, 4)
    assert heads.shape == (2, 4, 3, 5)
    for b, h, place, n in itertools.product(range(2), range(4), range(3), range(5)):
        assert heads[b, h, place, n] == x[b, place, 5 * h + n]
    np.testing.assert_array_equal(merge_heads(heads), x)


def test_self_attention_is_the_library_s(rng):
    x, kernels = rng.normal(size=(2, 3, 20)), rng.normal(size=(4, 20, 20)) / 4
    mask = np.tri(3, dtype=bool)[None].repeat(2, axis=0)
    layer = layer_with(list(kernels), x.shape, num_heads=4)
    expected = layer(x, attention_mask=mask, return_weights=True)
    for one, other in zip(self_attention(x, *kernels, 4, mask), expected):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_cross_attention_is_the_library_s(rng):
    x, memory = rng.normal(size=(2, 3, 8)), rng.normal(size=(2, 5, 7))
    kernels = [rng.normal(size=(rows, 8)) / 3 for rows in (8, 7, 7, 8)]
    real = np.arange(5) < np.array([[5], [2]])
    layer = layer_with(kernels, x.shape, memory.shape, num_heads=2)
    expected = layer(x, memory, attention_mask=real[:, None], return_weights=True)
    got = cross_attention(x, memory, *kernels, 2, real)
    for one, other in zip(got, expected):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_grouped_heads_are_the_library_s(rng):
    x = rng.normal(size=(2, 3, 12))
    kernels = [rng.normal(size=(12, columns)) / 3 for columns in (12, 4, 4)]
    layer = layer_with(
        [*kernels, np.eye(12)], x.shape, num_heads=6, num_key_value_heads=2
    )
    query, key, value = (
        split_heads(x @ kernel, heads) for kernel, heads in zip(kernels, (6, 2, 2))
    )
    np.testing.assert_allclose(
        merge_heads(grouped_attention(query, key, value)), layer(x), atol=1e-6
    )


def test_each_cached_step_is_the_last_row_of_the_whole(rng):
    new = rng.normal(size=(3, 2, 3, 5, 4))  # queries, keys, values
    keys, values = rng.normal(size=(2, 2, 3, 7, 4))  # what is left of an older text
    for position in range(5):
        here = new[:, :, :, position : position + 1]
        output, keys, values = cached_step(*here, keys, values, position)
        whole, _ = transformer_tf.scaled_dot_product_attention(
            *new[:, :, :, : position + 1], np.tri(position + 1, dtype=bool)
        )
        np.testing.assert_allclose(output[:, :, 0], whole[:, :, -1], atol=1e-6)


@pytest.mark.parametrize(("heads", "shared"), [(4, 4), (6, 2), (3, 1)])
def test_parameters_and_cache_are_those_of_the_layer(heads, shared):
    dim, head_dim, length = 10, 7, 9
    layer = transformer_tf.MultiHeadAttention(heads, head_dim, shared)
    layer.build((1, length, dim))
    cache = layer.empty_cache(1, length)
    parameters, _, remembered = count_costs(dim, heads, shared, head_dim, length)
    assert parameters == layer.count_params()
    assert remembered == np.size(cache.key) + np.size(cache.value)


def test_multiplications_are_counted_one_by_one():
    dim, heads, shared, head_dim, length = 3, 4, 2, 2, 5
    projections = sum(
        1
        for columns in (heads * head_dim, shared * head_dim, shared * head_dim)
        for _ in itertools.product(range(length), range(dim), range(columns))
    )
    projections += length * heads * head_dim * dim
    met = sum(
        2 * head_dim
        for _ in itertools.product(range(heads), range(length), range(length))
    )
    counted = count_costs(dim, heads, shared, head_dim, length)[1]
    assert counted == projections + met


def test_offsets_are_read_pair_by_pair(rng):
    weights = rng.random((2, 3, 5, 5))
    for offset in (-4, -1, 0, 2):
        pairs = [(q, q + offset) for q in range(5) if 0 <= q + offset < 5]
        expected = np.mean([weights[:, :, q, k].mean(axis=0) for q, k in pairs], axis=0)
        np.testing.assert_allclose(attention_at_offset(weights, offset), expected)


def test_ready_made_pieces_are_no_answer_to_their_own_exercises():
    for name, answer in (("split_heads", split_heads), ("merge_heads", merge_heads)):
        verdict = course.examine(f"multi_head.{name}", answer)
        assert (verdict.outcome, verdict.score) == ("delegated", 0)
