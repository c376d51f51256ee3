"""Arguments that several parts of generation check alike."""

import numbers


def check_ids(name, ids):
    """`ids` as a tuple of ints; ValueError where one is negative or not whole."""
    ids = tuple(ids)
    for token in ids:
        whole = isinstance(token, numbers.Integral) and not isinstance(token, bool)
        if not whole or token < 0:
            raise ValueError(
                f"{name} must be ids, whole numbers from 0 on; got {token!r}"
            )
    return tuple(int(token) for token in ids)


def check_below(name, ids, vocabulary):
    """ValueError where an id lies outside the vocabulary."""
    for token in ids:
        if token >= vocabulary:
            raise ValueError(
                f"{name} holds the id {token}, but the vocabulary has {vocabulary} "
                f"ids; the largest is {vocabulary - 1}"
            )


def check_at_least(name, value, least):
    """TypeError where `value` is not a whole number, ValueError where too small."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number; got {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}; got {value}")
