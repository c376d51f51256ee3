"""The words that a trainer merges in, symbol by symbol, kept up to date."""

from collections import Counter, defaultdict


class Words:
    """Counted words as rows of symbol ids, and how often each pair of ids meets.

    Args:
        symbols: List of lists of ids, one a word.
        counts: How often each word occurs.
    """

    def __init__(self, symbols, counts):
        self.symbols = symbols
        self.counts = counts
        self.pairs: Counter[tuple] = Counter()
        self.places = defaultdict(set)
        for word, ids in enumerate(symbols):
            for pair in zip(ids, ids[1:]):
                self.pairs[pair] += counts[word]
                self.places[pair].add(word)

    def merge(self, left, right, whole):
        """Puts `whole` wherever `left` stands before `right`.

        Returns:
            changes: {pair: by how much its count changed}, the merged pair left out.
            merged: How often the pair was merged.
        """
        changes: Counter[tuple] = Counter()
        merged = 0
        for word in self.places.pop((left, right)):
            ids, count = self.symbols[word], self.counts[word]
            if len(ids) == 2:
                # Most words end here: one symbol, no pair any more.
                if ids[0] == left and ids[1] == right:
                    self.symbols[word] = [whole]
                    merged += count
                continue
            rewritten, times = _merge(ids, left, right, whole)
            if not times:
                continue
            merged += times * count
            self.symbols[word] = rewritten
            for pair in zip(ids, ids[1:]):
                changes[pair] -= count
            for pair in zip(rewritten, rewritten[1:]):
                changes[pair] += count
                if whole in pair:
                    self.places[pair].add(word)
        changes.pop((left, right), None)
        changes = Counter({pair: n for pair, n in changes.items() if n})
        self.pairs.pop((left, right), None)
        for pair, change in changes.items():
            self.pairs[pair] += change
        return changes, merged


def _merge(ids, left, right, whole):
    """`ids` with `whole` for every left, right; and how many there were."""
    rewritten, i, times = [], 0, 0
    last = len(ids) - 1
    while i <= last:
        if ids[i] == left and i < last and ids[i + 1] == right:
            rewritten.append(whole)
            times += 1
            i += 2
        else:
            rewritten.append(ids[i])
            i += 1
    return rewritten, times


def alphabet_of(counts, initial=(), limit=None):
    """The characters a trainer starts from, in order of their code points.

    Args:
        counts: {word: how often}.
        initial: Characters that are always in.
        limit: Maximum number of characters; the rarest fall out, never initial ones.

    Returns:
        alphabet: Sorted list of characters.
    """
    characters: Counter[str] = Counter()
    for word, count in counts.items():
        for character in word:
            characters[character] += count
    kept = set(initial) | set(characters)
    if limit is not None and len(kept) > limit:
        initial = set(initial)
        by_use = sorted(
            kept - initial, key=lambda c: (characters[c], ord(c)), reverse=True
        )
        kept = initial | set(by_use[: max(0, limit - len(initial))])
    return sorted(kept)
