"""A position bias: a tensor, or a layer that is a function of positions."""

import keras

from transformer_tf.shapes import check_broadcasts


def check_bias(position_bias, batch, heads, queries, keys):
    """Refuses a bias made for other heads or positions.

    Raises:
        ValueError: a size differs.
    """
    if isinstance(position_bias, keras.layers.Layer):
        if position_bias.num_heads != heads:
            raise ValueError(
                f"the position bias is made for {position_bias.num_heads} heads; the "
                f"attention has {heads}"
            )
    elif position_bias is not None:
        sizes = {"batch": batch, "head": heads, "query": queries, "key": keys}
        check_broadcasts("position_bias", position_bias, sizes)


def render_bias(position_bias, query_positions, key_positions):
    """The bias of every pair: a tensor as it is, a function of positions evaluated."""
    if position_bias is None or not isinstance(position_bias, keras.layers.Layer):
        return position_bias
    return position_bias.evaluate(position_bias.table, query_positions, key_positions)
