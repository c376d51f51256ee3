"""Tokens and their ranks, as the package tiktoken keeps them in files."""

import base64
import binascii
from pathlib import Path

from transformer_tf.text.decoders.byte_level import ByteLevelDecoder
from transformer_tf.text.models.byte_pair import BytePair, merge_long
from transformer_tf.text.pattern import CL100K, Pattern
from transformer_tf.text.pre_tokenizers.byte_level import ByteLevel, byte_characters
from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer
from transformer_tf.text.pre_tokenizers.sequence import PreTokenizerSequence
from transformer_tf.text.pre_tokenizers.split import Split
from transformer_tf.text.tokenizer import Tokenizer

# How many tokens a file has: the pattern that cuts its texts, the special tokens.
ENCODINGS = {
    50_256: (None, {"<|endoftext|>": 50_256}),
    100_256: (
        CL100K,
        {
            "<|endoftext|>": 100_257,
            "<|fim_prefix|>": 100_258,
            "<|fim_middle|>": 100_259,
            "<|fim_suffix|>": 100_260,
            "<|endofprompt|>": 100_276,
        },
    ),
}


def from_tiktoken(path, pattern=None, special_tokens=None):
    """The tokenizer of a file of ranks.

    Args:
        path: The file: a line per token, base64 of its bytes, a space, its rank.
        pattern: The regular expression that cuts texts. Left out, GPT-2's or GPT-4's,
            told by the number of tokens.
        special_tokens: {token: id}; left out with the pattern, those published.

    Raises:
        ValueError: The file is malformed, or its size tells no pattern.

    Source: the file format of https://github.com/openai/tiktoken.
    """
    ranks = _read(path)
    if pattern is None:
        if len(ranks) not in ENCODINGS:
            sizes = " or ".join(map(str, ENCODINGS))
            raise ValueError(
                f"{path} has {len(ranks)} tokens; a pattern is known for {sizes}: "
                "give from_tiktoken the pattern"
            )
        pattern, special_tokens = ENCODINGS[len(ranks)]
        special_tokens = dict(special_tokens)
    cut: PreTokenizer = ByteLevel()
    if pattern is not None:
        split = Split(Pattern(regex=pattern))
        cut = PreTokenizerSequence([split, ByteLevel(use_regex=False)])
    special_tokens = special_tokens or {}
    shown = byte_characters()
    names = {data: "".join(shown[byte] for byte in data) for data in ranks}
    vocabulary = {names[data]: rank for data, rank in ranks.items()}
    merges = [(names[left], names[right]) for left, right in _merges(ranks)]
    return Tokenizer(
        BytePair({**vocabulary, **special_tokens}, merges),
        pre_tokenizer=cut,
        decoder=ByteLevelDecoder(),
        added_tokens=special_tokens,
    )


def _read(path):
    """{bytes: rank} of the file."""
    ranks: dict = {}
    for number, line in enumerate(Path(path).read_bytes().splitlines(), 1):
        if not line:
            continue
        try:
            data, rank = line.split()
            ranks[base64.b64decode(data, validate=True)] = int(rank)
        except (ValueError, binascii.Error):
            raise ValueError(
                f"line {number} of {path} must be base64, a space and a rank; got "
                f"{line!r:.60}"
            ) from None
    missing = [byte for byte in range(256) if bytes([byte]) not in ranks]
    if missing:
        raise ValueError(f"{path} lacks a token for the byte {missing[0]}")
    return ranks


def _merges(ranks):
    """Pairs of the two parts each token was merged from, in the order of ranks.

    The parts of a token are what merging its bytes comes to with earlier tokens only.
    """
    order = sorted((rank, data) for data, rank in ranks.items() if len(data) > 1)
    pairs: dict = {}
    merges = []
    for rank, data in order:
        ids = [ranks[bytes([byte])] for byte in data]
        _, ends = merge_long(ids, list(range(1, len(ids) + 1)), pairs)
        if len(ends) == 2:
            left, right = data[: ends[0]], data[ends[0] :]
            pairs[ranks[left], ranks[right]] = (rank, rank)
            merges.append((left, right))
    return merges
