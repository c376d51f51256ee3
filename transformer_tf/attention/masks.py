"""Masks: which query may attend to which key. True means allowed."""

from keras import ops

from transformer_tf.attention.pairs import query_by_key


def padding_mask(ids, padding_id=0):
    """Allows every query to attend to tokens, and masks padding.

    Args:
        ids: [batch, key] integers.
        padding_id: The id that fills up short sequences.

    Returns:
        [batch, 1, key] booleans; the 1 broadcasts over the queries.

    Example:
        >>> mask = padding_mask([[7, 4, 0], [5, 0, 0]])
        >>> print(mask.shape, np.array(mask[:, 0], int).tolist())
        (2, 1, 3) [[1, 1, 0], [1, 0, 0]]
    """
    ids = ops.convert_to_tensor(ids)
    if len(ids.shape) != 2:
        raise ValueError(f"ids must be [batch, key]; got shape {tuple(ids.shape)}")
    return ops.expand_dims(ops.not_equal(ids, padding_id), axis=1)


@query_by_key
def causal_mask(length):
    """Allows each position to attend to itself and to earlier ones.

    Args:
        length: Number of positions, at least 1.

    Returns:
        [query, key] booleans, both axes `length` long; True on and below the diagonal.

    Example:
        >>> print(np.array(causal_mask(3), int))
        [[1 0 0]
         [1 1 0]
         [1 1 1]]
    """
    position = ops.arange(length)
    return ops.expand_dims(position, 1) >= ops.expand_dims(position, 0)
