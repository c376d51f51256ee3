"""Where a text ends: stop ids and stop strings, compiled into one small automaton."""

import numpy as np

from transformer_tf.generation.checks import check_below, check_ids


def stop_table(
    vocabulary, stop_ids=(), stop_strings=(), token_texts=None, tokenizer=None
):
    """The automaton that reads generated ids and knows when to stop.

    A state is how much of a stop string the text ends with, in bytes, so that a string
    is found wherever its letters (or the bytes of one letter) fall among the tokens. A
    stop id stops in every state. The text is that of the generated tokens alone, the
    prompt does not count.

    Args:
        vocabulary: Number of ids.
        stop_ids: Ids that end a text.
        stop_strings: Strings (or bytes) that end a text with the token that completes
            them. They need a `tokenizer` or `token_texts`.
        token_texts: The text (or bytes) of every id, in order. Texts must join without
            further spaces.
        tokenizer: A `Tokenizer`: strings are found in the text that it decodes. A stop
            string that is one of its special tokens, which decoding leaves out, stops
            at that token.

    Returns:
        [states, vocabulary] int32: the next state; reading starts in state 0, and the
        text has ended when the state is `states - 1`.

    Raises:
        ValueError: an id outside the vocabulary, an empty string, texts missing, of
            another number than `vocabulary` or decoded one by one.
        TypeError: a tokenizer of another library.

    Source: Aho and Corasick, https://doi.org/10.1145/360825.360855.
    """
    check_below("stop_ids", check_ids("stop_ids", stop_ids), vocabulary)
    if isinstance(stop_strings, (str, bytes)):
        raise ValueError(f"stop_strings must be a list; got {stop_strings!r}")
    strings = [_bytes(string) for string in stop_strings]
    if not all(strings):
        raise ValueError("a stop string must not be empty")
    stop_ids = list(stop_ids)
    if not strings:
        table = np.full((2, vocabulary), 1, "int32")
        table[0] = 0
        table[:, stop_ids] = 1
        return table
    if (token_texts is None) == (tokenizer is None):
        raise ValueError(
            "stop_strings need token_texts, the text of every id, or a tokenizer; got "
            f"{'neither' if tokenizer is None else 'both'}"
        )
    if tokenizer is None:
        first = later = _check_texts(token_texts, vocabulary)
        special = []
    else:
        first, later = _check_tokenizer(tokenizer, vocabulary)
        special = sorted(tokenizer.special_ids)
        named = {_bytes(tokenizer.id_to_token(number)): number for number in special}
        stop_ids += [named[string] for string in strings if string in named]
    moves = _byte_moves(strings)
    found = len(moves) - 1
    after = _after_tokens(moves, range(found), later)
    if first != later:  # a state of its own before the first token
        after = np.concatenate([_after_tokens(moves, [0], first), after]) + 1
        after[0, special] = 0  # a token that decoding leaves out is not the first
        found += 1
    # A power of four of states, so that other stop strings seldom need another trace.
    states = 2
    while states < len(after) + 1:
        states *= 4
    table = np.full((states, vocabulary), states - 1, "int32")
    table[: len(after)] = np.where(after == found, states - 1, after)
    table[:, stop_ids] = states - 1
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


def _after_tokens(moves, starts, texts):
    """[starts, vocabulary]: the state after reading each token whole."""
    lengths = np.array([len(text) for text in texts])
    order = np.argsort(-lengths, kind="stable")  # longest first
    letters = np.zeros((len(texts), max(1, lengths.max())), "uint8")
    for row, number in zip(letters, order):
        row[: lengths[number]] = np.frombuffer(texts[number], "uint8")
    after = np.empty((len(starts), len(texts)), "int32")
    for row, start in zip(after, starts):
        state = np.full(len(texts), start, "int32")
        for place in range(lengths.max()):
            reading = slice(np.count_nonzero(lengths > place))
            state[reading] = moves[state[reading], letters[reading, place]]
        row[order] = state
    return after


def _check_texts(token_texts, vocabulary):
    """The texts as bytes, one for each id."""
    texts = [_bytes(text) for text in token_texts]
    if len(texts) != vocabulary:
        raise ValueError(
            f"token_texts must hold one text for each of the {vocabulary} ids; got "
            f"{len(texts)}"
        )
    if texts.count("\ufffd".encode()) > 1:
        raise ValueError(
            "several token_texts are U+FFFD, which stands for part of a character: ids "
            "were decoded one by one. Pass the bytes of each id, or the tokenizer"
        )
    return texts


def _check_tokenizer(tokenizer, vocabulary):
    """The bytes of every id of the model, those that the tokenizer lacks empty."""
    # Not above: whoever stops at ids alone need not wait for the text package.
    from transformer_tf.text import Tokenizer
    from transformer_tf.text.token_bytes import token_bytes

    if not isinstance(tokenizer, Tokenizer):
        raise TypeError(
            "tokenizer must be one of transformer_tf.text (`Tokenizer.from_file` reads "
            f"a tokenizer.json); got {type(tokenizer).__name__}"
        )
    if len(tokenizer) > vocabulary:
        raise ValueError(
            f"the tokenizer has {len(tokenizer)} ids, the model only {vocabulary}: "
            "they do not belong together"
        )
    missing = [b""] * (vocabulary - len(tokenizer))
    return tuple(part + missing for part in token_bytes(tokenizer))


def _bytes(text):
    return text.encode() if isinstance(text, str) else bytes(text)
