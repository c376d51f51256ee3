"""Initializers: read early, drawn from once for each weight, written down as JSON."""

import inspect
import zlib

import keras


def check_initializer(name, value):
    """An initializer in the form that a layer keeps: as given, a class instantiated.

    Args:
        name: What the constructor names it.
        value: A name, a config, an object, a class or a function, as Keras takes them.
            A lambda is loaded again with `safe_mode=False` alone, as in Keras; give
            a registered function instead.

    Raises:
        ValueError: Keras knows no such initializer.
    """
    try:
        value = value() if inspect.isclass(value) else value
        if isinstance(value, dict) and value.get("class_name") == "__lambda__":
            value = keras.saving.deserialize_keras_object(value)
        known = keras.initializers.get(value)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} must be an initializer; got {value!r}: {error}"
        ) from error
    if known is None:
        raise ValueError(f"{name} must be an initializer; got None")
    return value


def initializer_for(value, weight=""):
    """An initializer for one weight alone.

    An object keeps the seed that it drew when it was made, so two weights of one shape
    would start out equal if they shared it. Without a seed of its own each weight's
    copy draws one; with a seed each weight's is derived from that seed and its name.

    Args:
        value: What `check_initializer` returned.
        weight: The weight's name, where its layer has several such weights.

    Returns:
        What Keras takes as an initializer.
    """
    initializer = keras.initializers.get(value)
    if not isinstance(initializer, keras.initializers.Initializer):
        return initializer  # a function: it has no seed to keep
    if isinstance(getattr(initializer, "seed", None), keras.random.SeedGenerator):
        return initializer  # draws anew each time
    config = initializer.get_config()
    if config.get("seed") is not None:
        config["seed"] = (config["seed"] + zlib.crc32(weight.encode())) % 2**31
    elif initializer is not value:
        return initializer  # made from a name or a config just now
    try:
        return type(initializer).from_config(config)
    except TypeError:
        return initializer  # of the user's own, without a config to copy it by


def serialize_initializer(value):
    """The initializer as JSON: a name or a config as it was given, else its config."""
    if isinstance(value, (str, dict)):
        return value
    return keras.initializers.serialize(value)
