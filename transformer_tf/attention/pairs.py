"""Masks of two axes: [query, key], or [batch, key] by mistake?"""

import functools

from transformer_tf.keras_internals import get_tensor_attr, set_tensor_attr

MARK = "_is_query_by_key"


def query_by_key(make_mask):
    """Marks what a function returns as [query, key], so that no size can confuse it."""

    @functools.wraps(make_mask)
    def marked(*arguments, **options):
        mask = make_mask(*arguments, **options)
        set_tensor_attr(mask, MARK, True)
        return mask

    return marked


def refuse_ambiguous(attention_mask, query):
    """Refuses a mask that may as well be [batch, key] as [query, key].

    A padding mask handed over as it is would be read as one row a query, and nothing
    would tell: the sizes fit.

    Args:
        attention_mask: What a call was given: None, a tensor or an `AttentionMask`.
        query: [batch, query, dim] floats.

    Raises:
        ValueError: two axes, and as many queries as there are rows in the batch.
    """
    shape = tuple(getattr(attention_mask, "shape", ()))
    batch, queries = query.shape[:2]
    is_ambiguous = len(shape) == 2 and shape[0] == batch == queries and batch > 1
    if is_ambiguous and not get_tensor_attr(attention_mask, MARK):
        raise ValueError(
            f"an attention_mask of shape {shape} may be [query, key] or [batch, key] "
            f"here: there are {batch} of both. Pass attention_mask[None] for [query, "
            "key], or attention_mask[:, None] for [batch, key]"
        )
