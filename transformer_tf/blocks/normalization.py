"""The normalisation of a block or a stack, by name."""

import keras

KINDS = {
    "layer": keras.layers.LayerNormalization,
    "rms": keras.layers.RMSNormalization,
}


def make_normalization(
    kind: str, epsilon: float, dtype, name: str
) -> keras.layers.Layer:
    """A normalisation over the last axis that passes the padding mask on.

    Args:
        kind: "layer" or "rms".
        epsilon: Added to the variance.
        dtype: A dtype or dtype policy.
        name: The layer's name.
    """
    norm = KINDS[kind](epsilon=epsilon, dtype=dtype, name=name)
    # Keras' RMSNormalization would drop the padding mask, with a warning.
    norm.supports_masking = True
    return norm
