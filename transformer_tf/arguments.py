"""Arguments of constructors: checked where they are given, kept as plain values."""

import math
import numbers

import numpy as np


def check_size(name, value, minimum=1):
    """A whole number that is large enough, as a plain int.

    Args:
        name: What the constructor names it.
        value: An int, or a NumPy integer. True is no number here.
        minimum: The smallest that makes sense.

    Raises:
        TypeError: not a whole number.
        ValueError: too small.
    """
    is_whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not is_whole:
        raise TypeError(f"{name} must be a whole number; got {value!r}")
    if value < minimum:
        raise ValueError(f"{name} must be at least {minimum}; got {value}")
    return int(value)


def optional_size(name, value, minimum=1):
    """`check_size`, where None stands for a default or for no limit."""
    return None if value is None else check_size(name, value, minimum)


def check_id(name, value, vocabulary_size):
    """An id of the vocabulary as a plain int, or None for none.

    Raises:
        TypeError: not a whole number.
        ValueError: outside of the vocabulary.
    """
    if value is None:
        return None
    value = check_size(name, value, minimum=-math.inf)
    if not 0 <= value < vocabulary_size:
        raise ValueError(f"{name} must lie in [0, {vocabulary_size}); got {value}")
    return value


def check_number(name, value):
    """A finite number, as a plain int or float.

    Raises:
        TypeError: not a number.
        ValueError: infinite or not a number (NaN).
    """
    if not isinstance(value, numbers.Real) or isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be a number; got {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite; got {value}")
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def optional_number(name, value):
    """`check_number`, where None stands for a default."""
    return None if value is None else check_number(name, value)


def check_positive(name, value):
    """A finite number above 0.

    Raises:
        TypeError: not a number.
        ValueError: not above 0, or not finite.
    """
    value = check_number(name, value)
    if value <= 0:
        raise ValueError(f"{name} must be positive; got {value}")
    return value


def optional_positive(name, value):
    """`check_positive`, where None stands for no limit."""
    return None if value is None else check_positive(name, value)


def check_rate(name, value):
    """A dropout rate: a number in [0, 1).

    Raises:
        TypeError: not a number.
        ValueError: outside of [0, 1).
    """
    value = check_number(name, value)
    if not 0 <= value < 1:
        raise ValueError(f"{name} must lie in [0, 1); got {value}")
    return value


def check_flag(name, value):
    """True or False. A string such as "False" would otherwise count as true.

    Raises:
        TypeError: anything else.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {value!r}")
    return bool(value)


def check_choice(name, value, choices):
    """One of several values.

    Raises:
        ValueError: none of them.
    """
    if value not in choices:
        raise ValueError(f"{name} must be one of {tuple(choices)}; got {value!r}")
    return value


def check_key_value_heads(num_key_value_heads, num_heads):
    """The number of key-value heads, which divides that of query heads; or None.

    Raises:
        TypeError: not a whole number.
        ValueError: it does not divide.
    """
    heads = optional_size("num_key_value_heads", num_key_value_heads)
    if heads is not None and num_heads % heads:
        raise ValueError(
            f"num_key_value_heads must divide num_heads; got {heads} and {num_heads}"
        )
    return heads


def check_cutoffs(name, value, vocabulary_size):
    """Where a vocabulary sorted by frequency is cut: increasing ids, as a plain list.

    Raises:
        TypeError: not a list or tuple of whole numbers.
        ValueError: they do not increase, or leave a cluster empty.
    """
    if not isinstance(value, (list, tuple)) or not value:
        raise TypeError(f"{name} must be a list of ids; got {value!r}")
    cutoffs = [check_size(name, one) for one in value]
    if sorted(set(cutoffs)) != cutoffs or cutoffs[-1] >= vocabulary_size:
        raise ValueError(
            f"{name} must increase and be below the vocabulary size of "
            f"{vocabulary_size}; got {cutoffs}"
        )
    return cutoffs
