"""Which keys each block of queries has to read, decided before anything runs."""

from typing import NamedTuple

BLOCK = 256
SMALLEST_BLOCK = 64
MAX_TILES = 16
PAIRS = 2**24


class Tile(NamedTuple):
    """Neighbouring blocks of queries that read the same range of keys.

    Attributes:
        start: The first query.
        block: Number of queries in one block.
        blocks: Number of blocks.
        key_start: The first key that any of them may attend to.
        key_stop: One past the last.
    """

    start: int
    block: int
    blocks: int
    key_start: int
    key_stop: int


def plan_tiles(queries, keys, sequences, causal=False, window=None):
    """Cuts the queries into tiles.

    Scores are held for one block at a time, so that memory grows with the length and
    not with its square. Keys that are masked for all queries of a tile are never read.

    Args:
        queries: Number of queries.
        keys: Number of keys.
        sequences: Number of sequences times heads, computed at once.
        causal: Whether query i attends to no key after i.
        window: Number of positions it attends to in each direction, itself included;
            None for any.

    Returns:
        A list of `Tile`s that covers every query once.
    """
    block = BLOCK
    # Four blocks at least, so that most of the future is left out at any length.
    while causal and block > SMALLEST_BLOCK and 4 * block > queries:
        block //= 2
    while block > 32 and block * keys * sequences > PAIRS:
        block //= 2
    whole, rest = divmod(queries, block)
    per_tile = max(1, -(-whole // MAX_TILES))
    cuts = [
        (first * block, block, min(per_tile, whole - first))
        for first in range(0, whole, per_tile)
    ]
    if rest:
        cuts.append((whole * block, rest, 1))
    tiles = []
    for start, size, count in cuts:
        stop = start + size * count
        first, last = 0, keys
        if causal:
            last = min(last, stop)
        if window is not None:
            first = max(first, start - window + 1)
            last = min(last, stop + window - 1)
        # A fully masked tile still reads one key, whose weight becomes 0.
        first = min(first, keys - 1)
        tiles.append(Tile(start, size, count, first, max(last, first + 1)))
    return tiles
