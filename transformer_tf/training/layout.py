"""Which axis of which weight lies on which device, for `keras.distribution` (JAX).

Tensor parallelism as in Megatron-LM: of two products in a row the first is split by
columns and the second by rows, so that each device computes its heads, or its hidden
features, and one sum over the devices follows. Tables are split by tokens.
"""

from __future__ import annotations

from typing import Any

import keras

from transformer_tf.models.config import TransformerConfig

COLUMNS, ROWS, VECTOR = (None, "split"), ("split", None), ("split",)


def new_layout_map(
    config: TransformerConfig, mesh: Any, axis: str = "model"
) -> keras.distribution.LayoutMap:
    """How the weights of a model are shared among devices: one rule set, all families.

    What the devices do not divide stays whole on each: with 8 devices the table of
    50,257 tokens, or the keys of 4 heads. So do norms, positions, and the biases that
    are added after a sum over the devices, which are small.

    Args:
        config: Of the model, with whatever head, that will be made under
            `keras.distribution.ModelParallel(layout_map=...)`.
        mesh: A `keras.distribution.DeviceMesh`.
        axis: Which of its axes splits weights; another one splits batches.

    Returns:
        A `keras.distribution.LayoutMap`.

    Raises:
        ValueError: The mesh has no such axis.

    Example:
        >>> config = gpt2_config(vocabulary_size=8, dim=4, num_layers=1, num_heads=2)
        >>> mesh = keras.distribution.DeviceMesh((1, 1), ["batch", "model"], ["cpu:0"])
        >>> layouts = new_layout_map(config, mesh)
        >>> print(layouts["causal_lm/body/block_0/attention/query/kernel"].axes)
        (None, 'model')

    Source: https://arxiv.org/abs/1909.08053, section 3.
    """
    if axis not in mesh.axis_names:
        raise ValueError(f"the mesh has the axes {mesh.axis_names}; got axis={axis!r}")
    devices = mesh.shape[mesh.axis_names.index(axis)]
    layouts = keras.distribution.LayoutMap(mesh)
    for pattern, axes, count in _rules(config):
        if count % devices == 0:
            split = tuple(axis if part == "split" else None for part in axes)
            layouts[f".+/{pattern}"] = keras.distribution.TensorLayout(split, mesh)
    return layouts


def _rules(config: TransformerConfig) -> tuple:
    """(end of a variable's path, what is split, what the devices must divide)."""
    heads = config.num_heads
    key_value_heads = config.num_key_value_heads or heads
    hidden = config.hidden_dim or 4 * config.dim
    vocabulary = config.vocabulary_size
    return (
        (
            "((global_)?query|distance)/kernel",
            COLUMNS,
            heads,
        ),  # [dim, heads * head_dim]
        ("(global_)?query/bias", VECTOR, heads),
        ("(global_)?(key|value)/kernel", COLUMNS, key_value_heads),
        ("(global_)?(key|value)/bias", VECTOR, key_value_heads),
        ("(cross_)?attention/output/kernel", ROWS, heads),  # [heads * head_dim, dim]
        ("(up|gate)_projection/kernel", COLUMNS, hidden),  # [dim, hidden_dim]
        ("(up|gate)_projection/bias", VECTOR, hidden),
        ("down_projection/kernel", ROWS, hidden),  # [hidden_dim, dim]
        ("(tokens|head)/table", ROWS, vocabulary),  # [vocabulary, dim]
        ("head/bias", VECTOR, vocabulary),
    )
