"""Byte-pair training: merge the most frequent pair, again and again."""

from heapq import heapify, heappop, heappush

from transformer_tf.text.trainers.words import Words, alphabet_of
from transformer_tf.text.training import Progress


def learn_merges(
    counts,
    vocabulary_size,
    special_tokens=(),
    alphabet=(),
    limit_alphabet=None,
    minimum_count=0,
    prefix="",
    suffix="",
    progress=False,
):
    """Learns the merges of byte-pair encoding by the count rule.

    At every step the pair of neighbours that occurs most often becomes one token; of
    pairs that occur equally often, the one with the lowest ids.

    Args:
        counts: {word: how often}; see `count_pieces`.
        vocabulary_size: Number of tokens, special ones included.
        special_tokens: Tokens that come first and are never merged.
        alphabet: Characters that are in the vocabulary whether they occur or not.
        limit_alphabet: Maximum number of characters; None keeps all.
        minimum_count: Pairs that occur less often are not merged.
        prefix: What a symbol gets that does not start its word ("##").
        suffix: What the last symbol of a word gets ("</w>").
        progress: Whether a bar is drawn.

    Returns:
        vocabulary: {token: id}.
        merges: List of (left, right) tokens, first to last.

    Source: https://arxiv.org/abs/1508.07909, algorithm 1; the order of ties is that of
    the `tokenizers` library.
    """
    tokens, words = starting_symbols(
        counts, special_tokens, alphabet, limit_alphabet, prefix, suffix
    )
    steps = grow(tokens, vocabulary_size, progress)
    merges = [
        (left, right)
        for left, right, _ in merge_steps(
            tokens, words, steps, minimum_count, prefix, special_tokens
        )
    ]
    return {token: number for number, token in enumerate(tokens)}, merges


def merge_steps(tokens, words, steps, minimum_count=0, prefix="", special_tokens=()):
    """Merges pair after pair, in place, for as long as `steps` go on.

    Args:
        tokens: List of tokens; each merge appends its own.
        words: The `Words` spelt in them; each merge rewrites them.
        steps: Iterable that allows one merge with each item.
        minimum_count: Pairs that occur less often are not merged.
        prefix: What a symbol has that does not start its word.
        special_tokens: Tokens that no merge makes, though the text may spell them.

    Yields:
        left, right: The tokens that were merged.
        merged: How often they were.
    """
    ids = {token: number for number, token in enumerate(tokens)}
    heap = [(-count, pair) for pair, count in words.pairs.items()]
    heapify(heap)
    for _ in steps:
        pair = _most_frequent(heap, words.pairs)
        if pair is None or words.pairs[pair] < max(1, minimum_count):
            return
        left, right = (tokens[number] for number in pair)
        token = left + right.removeprefix(prefix)
        if token in special_tokens:
            continue
        if token not in ids:
            ids[token] = len(tokens)
            tokens.append(token)
        changes, merged = words.merge(*pair, ids[token])
        for changed in changes:
            if words.pairs[changed] > 0:
                heappush(heap, (-words.pairs[changed], changed))
        yield left, right, merged


def grow(tokens, size, progress):
    """Counts steps for as long as `tokens` has fewer than `size` entries."""
    steps = iter(lambda: len(tokens) < size, False)
    room = max(0, size - len(tokens))
    return Progress(steps, "merging", total=room, enabled=progress)


def _most_frequent(heap, pairs):
    """The most frequent pair; entries whose count is out of date are dropped."""
    while heap:
        count, pair = heappop(heap)
        if pairs.get(pair) == -count:
            return pair
    return None


def starting_symbols(counts, special_tokens, alphabet, limit, prefix, suffix):
    """The first tokens and the words spelt in them.

    Returns:
        tokens: Special tokens, the alphabet, and the alphabet's other spellings.
        words: A `Words`.
    """
    characters = alphabet_of(counts, alphabet, limit)
    tokens = list(dict.fromkeys([*special_tokens, *characters]))
    spellings = [_spelt(word, set(characters), prefix, suffix) for word in counts]
    tokens += sorted({symbol for word in spellings for symbol in word} - set(tokens))
    ids = {token: number for number, token in enumerate(tokens)}
    symbols = [[ids[symbol] for symbol in word] for word in spellings]
    return tokens, Words(symbols, list(counts.values()))


def _spelt(word, known, prefix, suffix):
    """A word as symbols; characters outside the alphabet are left out."""
    last = len(word) - 1
    return [
        (prefix if i else "") + character + (suffix if i == last else "")
        for i, character in enumerate(word)
        if character in known
    ]
