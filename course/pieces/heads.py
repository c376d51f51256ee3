"""Splitting a width into heads, and merging the heads again (unit 04)."""

import math
import unicodedata
from collections import Counter

import numpy as np
from keras import ops


def split_heads(x, num_heads):
    """Cuts every vector into equal pieces, one for each head.

    Args:
        x: [batch, length, dim] floats; `num_heads` divides dim. The first head_dim
            numbers of a vector belong to head 0, the next head_dim to head 1, ...
        num_heads: How many heads there are.

    Returns:
        [batch, head, length, head_dim] floats, with head_dim = dim / num_heads.
    """
    batch, length, dim = x.shape
    pieces = ops.reshape(x, (batch, length, num_heads, dim // num_heads))
    return ops.transpose(pieces, (0, 2, 1, 3))


def merge_heads(heads):
    """Puts the pieces of each position side by side again: undoes `split_heads`.

    Args:
        heads: [batch, head, length, head_dim] floats.

    Returns:
        [batch, length, head * head_dim] floats.
    """
    batch, num_heads, length, head_dim = heads.shape
    pieces = ops.transpose(heads, (0, 2, 1, 3))
    return ops.reshape(pieces, (batch, length, num_heads * head_dim))


def count_pairs(words):
    """Counts how often each two pieces stand next to each other.

    Args:
        words: List of (pieces, count): a word as a list of strings, and how often the
            word occurs.

    Returns:
        {(left, right): how often}, words that occur often counted often. A pair never
        reaches from one word into the next.
    """
    totals = Counter()
    for pieces, count in words:
        for pair in zip(pieces, pieces[1:]):
            totals[pair] += count
    return dict(totals)


def merge_pair(pieces, pair):
    """Makes one piece of a pair, wherever it stands.

    Args:
        pieces: List of strings. It stays as it is.
        pair: (left, right), two strings.

    Returns:
        A new list. Merging goes from left to right, and a piece is merged once only:
        the pair (a, a) makes [aa, a] of [a, a, a].
    """
    merged, place = [], 0
    while place < len(pieces):
        if tuple(pieces[place : place + 2]) == tuple(pair):
            merged.append(pair[0] + pair[1])
            place += 2
        else:
            merged.append(pieces[place])
            place += 1
    return merged


def count_pieces(words):
    """Counts how often each piece occurs.

    Args:
        words: List of (pieces, count), as in `count_pairs`.

    Returns:
        {piece: how often}.
    """
    totals = Counter()
    for pieces, count in words:
        for piece in pieces:
            totals[piece] += count
    return dict(totals)


def best_score(text, scores):
    """The highest sum of scores among all the ways to cut a text into pieces.

    Args:
        text: A string.
        scores: {piece: log probability}.

    Returns:
        A float; minus infinity if the pieces cannot make up the text.
    """
    best = [0.0] + [-math.inf] * len(text)
    for end in range(1, len(text) + 1):
        best[end] = max(
            best[start] + scores.get(text[start:end], -math.inf) for start in range(end)
        )
    return best[-1]


def plain(character):
    """A character in lower case and without accents, as BERT's uncased models read.

    Args:
        character: A string of one character.

    Returns:
        A string: empty for a combining accent, several characters for a Korean
        syllable, which is taken apart, one for most others.
    """
    apart = unicodedata.normalize("NFD", character.lower())
    return "".join(c for c in apart if unicodedata.category(c) != "Mn")


def nearest(table, vector, count, excluded=()):
    """Finds the rows of a table that point most nearly the same way as a vector.

    Args:
        table: [vocabulary, dim] floats: row n is the vector of word n; none is zero.
        vector: [dim] floats, not zero.
        count: How many are wanted.
        excluded: Ids that must not be among them, as integers.

    Returns:
        [count] integers: ids in the order of their cosine with the vector, the best
        first.
    """
    # The length of `vector` divides them all alike: the order is that of the cosines.
    cosines = ops.matmul(table, vector) / ops.norm(table, axis=-1)
    places = ops.arange(table.shape[0])
    for place in excluded:
        cosines = ops.where(places == place, -np.inf, cosines)
    return ops.top_k(cosines, count)[1]
