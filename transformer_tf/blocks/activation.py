"""The activation of a feed-forward layer: by name, or a function."""

import keras
from keras import ops


def activation_named(activation):
    """Keras' activation of that name, `gelu_tanh`, or a function as it is.

    `gelu` is the exact one, x times the normal distribution's share below x (BERT);
    `gelu_tanh` its approximation by a hyperbolic tangent (GPT-2).

    Args:
        activation: A name, a function of one tensor, or what `serialize_activation`
            made of one.

    Raises:
        ValueError: there is no such activation.
    """
    if activation == "gelu":
        return _gelu
    if activation == "gelu_tanh":
        return _gelu_tanh
    if isinstance(activation, dict):
        activation = keras.saving.deserialize_keras_object(activation)
    if isinstance(activation, str):
        return keras.activations.get(activation)
    if not callable(activation) or isinstance(activation, type):
        raise ValueError(
            "activation must be a name such as 'gelu', or a function of one tensor; "
            f"got {activation!r}"
        )
    return activation


def optional_activation(activation):
    """`activation_named`, where None stands for no activation."""
    return None if activation is None else activation_named(activation)


def serialize_activation(activation):
    """The activation as JSON: a name or a config as it was given, else its config.

    A function must be registered (`keras.saving.register_keras_serializable`) to be
    loaded again; a lambda needs `safe_mode=False`, as everywhere in Keras.
    """
    if activation is None or isinstance(activation, (str, dict)):
        return activation
    name = getattr(activation, "__name__", "")
    is_of_keras = getattr(activation, "__module__", "").startswith("keras.")
    if is_of_keras and hasattr(keras.activations, name):
        return name  # `keras.ops.relu` and `keras.activations.relu` alike
    return keras.saving.serialize_keras_object(activation)


def _gelu(x):
    if keras.backend.standardize_dtype(x.dtype) in ("float16", "bfloat16"):
        # 1 + erf would round to nothing where erf is near -1; erfc does not.
        return ops.gelu(x, approximate=False)
    return x * ((ops.erf(x * 0.5**0.5) + 1.0) * 0.5)


def _gelu_tanh(x):
    return ops.gelu(x, approximate=True)
