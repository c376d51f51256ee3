"""Attention: scaled dot-product, additive, multi-head; masks and caches."""

from transformer_tf.attention.additive import AdditiveAttention
from transformer_tf.attention.attention_mask import AttentionMask
from transformer_tf.attention.cache import KeyValueCache, ProjectedMemory
from transformer_tf.attention.longformer import LongformerAttention
from transformer_tf.attention.masks import causal_mask, padding_mask
from transformer_tf.attention.memory_efficient.blockwise import blockwise_attention
from transformer_tf.attention.multi_head import MultiHeadAttention
from transformer_tf.attention.relative import RelativeAttention
from transformer_tf.attention.scaled_dot_product import scaled_dot_product_attention

__all__ = [
    "AdditiveAttention",
    "AttentionMask",
    "KeyValueCache",
    "LongformerAttention",
    "MultiHeadAttention",
    "ProjectedMemory",
    "RelativeAttention",
    "blockwise_attention",
    "causal_mask",
    "padding_mask",
    "scaled_dot_product_attention",
]
