"""Where a text ends: stop ids and stop strings, compiled into one small automaton."""

import numpy as np

from transformer_tf.generation.checks import check_below, checked_ids


def stop_table(vocabulary, stop_ids=(), stop_strings=(), token_texts=None):
    """The automaton that reads generated ids and knows when to stop.

    A state is how much of a stop string the text ends with, so that a string is found
    wherever its letters fall among the tokens. A stop id stops in every state. The text
    is that of the generated tokens alone, the prompt does not count.

    Args:
        vocabulary: Number of ids.
        stop_ids: Ids that end a text.
        stop_strings: Strings (or bytes) that end a text with the token that completes
            them.
        token_texts: The text (or bytes) of every id, in order; only needed for
            `stop_strings`. Texts must join without further spaces, as those of
            byte-level tokenizers do.

    Returns:
        [states, vocabulary] int32: the next state; reading starts in state 0, and the
        text has ended when the state is `states - 1`.

    Raises:
        ValueError: an id outside the vocabulary, an empty string, texts missing or of
            another number than `vocabulary`.

    Source: Aho and Corasick, https://doi.org/10.1145/360825.360855.
    """
    check_below("stop_ids", checked_ids("stop_ids", stop_ids), vocabulary)
    if isinstance(stop_strings, (str, bytes)):
        raise ValueError(f"stop_strings must be a list; got {stop_strings!r}")
    strings = [_bytes(string) for string in stop_strings]
    if not all(strings):
        raise ValueError("a stop string must not be empty")
    if strings and token_texts is None:
        raise ValueError("stop_strings need token_texts, the text of every id")
    moves = _byte_moves(strings)
    end = len(moves) - 1
    # A power of four of states, so that other stop strings seldom need another trace.
    states = 2
    while states < len(moves):
        states *= 4
    table = np.full((states, vocabulary), states - 1, "int32")
    table[:end] = 0
    if strings:
        after = _after_tokens(moves, token_texts, vocabulary)
        table[:end] = np.where(after == end, states - 1, after)
    table[:, list(stop_ids)] = states - 1
    return table


def _byte_moves(strings):
    """[prefixes + 1, 256] next prefix for each byte; the last state has found one."""
    prefixes = {string[:n] for string in strings for n in range(len(string))} | {b""}
    number = {prefix: n for n, prefix in enumerate(sorted(prefixes, key=len))}
    end = len(number)
    moves = np.zeros((end + 1, 256), "int32")
    moves[end] = end
    for prefix, state in number.items():
        for byte in range(256):
            text = prefix + bytes([byte])
            tails = [text[n:] for n in range(len(text) + 1)]
            if any(tail in strings for tail in tails):
                moves[state, byte] = end
            else:
                moves[state, byte] = next(number[t] for t in tails if t in number)
    return moves


def _after_tokens(moves, token_texts, vocabulary):
    """[prefixes, vocabulary]: the state after reading each token whole."""
    texts = [_bytes(text) for text in token_texts]
    if len(texts) != vocabulary:
        raise ValueError(
            f"token_texts must hold one text for each of the {vocabulary} ids; got "
            f"{len(texts)}"
        )
    longest = max(map(len, texts))
    letters = np.zeros((vocabulary, longest), "uint8")
    for row, text in zip(letters, texts):
        row[: len(text)] = np.frombuffer(text, "uint8")
    lengths = np.array([len(text) for text in texts])
    after = np.empty((len(moves) - 1, vocabulary), "int32")
    for start in range(len(moves) - 1):
        state = np.full(vocabulary, start)
        for n in range(longest):
            state = np.where(n < lengths, moves[state, letters[:, n]], state)
        after[start] = state
    return after


def _bytes(text):
    return text.encode() if isinstance(text, str) else bytes(text)
