"""What training by pairs does again and again: counting, and making one of two."""

from collections import Counter


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
