"""What a layer of attention costs: parameters, multiplications, memory."""

import numpy as np

from course.checks.multi_head.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def count_costs(dim, num_heads, key_value_heads, head_dim, length):
    """Counts what self-attention over one sequence costs, without running it.

    Args:
        dim: Size of the vectors that come in and go out.
        num_heads: Number of attention heads.
        key_value_heads: Number of key-value heads.
        head_dim: Size of one head.
        length: Positions in the sequence.

    Returns:
        parameters: Numbers to be learned: four matrices, and a bias for each of their
            columns.
        multiplications: Products of two numbers in the projections, the scores and the
            weighted sums of values. (Scaling, softmax and biases do not count.)
        remembered: Numbers in a cache that holds the keys and values of all positions.
    """
    queries, keys = num_heads * head_dim, key_value_heads * head_dim
    matrices = dim * queries + 2 * dim * keys + queries * dim
    biases = queries + 2 * keys + dim
    pairs = num_heads * length * length
    multiplications = length * matrices + 2 * pairs * head_dim
    return matrices + biases, multiplications, 2 * length * keys


costs = Exercise(
    "multi_head.count_costs",
    unit=UNIT,
    answer="count_costs",
    reference=count_costs,
    parts={"own_keys": 2, "shared_keys": 2, "other_width": 1},
    returns={"parameters": (), "multiplications": (), "remembered": ()},
    forbidden=(f"{__name__}.count_costs",),
    hints=4,
    difficulty=3,
    importance=3,
    minutes=15,
    paper="https://arxiv.org/abs/2001.08361",
)


def _near(rng, size):
    return int(size * rng.integers(2, 9))


@costs.probe(part="own_keys")
def every_head_its_own(rng):
    head_dim = _near(rng, 8)
    return Call(4 * head_dim, 4, 4, head_dim, _near(rng, 50))


@costs.probe(part="shared_keys")
def two_for_six(rng):
    head_dim = _near(rng, 8)
    return Call(6 * head_dim, 6, 2, head_dim, _near(rng, 50))


@costs.probe(part="other_width")
def heads_not_as_wide_as_dim(rng):
    return Call(_near(rng, 100), 6, 3, _near(rng, 7), _near(rng, 30))


@costs.promise(
    part="other_width",
    dim=Sizes(1, 4096),
    key_value_heads=Sizes(1, 8),
    sharing=Sizes(1, 4),
    head_dim=Sizes(1, 128),
    length=OneOf(1, 10_000),
)
def any_layer(rng, dim, key_value_heads, sharing, head_dim, length):
    return Call(dim, key_value_heads * sharing, key_value_heads, head_dim, length)


def _counted(dim, heads, shared, head_dim, length, **changed):
    """The three counts from their pieces, any of which may be given wrong."""
    wide, narrow = heads * head_dim, shared * head_dim
    pieces = {
        "matrices": 2 * dim * (wide + narrow),
        "biases": wide + 2 * narrow + dim,
        "projected": length,
        "pairs": heads * length * length,
        "products_a_pair": 2 * head_dim,
        "remembered": 2 * length * narrow,
    } | changed
    return (
        pieces["matrices"] + pieces["biases"],
        pieces["projected"] * pieces["matrices"]
        + pieces["pairs"] * pieces["products_a_pair"],
        pieces["remembered"],
    )


@costs.misconception
def biases_forgotten(*sizes):
    return _counted(*sizes, biases=0)


@costs.misconception
def output_matrix_forgotten(dim, heads, shared, head_dim, length):
    inner = (heads + 2 * shared) * head_dim
    sizes = (dim, heads, shared, head_dim, length)
    return _counted(*sizes, matrices=dim * inner, biases=inner)


@costs.misconception
def sharing_ignored(dim, heads, shared, head_dim, length):
    return _counted(dim, heads, heads, head_dim, length)


@costs.misconception
def multiplied_by_heads_again(dim, heads, shared, head_dim, length):
    matrices = heads * 2 * dim * (heads + shared) * head_dim
    return _counted(dim, heads, shared, head_dim, length, matrices=matrices)


@costs.misconception
def weighted_sums_forgotten(dim, heads, shared, head_dim, length):
    sizes = (dim, heads, shared, head_dim, length)
    return _counted(*sizes, products_a_pair=head_dim)


@costs.misconception
def pairs_not_squared(dim, heads, shared, head_dim, length):
    sizes = (dim, heads, shared, head_dim, length)
    return _counted(*sizes, pairs=heads * length)


@costs.misconception
def projections_once(*sizes):
    return _counted(*sizes, projected=1)


@costs.misconception
def values_not_remembered(dim, heads, shared, head_dim, length):
    sizes = (dim, heads, shared, head_dim, length)
    return _counted(*sizes, remembered=length * shared * head_dim)


@costs.alternative
def from_shapes(dim, num_heads, key_value_heads, head_dim, length):
    wide, narrow = num_heads * head_dim, key_value_heads * head_dim
    shapes = [(dim, wide), (dim, narrow), (dim, narrow), (wide, dim)]
    parameters = sum((rows + 1) * columns for rows, columns in shapes)
    products = length * sum(rows * columns for rows, columns in shapes)
    return parameters, products + 2 * length**2 * wide, 2 * length * narrow


@costs.alternative
def with_numpy(dim, num_heads, key_value_heads, head_dim, length):
    columns = np.array([num_heads, key_value_heads, key_value_heads]) * head_dim
    inner = dim * columns.sum() + columns[0] * dim
    attention = 2 * np.int64(length) ** 2 * columns[0]
    parameters = inner + columns.sum() + dim
    return parameters, length * inner + attention, 2 * length * columns[1]


@costs.alternative
def position_by_position(dim, num_heads, key_value_heads, head_dim, length):
    wide, narrow = num_heads * head_dim, key_value_heads * head_dim
    products = remembered = 0
    for _ in range(length):
        products += 2 * dim * (wide + narrow) + 2 * length * wide
        remembered += 2 * narrow
    parameters = (dim + 1) * (wide + 2 * narrow) + (wide + 1) * dim
    return parameters, products, remembered
