"""Everything the command `tokenize` does: find or train a tokenizer, show a text."""

from pathlib import Path

from transformer_tf.text.byte_pair_tokenizer import BytePairTokenizer
from transformer_tf.text.character_tokenizer import CharacterTokenizer
from transformer_tf.text.token_view import TokenView
from transformer_tf.text.tokenizer import Tokenizer
from transformer_tf.text.unigram_tokenizer import UnigramTokenizer
from transformer_tf.text.word_piece_tokenizer import WordPieceTokenizer
from transformer_tf.text.word_tokenizer import WordTokenizer

KINDS = {
    "bpe": BytePairTokenizer,
    "character": CharacterTokenizer,
    "unigram": UnigramTokenizer,
    "word": WordTokenizer,
    "wordpiece": WordPieceTokenizer,
}


def show_tokens(text, vocabulary=None, kind="bpe", texts=None, pair=None, **settings):
    """The tokens of a text, ready to be printed or shown in a notebook.

    Args:
        text: The text.
        vocabulary: Path of a vocabulary file, see `open_vocabulary`; or
        kind: The kind of tokenizer to train instead, a key of `KINDS`.
        texts: What to train on: an iterable, or a function that returns one and is
            called only when there is nothing in the cache.
        pair: A second text, or None.
        settings: `size` and `cache` of `trained_tokenizer`.

    Returns:
        view: A `TokenView`: `print(view.terminal())`.
    """
    if vocabulary is not None:
        tokenizer = open_vocabulary(vocabulary)
    else:
        tokenizer = trained_tokenizer(kind, texts, **settings)
    return TokenView(tokenizer, text, pair)


def open_vocabulary(path):
    """The tokenizer of a published file, its format told by its name.

    Args:
        path: A tokenizer.json; a vocab.txt; a SentencePiece .model; a vocab.json or
            encoder.json (or its merges.txt or vocab.bpe) with the other beside it.

    Raises:
        ValueError: The name tells no format, or the second file is missing.
    """
    path = Path(path)
    if path.suffix == ".txt" and "merges" not in path.name:
        return WordPieceTokenizer.from_vocabulary(path)
    pairs = (("vocab.json", "merges.txt"), ("encoder.json", "vocab.bpe"))
    for vocabulary, merges in pairs:
        if path.name in (vocabulary, merges):
            files = path.with_name(vocabulary), path.with_name(merges)
            for file in files:
                if not file.exists():
                    raise ValueError(f"{path.name} needs {file.name} beside it")
            return BytePairTokenizer.from_files(*files)
    if path.suffix == ".model":
        return UnigramTokenizer.from_sentence_piece(path)
    if path.suffix == ".json":
        return Tokenizer.from_file(path)
    raise ValueError(
        f"cannot tell the format of {path.name}: name it tokenizer.json, vocab.txt, "
        "something.model, or vocab.json with merges.txt beside it"
    )


def trained_tokenizer(kind, texts, size=8000, cache=None):
    """A tokenizer trained on `texts`, or read from the cache.

    Args:
        kind: A key of `KINDS`.
        texts: An iterable of strings, or a function that returns one.
        size: How many tokens it shall have.
        cache: A folder that keeps trained tokenizers, or None.
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
