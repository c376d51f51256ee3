"""Embeddings carried over from one vocabulary to another, token by token."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.encoding.samples import UNIT
from course.checks.tokenizers.samples import ALPHABETS
from course.examination import Call, Exercise, OneOf, Sizes


def carried_over(table, old_tokens, new_tokens):
    """A table of embeddings for another vocabulary.

    Args:
        table: [old token, dim] floats: the embeddings of the old vocabulary.
        old_tokens: List of the tokens of the old vocabulary; a token's place is its id
            and its row in the table.
        new_tokens: List of the tokens of the new vocabulary, in the order of their new
            ids. Some were in the old one too, under whatever id.

    Returns:
        [new token, dim] floats: for tokens known to the old vocabulary their old row;
        for all others the mean of the whole old table.
    """
    row_of = {token: row for row, token in enumerate(old_tokens)}
    unknown = ops.mean(table, axis=0)
    rows = [
        table[row_of[token]] if token in row_of else unknown for token in new_tokens
    ]
    return ops.stack(rows)


carrying = Exercise(
    "encoding.carried_over",
    unit=UNIT,
    answer="carried_over",
    reference=carried_over,
    parts={"known": 2, "unknown": 2, "foreign": 1},
    returns={"embeddings": ("token", "dim")},
    forbidden=(f"{__name__}.carried_over",),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=12,
    paper="https://arxiv.org/abs/2112.06598",
)

TOKENS = "the sea and wind over of high low water land river bay cold".split()
FOREIGN = "el mar y viento".split()


def _arguments(rng, old, new, strangers, dim):
    """`new` tokens of the old vocabulary and some strangers, in a new order."""
    tokens = rng.permutation(TOKENS)[:old].tolist()
    known = rng.permutation(tokens)[:new].tolist()
    while tokens[:new] == known:
        known = rng.permutation(known).tolist()
    wanted = rng.permutation(known + FOREIGN[:strangers]).tolist()
    table = rng.normal(size=(old, dim)).astype("float32")
    return table, tokens, wanted


@carrying.probe(part="known")
def another_order(rng):
    return Call(*_arguments(rng, 7, 7, 0, dim=5))


@carrying.probe(part="known")
def fewer_tokens(rng):
    return Call(*_arguments(rng, 9, 4, 0, dim=3))


@carrying.probe(part="unknown")
def some_are_new(rng):
    return Call(*_arguments(rng, 8, 5, 3, dim=4))


@carrying.probe(part="unknown")
def more_than_there_were(rng):
    return Call(*_arguments(rng, 5, 5, 4, dim=6))


@carrying.probe(part="foreign")
def nothing_in_common(rng):
    table, tokens, _ = _arguments(rng, 6, 4, 0, dim=2)
    return Call(table, tokens, FOREIGN[:3])


@carrying.promise(
    part="unknown",
    letters=OneOf(*ALPHABETS),
    old=Sizes(1, 12),
    new=Sizes(1, 9),
    dim=Sizes(1, 6),
)
def any_vocabularies(rng, letters, old, new, dim):
    names = dict.fromkeys(a + b for a in letters for b in letters)
    names = rng.permutation(list(names)).tolist()
    table = rng.normal(size=(old, dim)).astype("float32")
    wanted = rng.permutation(names[: old + new])[:new].tolist()
    return Call(table, names[:old], wanted)


def _rows(table, old_tokens, new_tokens, unknown):
    """As asked, with another row for tokens that are unknown."""
    row_of = {token: row for row, token in enumerate(old_tokens)}
    rows = [row_of.get(token, len(old_tokens)) for token in new_tokens]
    return ops.take(ops.concatenate([table, unknown], axis=0), rows, axis=0)


def _mean(table):
    return ops.mean(table, axis=0, keepdims=True)


@carrying.misconception
def same_ids_kept(table, old_tokens, new_tokens):
    return _rows(table, old_tokens, _padded(old_tokens, new_tokens), _mean(table))


def _padded(known, new_tokens):
    """As many of the known tokens as there are new ones, then strangers."""
    return [*known, *[""] * len(new_tokens)][: len(new_tokens)]


@carrying.misconception
def old_order_kept(table, old_tokens, new_tokens):
    known = [token for token in old_tokens if token in new_tokens]
    return _rows(table, old_tokens, _padded(known, new_tokens), _mean(table))


@carrying.misconception
def ids_turned_round(table, old_tokens, new_tokens):
    found = [""] * len(new_tokens)
    for row, token in enumerate(old_tokens[: len(new_tokens)]):
        if token in new_tokens:
            found[row] = old_tokens[new_tokens.index(token) % len(old_tokens)]
    return _rows(table, old_tokens, found, _mean(table))


@carrying.misconception
def zeros_for_the_unknown(table, old_tokens, new_tokens):
    return _rows(table, old_tokens, new_tokens, ops.zeros_like(table[:1]))


@carrying.misconception
def first_row_for_the_unknown(table, old_tokens, new_tokens):
    return _rows(table, old_tokens, new_tokens, table[:1])


@carrying.misconception
def last_row_for_the_unknown(table, old_tokens, new_tokens):
    return _rows(table, old_tokens, new_tokens, table[-1:])


@carrying.misconception
def unknown_left_out(table, old_tokens, new_tokens):
    known = [token for token in new_tokens if token in old_tokens]
    return _rows(table, old_tokens, known, table[:0]) if known else table[:0]


@carrying.misconception
def one_number_for_the_unknown(table, old_tokens, new_tokens):
    number = ops.mean(table)
    return _rows(table, old_tokens, new_tokens, ops.zeros_like(table[:1]) + number)


@carrying.misconception
def appended_to_the_old_table(table, old_tokens, new_tokens):
    strangers = [token for token in new_tokens if token not in old_tokens]
    return _rows(table, old_tokens, [*old_tokens, *strangers], _mean(table))


@carrying.alternative
def with_one_more_row(table, old_tokens, new_tokens):
    longer = tf.concat([table, tf.reduce_mean(table, axis=0, keepdims=True)], axis=0)
    row_of = {token: row for row, token in enumerate(old_tokens)}
    return tf.gather(longer, [row_of.get(token, len(row_of)) for token in new_tokens])


@carrying.alternative
def in_numpy(table, old_tokens, new_tokens):
    table = np.asarray(table)
    new = np.tile(table.mean(axis=0), (len(new_tokens), 1))
    for place, token in enumerate(new_tokens):
        if token in old_tokens:
            new[place] = table[old_tokens.index(token)]
    return new


@carrying.alternative
def with_a_matrix(table, old_tokens, new_tokens):
    same = np.array([[old == new for old in old_tokens] for new in new_tokens])
    everything = np.full(same.shape, 1 / len(old_tokens))
    shares = np.where(same.any(axis=1, keepdims=True), same, everything)
    return ops.matmul(ops.convert_to_tensor(shares.astype("float32")), table)
