"""Prompts in any layout, brought into the one that the decoding loop reads."""

from typing import NamedTuple

import numpy as np


class Prompt(NamedTuple):
    """One row of the prompts, as it was given.

    Attributes:
        ids: [length] int32.
        real: [length] booleans, False for padding.
    """

    ids: np.ndarray
    real: np.ndarray

    @property
    def positions(self):
        """[length] int32: places counted from the first real token."""
        return np.arange(len(self.ids), dtype="int32") - np.argmax(self.real)

    def text(self):
        """The ids of the real tokens, and their positions."""
        return self.ids[self.real], self.positions[self.real]


def read_prompts(prompts, padding_mask=None, padding_id=None, name="prompts"):
    """Every row of the prompts, whatever layout they came in.

    Args:
        prompts: A list of lists of ids (of any lengths), one list of ids, or an array
            or tensor [batch, length], or [length], of ids.
        padding_mask: [batch, length] booleans, True where a rectangular prompt holds
            a real token: padding may stand left, right or anywhere.
        padding_id: The id of padding where there is no mask; None: all are real.
        name: What to call the argument in errors.

    Returns:
        A list with a `Prompt` for each row.

    Raises:
        ValueError: no prompt, a prompt without a real token, a negative id, a mask of
            another shape.
        TypeError: the ids are not whole numbers, or the mask is not boolean.
    """
    rows = _rows(prompts, name)
    if not rows:
        raise ValueError(f"{name} must hold at least one sequence; got none")
    masks = _masks(rows, padding_mask, padding_id, name)
    found = []
    for number, (row, real) in enumerate(zip(rows, masks)):
        if not len(row):
            raise ValueError(
                f"every sequence of {name} needs at least one token, such as a start "
                f"token; number {number} is empty"
            )
        if not real.any():
            raise ValueError(
                f"every sequence of {name} needs at least one real token; number "
                f"{number} holds only padding (a padding_mask may say that tokens with "
                "the padding id are real)"
            )
        row = np.where(real, row, 0)
        if row.min() < 0:
            raise ValueError(f"{name} must hold ids from 0 on; got {row.min()}")
        found.append(Prompt(row.astype("int32"), real))
    return found


def pad_left(texts, batch, length, padding_id):
    """Writes texts flush right; rows up to `batch` are filled with padding.

    Args:
        texts: A list of pairs: the ids of a text, and their positions.

    Returns:
        tokens: [batch, length] int32.
        positions: [batch, length] int32, -1 for padding. Filler rows hold one token,
            so that every row has something to attend to.
        start: [batch] int32, the slot of each row's first token.
    """
    tokens = np.full((batch, length), padding_id, "int32")
    positions = np.full((batch, length), -1, "int32")
    positions[:, -1] = 0
    start = np.full(batch, length - 1, "int32")
    for number, (ids, places) in enumerate(texts):
        start[number] = length - len(ids)
        tokens[number, start[number] :] = ids
        positions[number, start[number] :] = places
    return tokens, positions, start


def _masks(rows, padding_mask, padding_id, name):
    """One array of booleans per row, True for real tokens."""
    if padding_mask is None:
        return [
            np.ones(len(r), bool) if padding_id is None else r != padding_id
            for r in rows
        ]
    mask = np.asarray(padding_mask)
    if mask.dtype != bool:
        raise TypeError(f"padding_mask must be boolean; got {mask.dtype}")
    mask = mask[None] if mask.ndim == 1 else mask
    if [len(row) for row in mask] != [len(row) for row in rows]:
        raise ValueError(
            f"padding_mask must have the shape of {name}; got "
            f"{mask.shape} for rows of lengths {[len(row) for row in rows]}"
        )
    return list(mask)


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
    return rows
