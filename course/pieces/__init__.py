"""What early exercises build and later notebooks use: a failed exercise blocks nothing.

These stand outside `course.checks`, which a learner's process cannot read when graded.
"""

from course.pieces.block import Block
from course.pieces.blocks import (
    embed,
    feed_forward,
    layer_norm,
    sinusoidal_positions,
)
from course.pieces.byte_pairs import count_pairs, count_pieces, merge_pair
from course.pieces.characters import plain
from course.pieces.heads import merge_heads, split_heads
from course.pieces.library import BY_EXERCISE, library
from course.pieces.unigram import best_score
from course.pieces.word_vectors import nearest

__all__ = [
    "BY_EXERCISE",
    "Block",
    "best_score",
    "count_pairs",
    "count_pieces",
    "embed",
    "feed_forward",
    "layer_norm",
    "library",
    "merge_heads",
    "merge_pair",
    "nearest",
    "plain",
    "sinusoidal_positions",
    "split_heads",
]
