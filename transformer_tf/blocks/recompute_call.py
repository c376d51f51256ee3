"""Forget what a layer computed on the way, and compute it again for the gradient."""

from typing import Any

import keras
from keras import ops

from transformer_tf.keras_internals import get_keras_mask, set_keras_mask


def recompute_call(layer: keras.layers.Layer, *arguments, training: Any, **options):
    """Calls a layer; of its intermediate results none is kept for the gradient.

    A stack of layers called so keeps one tensor per layer in memory, for about a third
    more computation. Outputs and gradients equal those of a plain call, dropout
    included: the layer runs as a function of its weights and of the states of its
    random generators, read once, so that the second run draws what the first drew.
    (`keras.RematScope` draws again, and its gradients belong to another network.)

    Args:
        layer: A built layer.
        *arguments, **options: What the layer is called with: tensors in any nesting,
            and plain values.
        training: Whether dropout is on. Must be said: the second run happens outside
            of the model that would otherwise tell.

    Returns:
        What the layer returns.

    Raises:
        ValueError: The layer is not built.

    Example:
        >>> block = EncoderBlock(num_heads=2, hidden_dim=16)
        >>> x = keras.random.normal((1, 5, 8))
        >>> output = block(x)
        >>> print(np.allclose(recompute_call(block, x, training=True), output))
        True

    Source: https://arxiv.org/abs/1604.06174.
    """
    if not layer.built:
        raise ValueError(f"layer {layer.name} must be built before it is recomputed")
    leaves = keras.tree.flatten((arguments, options))
    masks = [get_keras_mask(leaf) for leaf in leaves]
    places = [place for place, leaf in enumerate(leaves) if has_gradient(leaf)]
    states = [ops.copy(v.value) for v in layer.non_trainable_variables]
    marked: list = []  # which outputs carry a padding mask

    def run(weights, tensors):
        given = list(leaves)
        for place, tensor in zip(places, tensors):
            given[place] = tensor
            if masks[place] is not None:
                set_keras_mask(given[place], masks[place])
        args, kwargs = keras.tree.pack_sequence_as((arguments, options), given)
        mapping = [
            *zip(layer.trainable_variables, weights),
            *zip(layer.non_trainable_variables, states),
        ]
        with keras.StatelessScope(mapping, collect_losses=True) as scope:
            outputs = layer(*args, training=training, **kwargs)
        new_states = [scope.get_current_value(v) for v in layer.non_trainable_variables]
        new_masks = [get_keras_mask(x) for x in keras.tree.flatten(outputs)]
        marked[:] = [place for place, m in enumerate(new_masks) if m is not None]
        new_masks = [m for m in new_masks if m is not None]
        return outputs, new_states, list(scope.losses), new_masks

    weights = [ops.convert_to_tensor(v.value) for v in layer.trainable_variables]
    tensors = [leaves[place] for place in places]
    outputs, states_after, losses, new_masks = keras.remat(run)(weights, tensors)
    for variable, state in zip(layer.non_trainable_variables, states_after):
        variable.assign(state)
    if losses:
        layer.add_loss(losses)
    flat = keras.tree.flatten(outputs)
    for place, mask in zip(marked, new_masks):
        set_keras_mask(flat[place], mask)
    return outputs


def has_gradient(leaf):
    return ops.is_tensor(leaf) and keras.backend.is_float_dtype(leaf.dtype)
