"""The activation of a feed-forward layer, by name."""

import keras
from keras import ops


def activation_named(name):
    """Keras' activation of that name, or `gelu_tanh`.

    `gelu` is the exact one, x times the normal distribution's share below x (BERT);
    `gelu_tanh` its approximation by a hyperbolic tangent (GPT-2).

    Raises:
        ValueError: there is no such activation.
    """
    if name == "gelu":
        return _gelu
    if name == "gelu_tanh":
        return _gelu_tanh
    if not isinstance(name, str):
        raise ValueError(f"activation must be a name such as 'gelu'; got {name!r}")
    return keras.activations.get(name)


def _gelu(x):
    if keras.backend.standardize_dtype(x.dtype) in ("float16", "bfloat16"):
        # 1 + erf would round to nothing where erf is near -1; erfc does not.
        return ops.gelu(x, approximate=False)
    return x * (0.5 + 0.5 * ops.erf(x * 0.5**0.5))


def _gelu_tanh(x):
    return ops.gelu(x, approximate=True)
