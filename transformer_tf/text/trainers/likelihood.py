"""WordPiece training by likelihood: merge the pair whose parts are bound closest."""

import numpy as np

from transformer_tf.text.trainers.merges import grow, starting_symbols


def learn_pieces(
    counts,
    vocabulary_size,
    special_tokens=(),
    alphabet=(),
    limit_alphabet=None,
    minimum_count=0,
    prefix="##",
    progress=False,
):
    """Learns WordPiece's vocabulary by the likelihood rule.

    At every step the pair with the largest count(both) / (count(left) count(right))
    becomes one token: merging it raises the likelihood of the text most, when tokens
    are drawn one by one. Equal scores: the lowest ids.

    Args:
        counts: {word: how often}; see `count_pieces`.
        vocabulary_size: Number of tokens, special ones included.
        special_tokens: Tokens that come first and are never merged.
        alphabet: Characters that are in the vocabulary whether they occur or not.
        limit_alphabet: Maximum number of characters; None keeps all.
        minimum_count: Pairs that occur less often are not merged.
        prefix: What a piece gets that does not start its word.
        progress: Whether a bar is drawn.

    Returns:
        vocabulary: {token: id}.

    Source: Schuster and Nakajima, "Japanese and Korean voice search" (2012).
    """
    tokens, words = starting_symbols(
        counts, special_tokens, alphabet, limit_alphabet, prefix, ""
    )
    ids = {token: number for number, token in enumerate(tokens)}
    table = _PairTable(words, len(tokens), vocabulary_size)
    for _ in grow(tokens, vocabulary_size, progress):
        pair = table.best(max(1, minimum_count))
        if pair is None:
            break
        left, right = (tokens[number] for number in pair)
        token = left + right.removeprefix(prefix)
        if token in special_tokens:
            table.forbid(pair)
            continue
        if token not in ids:
            ids[token] = len(tokens)
            tokens.append(token)
        changes, merged = words.merge(*pair, ids[token])
        table.update(pair, ids[token], changes, merged)
    return ids


class _PairTable:
    """Counts of pairs and symbols in arrays, so that one look finds the best pair."""

    def __init__(self, words, symbol_count, vocabulary_size):
        self.rows = {}
        capacity = max(1024, 2 * len(words.pairs))
        self.left, self.right, self.count = np.zeros((3, capacity), np.int64)
        self.uses = np.zeros(max(symbol_count, vocabulary_size) + 1, np.int64)
        for ids, count in zip(words.symbols, words.counts):
            for number in ids:
                self.uses[number] += count
        for pair, count in words.pairs.items():
            self._add(pair, count)

    def _add(self, pair, change):
        row = self.rows.setdefault(pair, len(self.rows))
        if row == len(self.left):
            for name in ("left", "right", "count"):
                values = getattr(self, name)
                setattr(self, name, np.concatenate([values, np.zeros_like(values)]))
        self.left[row], self.right[row] = pair
        self.count[row] += change

    def forbid(self, pair):
        """Takes a pair out of the choice, whatever its count becomes."""
        self.count[self.rows[pair]] = -(2**62)

    def best(self, minimum):
        """The pair with the highest score, or None."""
        rows = len(self.rows)
        left, right, count = self.left[:rows], self.right[:rows], self.count[:rows]
        product = self.uses[left] * self.uses[right]
        scores = np.where(count >= minimum, count / np.maximum(product, 1), 0.0)
        highest = scores.max(initial=0.0)
        if highest == 0:
            return None
        ties = np.flatnonzero(scores == highest)
        return min((int(left[row]), int(right[row])) for row in ties)

    def update(self, pair, whole, changes, merged):
        """Takes over what a merge changed."""
        self.count[self.rows[pair]] = 0
        self.uses[pair[0]] -= merged
        self.uses[pair[1]] -= merged
        self.uses[whole] += merged
        for changed, change in changes.items():
            self._add(changed, change)
