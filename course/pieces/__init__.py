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
from course.pieces.heads import merge_heads, split_heads
from course.pieces.library import BY_EXERCISE, library

__all__ = [
    "BY_EXERCISE",
    "Block",
    "embed",
    "feed_forward",
    "layer_norm",
    "library",
    "merge_heads",
    "sinusoidal_positions",
    "split_heads",
]
