"""Prompts in any layout, brought into the one that the decoding loop reads."""

import numpy as np


def read_prompts(prompts, padding_mask=None, name="prompts"):
    """The ids of each prompt, whatever layout they came in.

    Args:
        prompts: A list of lists of ids (of any lengths), one list of ids, or an array
            or tensor [batch, length], or [length], of ids.
        padding_mask: [batch, length] booleans, True where a rectangular prompt holds
            a real token: padding may stand left, right or anywhere. None: all are real.
        name: What to call the argument in errors.

    Returns:
        A list of int32 arrays, one a prompt, without padding.

    Raises:
        ValueError: no prompt, an empty prompt, a negative id, a mask of another shape.
        TypeError: the ids are not whole numbers, or the mask is not boolean.
    """
    rows = _rows(prompts, name)
    if padding_mask is not None:
        mask = np.asarray(padding_mask)
        if mask.dtype != bool:
            raise TypeError(f"padding_mask must be boolean; got {mask.dtype}")
        mask = mask[None] if mask.ndim == 1 else mask
        if [len(row) for row in mask] != [len(row) for row in rows]:
            raise ValueError(
                f"padding_mask must have the shape of {name}; got "
                f"{mask.shape} for rows of lengths {[len(row) for row in rows]}"
            )
        rows = [row[keep] for row, keep in zip(rows, mask)]
    if not rows:
        raise ValueError(f"{name} must hold at least one sequence; got none")
    for number, row in enumerate(rows):
        if not len(row):
            raise ValueError(
                f"every sequence of {name} needs at least one token, such as a start "
                f"token; number {number} is empty"
            )
        if row.min() < 0:
            raise ValueError(f"{name} must hold ids from 0 on; got {row.min()}")
    return rows


def left_padded(rows, batch, length, padding_id):
    """Writes the prompts flush right; rows up to `batch` are filled with padding.

    Returns:
        tokens: [batch, length] int32.
        start: [batch] int32, the slot of each row's first token. Filler rows hold one
            token, so that every row has something to look at.
    """
    tokens = np.full((batch, length), padding_id, "int32")
    start = np.full(batch, length - 1, "int32")
    for number, row in enumerate(rows):
        start[number] = length - len(row)
        tokens[number, start[number] :] = row
    return tokens, start


def _rows(prompts, name):
    """The rows of a list of lists or of an array, as integer arrays of one axis."""
    if hasattr(prompts, "to_list"):  # a ragged tensor
        prompts = prompts.to_list()
    if isinstance(prompts, (list, tuple)):
        if not prompts:
            return []
        rows = [np.asarray(row) for row in prompts]
        rows = [np.stack(rows)] if rows[0].ndim == 0 else rows
    else:
        array = np.asarray(prompts)
        rows = [array] if array.ndim == 1 else list(array)
    for row in rows:
        if row.ndim != 1:
            raise ValueError(
                f"{name} must be lists of ids or an array [batch, length]; got a row "
                f"of shape {row.shape}"
            )
        if len(row) and row.dtype.kind not in "iu":
            raise TypeError(f"{name} must hold whole numbers; got {row.dtype}")
    return [row.astype("int32") for row in rows]
