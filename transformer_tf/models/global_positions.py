"""Which positions are global in Longformer's tasks, where a call does not say.

Source: https://arxiv.org/abs/2004.05150, section 6; for summaries section 7.
"""

from keras import ops


def first_position(ids):
    """The first: what a classification is read from, and a summary begins with.

    Args:
        ids: [batch, length] integers.

    Returns:
        [batch, length] booleans.
    """
    return ops.broadcast_to(ops.arange(ops.shape(ids)[1])[None] == 0, ops.shape(ids))


def before_separator(ids, separator_id):
    """What stands before the first separator: the question.

    Args:
        ids: [..., length] integers.
        separator_id: The id that ends the first of two texts.

    Returns:
        [..., length] booleans.
    """
    return _separators(ids, separator_id) == 0


def after_separator(ids, separator_id):
    """What stands behind the question, which ends in two separators: the choice.

    Args:
        ids: [..., length] integers.
        separator_id: The id that ends the first of two texts.

    Returns:
        [..., length] booleans.
    """
    since = ops.cumsum(ops.cast(_separators(ids, separator_id) > 0, "int32"), axis=-1)
    return since > 2


def _separators(ids, separator_id):
    """Number of separators up to each position, that one included."""
    is_separator = ops.equal(ids, ops.cast(separator_id, ids.dtype))
    return ops.cumsum(ops.cast(is_separator, "int32"), axis=-1)
