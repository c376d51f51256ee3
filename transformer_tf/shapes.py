"""Shapes that a call must have; errors say what was given and expected."""

POSITIONS = {"length", "query", "key", "memory"}


def check_axes(name, tensor, *axes):
    """Refuses a tensor with other axes, or with no position at all.

    Args:
        name: Its name in the call.
        tensor: The input.
        axes: The axes it must have, in order, by name.

    Raises:
        ValueError: their number differs, or a sequence is empty.
    """
    expected, shape = f"[{', '.join(axes)}]", tuple(tensor.shape)
    if len(shape) != len(axes):
        raise ValueError(f"{name} must be {expected}; got shape {shape}")
    for axis, size in zip(axes, shape):
        if axis in POSITIONS and size == 0:
            raise ValueError(
                f"{name} is an empty sequence: {expected} of shape {shape} needs at "
                f"least one {axis} position"
            )


def check_positions(positions, length):
    """Refuses positions that are not [length] or [batch, length].

    Args:
        positions: The input, or None.
        length: How many positions there must be; None where that is not known.

    Raises:
        ValueError: other axes, or another length.
    """
    shape = () if positions is None else tuple(positions.shape)
    if positions is None:
        return
    if len(shape) not in (1, 2) or differ(shape[-1], length):
        expected = "length" if length is None else length
        raise ValueError(
            f"positions must be [{expected}] or [batch, {expected}]; got shape {shape}"
        )


def check_broadcasts(name, tensor, sizes):
    """Refuses a tensor that does not broadcast to the sizes.

    Args:
        name: Its name in the call.
        tensor: The input.
        sizes: The size of each axis by its name; None where that is not known.

    Raises:
        ValueError: an axis is neither 1 nor as long as it should be.
    """
    shape = tuple(tensor.shape)
    fits = len(shape) == len(sizes) and not any(
        size != 1 and differ(size, other) for size, other in zip(shape, sizes.values())
    )
    if not fits:
        expected = ", ".join(f"{axis}={size}" for axis, size in sizes.items())
        raise ValueError(
            f"{name} does not fit: it must broadcast to [{expected}]; got shape {shape}"
        )


def refuse_ragged(values, cure):
    """Refuses rows of several lengths, which no layer or loss of this library reads.

    Args:
        values: A dict of what came, by name: tensors, or dicts of them.
        cure: The method of a ragged tensor that fills its rows up.

    Raises:
        TypeError: a ragged tensor.
    """
    for name, value in values.items():
        if isinstance(value, dict):
            refuse_ragged(value, cure)
        elif hasattr(value, "row_splits"):
            raise TypeError(
                f"{name} must be rectangular; got a RaggedTensor, rows of several "
                f"lengths: fill them up with {name}.{cure}"
            )


def exceeds(size, most):
    """Whether a size is above a limit (None for no limit).

    A size that is no number yet exceeds none: TensorFlow has None for it where it
    traces, JAX a symbol that refuses to be compared.
    """
    return isinstance(size, int) and most is not None and size > most


def differ(one, other):
    """Whether two sizes clash; a size that is no number yet clashes with none."""
    return isinstance(one, int) and isinstance(other, int) and one != other
