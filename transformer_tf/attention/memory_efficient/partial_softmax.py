"""Softmax attention over keys that come tile by tile, and its gradient.

Scores are never all there at once: each tile adds to the sums of those before it, and
the gradient computes the weights again from the logarithm of each query's total.
"""

from typing import Any, NamedTuple

from keras import ops

from transformer_tf.logits import MASKED_LOGIT


class PartialSoftmax(NamedTuple):
    """What queries have gathered from the keys they have seen so far.

    Attributes:
        peak: [batch, head, query, 1] floats: the largest score.
        total: [batch, head, query, 1] floats: the sum of exp(score - peak).
        gathered: [batch, head, query, value_dim] floats: the sum of
            exp(score - peak) * value.
    """

    peak: Any
    total: Any
    gathered: Any

    @classmethod
    def empty(cls, query, value):
        """Before any key: [batch, head, query, head_dim] floats, values likewise."""
        batch, heads, queries, _ = ops.shape(query)
        return cls(
            # Above a masked score: where nothing else is seen, its weight is exp(-inf).
            ops.full((batch, heads, queries, 1), MASKED_LOGIT / 2, query.dtype),
            ops.zeros((batch, heads, queries, 1), query.dtype),
            ops.zeros((batch, heads, queries, ops.shape(value)[-1]), query.dtype),
        )

    def add(self, query, key, value, mask, dropout_scale=None):
        """With a tile of keys more.

        Args:
            query: [batch, head, query, head_dim] floats, scaled already.
            key: [batch, head, key, head_dim] floats.
            value: [batch, head, key, value_dim] floats.
            mask: Booleans that broadcast to [batch, head, query, key].
            dropout_scale: Floats [batch, head, query, key] that multiply the weights: 0
                where they are dropped; None for no dropout.
        """
        scores = masked_scores(query, key, mask)
        peak = ops.maximum(self.peak, ops.max(scores, axis=-1, keepdims=True))
        weights = ops.exp(scores - peak)
        rescale = ops.exp(self.peak - peak)
        total = self.total * rescale + ops.sum(weights, axis=-1, keepdims=True)
        if dropout_scale is not None:
            weights = weights * dropout_scale
        gathered = self.gathered * rescale + ops.matmul(weights, value)
        return PartialSoftmax(peak, total, gathered)

    def finish(self):
        """The attention of queries that have seen all they may.

        Returns:
            output: [batch, head, query, value_dim] floats; zeros for a query that saw
                nothing.
            log_total: [batch, head, query, 1] floats: the logarithm of the sum of
                exp(score).
        """
        total = ops.maximum(self.total, ops.cast(1e-30, self.total.dtype))
        return self.gathered / total, self.peak + ops.log(total)


def tile_gradient(
    query, key, value, mask, log_total, gradient, common, dropout_scale=None
):
    """What one tile adds to the gradients of its queries, keys and values.

    Args:
        query, key, value, mask, dropout_scale: As `PartialSoftmax.add` took them.
        log_total: What `finish` returned.
        gradient: [batch, head, query, value_dim] floats, of the output.
        common: [batch, head, query, 1] floats: the sum of gradient * output.

    Returns:
        Gradients of query, key and value.

    Source: https://arxiv.org/abs/2205.14135, appendix B.
    """
    weights = ops.exp(masked_scores(query, key, mask) - log_total)
    of_weights = ops.matmul(gradient, ops.swapaxes(value, -1, -2))
    kept = weights
    if dropout_scale is not None:
        kept, of_weights = weights * dropout_scale, of_weights * dropout_scale
    of_scores = weights * (of_weights - common)
    return (
        ops.matmul(of_scores, key),
        ops.matmul(ops.swapaxes(of_scores, -1, -2), query),
        ops.matmul(ops.swapaxes(kept, -1, -2), gradient),
    )


def masked_scores(query, key, mask):
    """[batch, head, query, key] floats, `MASKED_LOGIT` where the mask forbids."""
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
    return ops.where(mask, scores, ops.cast(MASKED_LOGIT, scores.dtype))
