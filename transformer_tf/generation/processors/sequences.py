"""Sequences of ids as arrays: which of them the text is about to complete."""

import numpy as np
from keras import ops

from transformer_tf.generation.checks import check_below, check_ids


def check_sequences(name, sequences):
    """A tuple of tuples of ids, none of them empty."""
    if isinstance(sequences, (str, bytes)) or not hasattr(sequences, "__iter__"):
        raise TypeError(f"{name} must be a list of lists of ids; got {sequences!r}")
    checked = []
    for sequence in sequences:
        if isinstance(sequence, (str, bytes)) or not hasattr(sequence, "__iter__"):
            raise TypeError(f"{name} must hold lists of ids; got {sequence!r}")
        checked.append(check_ids(name, sequence))
        if not checked[-1]:
            raise ValueError(f"every sequence of {name} needs at least one id")
    if not checked:
        raise ValueError(f"{name} must hold at least one sequence; got none")
    return tuple(checked)


def flush_right(name, sequences, vocabulary):
    """[sequence, length] int32: the ids, -1 before the shorter ones.

    Raises:
        ValueError: an id outside the vocabulary.
    """
    table = np.full((len(sequences), max(map(len, sequences))), -1, "int32")
    for row, sequence in zip(table, sequences):
        check_below(name, sequence, vocabulary)
        row[len(row) - len(sequence) :] = sequence
    return table


def about_to_complete(table, history):
    """[rows, sequence] booleans: the text ends with all of a sequence but its last id.

    Args:
        table: What `flush_right` returned.
        history: A `History`; the prompt counts as text.
    """
    before = table[:, :-1]
    last = history.last(before.shape[1])  # [rows, length - 1]
    agrees = (last[:, None] == before[None]) | (before < 0)[None]
    needed = ops.sum(ops.cast(before >= 0, "int32"), axis=-1)  # [sequence]
    is_long_enough = (history.end - history.start)[:, None] >= needed[None]
    return ops.all(agrees, axis=-1) & is_long_enough


def sum_by_id(values, ids, vocabulary):
    """[rows, sequence] values -> [rows, vocabulary]: their sums for each last id."""
    return ops.transpose(ops.segment_sum(ops.transpose(values), ids, vocabulary))
