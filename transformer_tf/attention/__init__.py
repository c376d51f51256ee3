"""Attention: who looks at whom, and what comes back."""

from transformer_tf.attention.additive import AdditiveAttention
from transformer_tf.attention.masks import causal_mask, padding_mask
from transformer_tf.attention.scaled_dot_product import scaled_dot_product_attention

__all__ = [
    "AdditiveAttention",
    "causal_mask",
    "padding_mask",
    "scaled_dot_product_attention",
]
