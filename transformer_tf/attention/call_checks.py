"""What a call of multi-head attention must look like."""

from transformer_tf.attention.cache import ProjectedMemory
from transformer_tf.shapes import check_axes, check_positions, differ


def check_call(query, key, value, rotary, positions, cache):
    """Refuses a call of `MultiHeadAttention` whose arguments do not fit together.

    Raises:
        ValueError: a shape, or two options that exclude each other.
    """
    check_axes("query", query, "batch", "query", "dim")
    check_positions(positions, query.shape[1])
    if key is None:
        if value is not None:
            raise ValueError("a value needs its key; got a value alone")
        return
    if not isinstance(key, ProjectedMemory):
        check_axes("key", key, "batch", "key", "key_dim")
        if value is not None:
            check_axes("value", value, "batch", "key", "value_dim")
            if differ(key.shape[1], value.shape[1]):
                raise ValueError(
                    f"each key needs one value; got {key.shape[1]} keys and "
                    f"{value.shape[1]} values"
                )
    if cache is not None:
        raise ValueError(
            "a cache is for self-attention; to attend to a whole sequence many "
            "times pass key=layer.project(sequence)"
        )
    if rotary is not None:
        raise ValueError("rotary positions are for self-attention; got a key too")
