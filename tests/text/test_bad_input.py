"""What is wrong is said clearly; what only looks wrong has a defined result."""

import json

import pytest

from transformer_tf.text import (
    AddedToken,
    Batch,
    ByteLevelOffsets,
    BytePair,
    BytePairTokenizer,
    Padding,
    Pattern,
    Split,
    Template,
    Tokenizer,
    Truncation,
    WordModel,
    WordPiece,
    WordPieceTokenizer,
    WordTokenizer,
    bucket_by_length,
    pack,
)
from transformer_tf.text.show import open_vocabulary, train_tokenizer
from transformer_tf.text.training import count_pieces

WORDS = {"[UNK]": 0, "a": 1, "b": 2}
BERT = {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "##b": 4}


def words(**steps):
    return Tokenizer(WordModel(dict(WORDS), "[UNK]"), **steps)


def from_json(**changes):
    values = {**words().to_json(), **changes}
    return Tokenizer.from_json(values)


def from_model(**changes):
    values = words().to_json()
    return Tokenizer.from_json({**values, "model": {**values["model"], **changes}})


def from_text(tmp_path, name, text, read):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path)


BPE = {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}
ERRORS = {
    # text
    "bytes": (lambda _: words().encode(b"a"), TypeError, "decode bytes first"),
    "None": (lambda _: words().encode(None), TypeError, "got NoneType"),
    "number": (lambda _: words().encode(3), TypeError, "got int"),
    "list": (lambda _: words().encode(["a"]), TypeError, "got list"),
    "surrogate": (lambda _: words().encode("a\ud800"), ValueError, "U+D800"),
    "surrogate pair text": (
        lambda _: words().encode("a", "\udfff"),
        ValueError,
        "character 0 is the lone surrogate U+DFFF",
    ),
    "surrogate in a batch": (
        lambda _: words().encode_batch(["a", "\udc80"]),
        ValueError,
        "U+DC80",
    ),
    "string as batch": (lambda _: words().encode_batch("ab"), TypeError, "single"),
    "number in batch": (lambda _: words().encode_batch(["a", 1]), TypeError, "int"),
    "pairs too few": (
        lambda _: words().encode_batch(["a", "b"], ["a"]),
        ValueError,
        "2 texts cannot pair with 1",
    ),
    "number as batch": (lambda _: words().encode_batch(3), TypeError, "got int"),
    # ids
    "id too large": (lambda _: words().decode([3]), ValueError, "0 to 2"),
    "id negative": (lambda _: words().decode([-1]), ValueError, "id -1 is in no"),
    "id a string": (lambda _: words().decode(["a"]), TypeError, "ids are ints"),
    "id a float": (lambda _: words().decode([1.0]), TypeError, "ids are ints"),
    "ids a string": (lambda _: words().decode("12"), TypeError, "ids are ints"),
    # vocabularies
    "vocabulary a list": (lambda _: WordModel(["a"]), TypeError, "dictionary"),
    "token a number": (lambda _: WordModel({1: 0}), TypeError, "a token is a string"),
    "id not an int": (lambda _: WordModel({"a": "0"}), TypeError, "must be an int"),
    "id a boolean": (lambda _: WordModel({"a": True}), TypeError, "must be an int"),
    "ids shared": (lambda _: WordModel({"a": 0, "b": 0}), ValueError, "share the id 0"),
    "ids nearly all holes": (
        lambda _: WordModel({"a": 0, "b": 10**6}),
        ValueError,
        "the id of 'b' is 1000000",
    ),
    "id below 0": (lambda _: WordModel({"a": -1, "b": 0}), ValueError, "negative: -1"),
    "id in a hole": (
        lambda _: Tokenizer(WordModel({"a": 0, "b": 2})).decode([1]),
        ValueError,
        "id 1 is in no vocabulary",
    ),
    "added token without an id left": (
        lambda _: words(added_tokens=[AddedToken("x", 1)]),
        ValueError,
        "which 'a' has",
    ),
    "no unknown token": (lambda _: WordModel({"a": 0}, "?"), ValueError, "not in the"),
    "WordPiece without": (lambda _: WordPiece({"a": 0}, None), ValueError, "unknown"),
    "BERT without [CLS]": (
        lambda _: WordPieceTokenizer.from_pieces(WORDS),
        ValueError,
        "lacks",
    ),
    # merges
    "merge of unknown": (
        lambda _: BytePair({"a": 0, "b": 1}, [("a", "c")]),
        ValueError,
        "needs 'c'",
    ),
    "merge into unknown": (
        lambda _: BytePair({"a": 0, "b": 1}, [("a", "b")]),
        ValueError,
        "needs 'ab'",
    ),
    "merge of three": (
        lambda _: BytePair({"a": 0}, [("a", "a", "a")]),
        ValueError,
        "must name two",
    ),
    # files
    "file missing": (
        lambda path: Tokenizer.from_file(path / "tokenizer.json"),
        FileNotFoundError,
        "tokenizer.json",
    ),
    "file cut short": (
        lambda path: from_text(
            path, "t.json", json.dumps(words().to_json())[:-20], Tokenizer.from_file
        ),
        ValueError,
        "cut short",
    ),
    "file empty": (
        lambda path: from_text(path, "t.json", "", Tokenizer.from_file),
        ValueError,
        "not JSON",
    ),
    "file not UTF-8": (
        lambda path: from_text(path, "t.json", b"\xff", Tokenizer.from_file),
        ValueError,
        "not UTF-8 at byte 0",
    ),
    "file holds a list": (
        lambda path: from_text(path, "t.json", "[]", Tokenizer.from_file),
        ValueError,
        'object with a "model"',
    ),
    "vocab.txt repeats": (
        lambda path: from_text(
            path, "vocab.txt", "[UNK]\na\na\n", WordPieceTokenizer.from_vocabulary
        ),
        ValueError,
        "in lines 2 and 3",
    ),
    "vocab.txt empty": (
        lambda path: from_text(
            path, "vocab.txt", "", WordPieceTokenizer.from_vocabulary
        ),
        ValueError,
        "is empty",
    ),
    "vocab.txt not UTF-8": (
        lambda path: from_text(
            path, "vocab.txt", b"a\n\xc3", WordPieceTokenizer.from_vocabulary
        ),
        ValueError,
        "not UTF-8 at byte 2",
    ),
    "vocab.json repeats": (
        lambda path: from_text(
            path,
            "v.json",
            '{"a": 5, "a": 6}',
            lambda p: BytePairTokenizer.from_files(p, p),
        ),
        ValueError,
        "the entry 'a' twice",
    ),
    "vocab.json a list": (
        lambda path: from_text(
            path, "v.json", "[1]", lambda p: BytePairTokenizer.from_files(p, p)
        ),
        TypeError,
        "v.json",
    ),
    "merges.txt malformed": (
        lambda path: from_text(
            path,
            "merges.txt",
            "#version: 0.2\na b\nab\n",
            lambda p: BytePairTokenizer.from_files(
                from_text(path, "v.json", '{"a": 0}', lambda q: q), p
            ),
        ),
        ValueError,
        "line 3",
    ),
    "name of no format": (
        lambda path: from_text(path, "x.bin", "", open_vocabulary),
        ValueError,
        "format",
    ),
    "merges.txt alone": (
        lambda path: from_text(path, "merges.txt", "a b", open_vocabulary),
        ValueError,
        "needs vocab.json",
    ),
    # features a file may ask for
    "model unknown": (
        lambda _: from_model(type="Neural"),
        ValueError,
        "model 'Neural' is not supported",
    ),
    "model null": (lambda _: from_json(model=None), ValueError, "is null"),
    "model without type": (lambda _: from_json(model=3), ValueError, "an object"),
    "BPE with dropout": (
        lambda _: from_json(model={**BPE, "dropout": 0.1}),
        ValueError,
        "dropout",
    ),
    "BPE with news": (
        lambda _: from_json(model={**BPE, "new": 1}),
        ValueError,
        "model has entries that are not supported: new",
    ),
    "normalizer unknown": (
        lambda _: from_json(normalizer={"type": "Nmt"}),
        ValueError,
        "normalizer 'Nmt' is not supported",
    ),
    "normalizer with news": (
        lambda _: from_json(normalizer={"type": "Lowercase", "locale": "tr"}),
        ValueError,
        "locale",
    ),
    "pre_tokenizer unknown": (
        lambda _: from_json(pre_tokenizer={"type": "UnicodeScripts"}),
        ValueError,
        "UnicodeScripts",
    ),
    "pattern malformed": (
        lambda _: Pattern(regex=r"(\p{L}+"),
        ValueError,
        "is no regular expression",
    ),
    "decoder unknown": (
        lambda _: from_json(decoder={"type": "CTC"}),
        ValueError,
        "decoder 'CTC'",
    ),
    "post_processor unknown": (
        lambda _: from_json(post_processor={"type": "Odd"}),
        ValueError,
        "post_processor 'Odd'",
    ),
    "entry unknown": (lambda _: from_json(more=1), ValueError, "not supported: more"),
    "version unknown": (lambda _: from_json(version="2.0"), ValueError, "'2.0'"),
    "model lacks its vocabulary": (
        lambda _: from_json(model={"type": "WordPiece"}),
        ValueError,
        "model lacks the field 'vocab'",
    ),
    "padding malformed": (
        lambda _: from_json(padding={"strategy": "BatchLongest"}),
        ValueError,
        "padding lacks the field 'direction'",
    ),
    "added token malformed": (
        lambda _: from_json(added_tokens=[{"content": "x"}]),
        ValueError,
        "added_tokens[0] lacks the field 'id'",
    ),
    # added tokens and templates
    "added twice": (
        lambda _: words(added_tokens=[AddedToken("a", 7)]),
        ValueError,
        "has id 1 in the vocabulary",
    ),
    "added empty": (lambda _: words(added_tokens=[""]), ValueError, "empty string"),
    "template unknown": (lambda _: Template("[CLS] $A"), ValueError, "'[CLS]'"),
    "template without text": (
        lambda _: Template("[CLS]", special_tokens={"[CLS]": 1}),
        ValueError,
        "must have each of ['$A'] once",
    ),
    "template type": (lambda _: Template("$A:x"), ValueError, "a type id is a number"),
    # batches
    "truncation strategy": (lambda _: Truncation(4, "middle"), ValueError, "strategy"),
    "truncation side": (lambda _: Truncation(4, side="up"), ValueError, "side"),
    "truncation below 0": (lambda _: Truncation(-1), ValueError, "negative"),
    "no room for template": (
        lambda _: WordPieceTokenizer(
            WordPiece(BERT),
            post_processor=Template("[CLS] $A", special_tokens={"[CLS]": 1}),
            truncation=Truncation(0),
        ).encode("ab"),
        ValueError,
        "no room",
    ),
    "overlap too large": (
        lambda _: Truncation(10, overlap=20),
        ValueError,
        "overlap 20 must be smaller than max_length 10",
    ),
    "overlap too large for the template": (
        lambda _: WordPieceTokenizer(
            WordPiece(BERT),
            post_processor=Template("[CLS] $A", special_tokens={"[CLS]": 1}),
            truncation=Truncation(3, overlap=2),
        ).encode("a"),
        ValueError,
        "overlap 2 must be smaller than the 2 tokens",
    ),
    "second of one": (
        lambda _: words(
            pre_tokenizer=Split("b"), truncation=Truncation(1, "only_second")
        ).encode("bb"),
        ValueError,
        "needs a second text",
    ),
    "too short to cut": (
        lambda _: words(
            pre_tokenizer=Split("b"), truncation=Truncation(2, "only_second")
        ).encode("bbb", "b"),
        ValueError,
        "the second text has 1 tokens",
    ),
    "padding side": (lambda _: Padding(side="both"), ValueError, "side"),
    "padding multiple": (lambda _: Padding(multiple_of=0), ValueError, "multiple_of"),
    "padding below 0": (lambda _: Padding(length=-1), ValueError, "negative"),
    "bucket size": (lambda _: bucket_by_length([1], 0), ValueError, "batch_size"),
    "pack length": (lambda _: pack([[1]], 0), ValueError, "length"),
    # training
    "special tokens a string": (
        lambda _: BytePairTokenizer.train(["a"], 300, special_tokens="<s>"),
        TypeError,
        "write ['<s>']",
    ),
    "train on a string": (lambda _: count_pieces("abc"), TypeError, "iterable"),
    "train on bytes": (lambda _: count_pieces([b"a"]), TypeError, "must be a string"),
    "too few byte pairs": (
        lambda _: BytePairTokenizer.train(["a"], 100),
        ValueError,
        "at least 257",
    ),
    "no room for words": (lambda _: WordTokenizer.train(["a"], 1), ValueError, "room"),
    "unknown not special": (
        lambda _: WordTokenizer.train(["a"], 9, special_tokens=()),
        ValueError,
        "must be one of the special tokens",
    ),
    "rule unknown": (
        lambda _: WordPieceTokenizer.train(["a"], 99, rule="best"),
        ValueError,
        "rule must be one of",
    ),
    "kind unknown": (lambda _: train_tokenizer("x", ["a"]), ValueError, "kind"),
    "nothing to train on": (
        lambda _: train_tokenizer("bpe", None),
        ValueError,
        "texts",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name, tmp_path):
    call, kind, message = ERRORS[name]
    with pytest.raises(kind) as error:
        call(tmp_path)
    assert message in str(error.value)


RESULTS = {
    "generator as batch": (
        lambda: [e.ids for e in words().encode_batch(text for text in "ab")],
        [[1], [2]],
    ),
    "empty text": (lambda: words().encode("").ids, []),
    "empty batch": (lambda: words().encode_batch([]), []),
    "empty batch as arrays": (lambda: words().batch([]).ids.shape, (0, 0)),
    "empty row": (lambda: words().batch(["", "a"]).ids.tolist(), [[0], [1]]),
    "no ids": (lambda: words().decode([]), ""),
    "only spaces": (lambda: WordTokenizer.train(["a"], 9).encode(" \t ").ids, []),
    "NUL": (lambda: words().encode("\0").ids, [0]),
    "NUL in bytes": (
        lambda: BytePairTokenizer.train([""], 257).encode("a\0b").offsets,
        [(0, 1), (1, 2), (2, 3)],
    ),
    "empty text in a template": (
        lambda: WordPieceTokenizer.from_pieces(BERT).encode("").tokens,
        ["[CLS]", "[SEP]"],
    ),
    "dropped text": (
        lambda: WordPieceTokenizer.from_pieces(BERT).encode("\u200b\ufeff").tokens,
        ["[CLS]", "[SEP]"],
    ),
    "half a character": (
        lambda: BytePairTokenizer.train([""], 257).decode([128]),
        "\N{REPLACEMENT CHARACTER}",
    ),
    "word over the limit": (
        lambda: WordPieceTokenizer.from_pieces(BERT).encode("a" * 101).unknown_count,
        1,
    ),
    "no text to train on": (lambda: len(BytePairTokenizer.train([], 300)), 257),
    "nothing packed": (lambda: pack([], 4).ids.shape, (0, 4)),
    "no rows": (lambda: bucket_by_length([], 4), []),
    "no encodings": (lambda: Batch([]).attention_mask.shape, (0, 0)),
    "empty offsets": (
        lambda: ByteLevelOffsets()(words().encode("")).offsets,
        [],
    ),
}


@pytest.mark.parametrize("name", RESULTS)
def test_results(name):
    call, expected = RESULTS[name]
    assert call() == expected


def test_the_table_is_long_enough():
    assert len(ERRORS) + len(RESULTS) >= 40
