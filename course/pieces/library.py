"""The library's versions of what an encoder is built of, by exercise and by name."""

import types

import transformer_tf
from course.pieces.blocks import (
    embed,
    feed_forward,
    layer_norm,
    sinusoidal_positions,
)
from course.pieces.heads import merge_heads, split_heads

OF_AN_ENCODER = {
    "attention.scaled_dot_product": transformer_tf.scaled_dot_product_attention,
    "multi_head.split_heads": split_heads,
    "multi_head.merge_heads": merge_heads,
    "blocks.positions": sinusoidal_positions,
    "blocks.embed": embed,
    "blocks.feed_forward": feed_forward,
    "blocks.layer_norm": layer_norm,
}

library = types.SimpleNamespace(
    **{piece.__name__: piece for piece in OF_AN_ENCODER.values()}
)
