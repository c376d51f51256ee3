"""Blocks: attention and feed-forward layers around a residual stream."""

from transformer_tf.blocks.decoder import DecoderBlock
from transformer_tf.blocks.encoder import EncoderBlock
from transformer_tf.blocks.feed_forward import FeedForward
from transformer_tf.blocks.gated_feed_forward import GatedFeedForward
from transformer_tf.blocks.longformer import LongformerBlock
from transformer_tf.blocks.transformer_xl import TransformerXLBlock

__all__ = [
    "DecoderBlock",
    "EncoderBlock",
    "FeedForward",
    "GatedFeedForward",
    "LongformerBlock",
    "TransformerXLBlock",
]
