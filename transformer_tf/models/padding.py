"""Which tokens are real, and where they stand: one rule for every model.

* A `padding_mask`, where one is given, says which tokens are real. Else a token is
  padding where its id is the config's `padding_id`; and where the config names none,
  all are real.
* The start token of a decoder with a memory is real, whatever its id (T5 starts from
  its padding).
* Positions count from the first real token, so that padding on the left moves nothing;
  padding after that takes a position like any token, unless the config's
  `positions_skip_padding` says that positions count real tokens only.
* Padding is never attended to.
"""

from keras import ops


def valid_target(ids, padding_id, positions=None):
    """Which tokens of a target are real, where no mask says so.

    Args:
        ids: [batch, length] integers.
        padding_id: The config's; not None.
        positions: [length] or [batch, length] integers; 0, 1, 2... when None.

    Returns:
        [batch, length] booleans, True for real tokens and for the start.
    """
    if positions is None:
        positions = ops.arange(ops.shape(ids)[1])
    return ops.logical_or(ops.not_equal(ids, padding_id), ops.equal(positions, 0))


def token_positions(valid_mask, skip_padding=False):
    """Where tokens stand.

    Args:
        valid_mask: [batch, length] booleans, True for real tokens.
        skip_padding: Whether padding takes no position, wherever it stands.

    Returns:
        [batch, length] int32; negative, or that of a real token, for padding.
    """
    real = ops.cast(valid_mask, "int32")
    if skip_padding:
        return ops.cumsum(real, axis=1) - 1
    place = ops.arange(ops.shape(valid_mask)[1], dtype="int32")
    return place - ops.cast(ops.argmax(real, axis=1), "int32")[:, None]
