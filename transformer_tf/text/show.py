"""Everything the command `tokenize` does: find or train a tokenizer, show a text."""

import os
from pathlib import Path
from typing import Any

from transformer_tf.text.byte_pair_tokenizer import BytePairTokenizer
from transformer_tf.text.character_tokenizer import CharacterTokenizer
from transformer_tf.text.pretrained import from_pretrained
from transformer_tf.text.token_view import TokenView
from transformer_tf.text.unigram_tokenizer import UnigramTokenizer
from transformer_tf.text.word_piece_tokenizer import WordPieceTokenizer
from transformer_tf.text.word_tokenizer import WordTokenizer

KINDS: dict[str, Any] = {
    "bpe": BytePairTokenizer,
    "character": CharacterTokenizer,
    "unigram": UnigramTokenizer,
    "word": WordTokenizer,
    "wordpiece": WordPieceTokenizer,
}


def show_tokens(
    text: str,
    vocabulary: Any = None,
    kind: str = "bpe",
    texts: Any = None,
    pair: str | None = None,
    **settings,
):
    """The tokens of a text, ready to be printed or shown in a notebook.

    Args:
        text: The text.
        vocabulary: Path of a vocabulary file, see `open_vocabulary`; or
        kind: The kind of tokenizer to train instead, a key of `KINDS`.
        texts: What to train on: an iterable, or a function that returns one and is
            called only when there is nothing in the cache.
        pair: A second text, or None.
        settings: `size` and `cache` of `train_tokenizer`.

    Returns:
        view: A `TokenView`: `print(view.terminal())`.

    Example:
        >>> print(show_tokens("lower tide", kind="word", texts=["low tide"], size=10))
        lower tide
        [UNK] tide
        1     3
        <BLANKLINE>
        2 tokens, 1 unknown
    """
    if vocabulary is not None:
        tokenizer = open_vocabulary(vocabulary)
    else:
        tokenizer = train_tokenizer(kind, texts, **settings)
    return TokenView(tokenizer, text, pair)


def open_vocabulary(path: str | os.PathLike):
    """The tokenizer of a published file or folder: see `from_pretrained`.

    Example:
        >>> tokenizer = open_vocabulary("models/decoder/tokenizer.json")
        >>> tokenizer.encode("apaga la luz").tokens
        ['a', 'pag', 'a', 'Ġla', 'Ġluz']
    """
    return from_pretrained(path)


def train_tokenizer(kind: str, texts: Any, size: int = 8000, cache: Any = None):
    """A tokenizer trained on `texts`, or read from the cache.

    Args:
        kind: A key of `KINDS`.
        texts: An iterable of strings, or a function that returns one.
        size: Number of tokens.
        cache: A folder that keeps trained tokenizers, or None.

    Example:
        >>> tokenizer = train_tokenizer("word", ["low tide"], size=10)
        >>> tokenizer.encode("low water").tokens
        ['low', '[UNK]']
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {sorted(KINDS)}; got {kind!r}")
    path = None if cache is None else Path(cache) / f"{kind}-{size}.json"
    if path is not None and path.exists():
        return KINDS[kind].from_file(path)
    if texts is None:
        raise ValueError("without a vocabulary, texts to train on are needed")
    tokenizer = KINDS[kind].train(texts() if callable(texts) else texts, size)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        tokenizer.save(path)
    return tokenizer
