"""Damaged tokenizer.json files: refused when read, by file and place, or right."""

import copy
import json
import random
from collections import Counter

import pytest

from transformer_tf.text import (
    BertNormalizer,
    BertPreTokenizer,
    BPEDecoder,
    ByteFallback,
    ByteLevel,
    ByteLevelDecoder,
    BytePair,
    DecoderSequence,
    Digits,
    Fuse,
    Lowercase,
    Metaspace,
    MetaspaceDecoder,
    NormalizerSequence,
    Padding,
    Pattern,
    Prepend,
    PreTokenizerSequence,
    Punctuation,
    Replace,
    ReplaceDecoder,
    RobertaProcessing,
    Split,
    Strip,
    StripDecoder,
    Tokenizer,
    Truncation,
    UnigramModel,
    WordModel,
    WordPiece,
    WordPieceDecoder,
    bert_template,
    roberta_template,
)

peer = pytest.importorskip("tokenizers")

VOCABULARY = {"<unk>": 0, "a": 1, "b": 2, "ab": 3, "##b": 4, "▁": 5, "c</w>": 6, " ": 7}
BPE = BytePair(VOCABULARY, [("a", "b")], "<unk>", byte_fallback=True)
SOURCES = [
    Tokenizer(
        BPE,
        NormalizerSequence([Prepend("▁"), Replace(" ", "▁"), Strip()]),
        PreTokenizerSequence([Split(Pattern(regex=r"\s+")), Digits(), ByteLevel()]),
        roberta_template(1, 2, "a", "b"),
        DecoderSequence([ReplaceDecoder("▁", " "), ByteFallback(), Fuse()]),
        ["a", "new"],
        Truncation(30, overlap=2),
        Padding(),
    ),
    Tokenizer(
        WordPiece(VOCABULARY, "<unk>"),
        BertNormalizer(),
        BertPreTokenizer(),
        bert_template(1, 2, "a", "b"),
        WordPieceDecoder(),
        ["<unk>"],
        padding=Padding(7, 4, "left"),
    ),
    Tokenizer(
        UnigramModel([("<unk>", 0.0), ("▁a", -1.0), ("b", -2.5)], 0),
        Lowercase(),
        Metaspace(),
        None,
        MetaspaceDecoder(),
        truncation=Truncation(5, "only_first", side="left"),
    ),
    Tokenizer(
        WordModel(VOCABULARY, "<unk>"),
        None,
        PreTokenizerSequence([Punctuation("Removed"), Split("b", "MergedWithNext")]),
        RobertaProcessing(("b", 2), ("a", 1)),
        DecoderSequence([BPEDecoder(), StripDecoder(" ", 1, 0), ByteLevelDecoder()]),
    ),
]
VALUES = [None, True, 0, -1, 1.5, 2**40, "", "ab", "\u20ac", [], [1], ["a", "b"], {}]
VALUES += [{"a": 1}, {"String": 3}, {"type": "Sequence"}, 10**400, [None]]


def places(value, way=()):
    """The ways to every value inside a value."""
    yield way
    children = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, child in children:
        yield from places(child, (*way, name))


def damaged(values, draw):
    """A copy with one place changed: another value, none, one more, or a neighbour."""
    values = copy.deepcopy(values)
    *way, last = draw.choice([way for way in places(values) if way])
    holder = values
    for name in way:
        holder = holder[name]
    kind = draw.randrange(4)
    if kind == 0:
        del holder[last]
    elif kind == 1 and isinstance(holder, dict):
        holder[f"{last}_"] = holder.pop(last)
    elif kind == 1:
        holder.insert(last, draw.choice(VALUES))
    else:
        holder[last] = copy.deepcopy(draw.choice(VALUES))
    return values


def outcome(values, path):
    """What reading and using a damaged file comes to."""
    path.write_text(json.dumps(values), encoding="utf-8")
    try:
        theirs = peer.Tokenizer.from_file(str(path))
    except BaseException:
        theirs = None
    try:
        ours = Tokenizer.from_file(path)
    except ValueError as error:
        assert str(error).startswith(str(path)), error
        return "refused by both" if theirs is None else "refused here only"
    ours.truncation = None  # which may be wrong for one text, and right for others
    try:
        ours.encode("ab c1 b.")
        ours.decode(ours.encode_batch(["ab"], ["b a"])[0].ids)
    except ValueError as error:
        assert "no unknown token" in str(error)
    return "accepted here only" if theirs is None else "accepted by both"


def outcomes(count, path, seed=0):
    draw = random.Random(seed)
    sources = [source.to_json() for source in SOURCES]
    return Counter(
        outcome(damaged(draw.choice(sources), draw), path) for _ in range(count)
    )


def test_damaged_files(tmp_path):
    found = outcomes(2_000, tmp_path / "tokenizer.json")
    assert found["accepted here only"] == 0
    assert min(found["refused by both"], found["accepted by both"]) > 100


@pytest.mark.full
def test_many_damaged_files(tmp_path):
    found = outcomes(40_000, tmp_path / "tokenizer.json", seed=1)
    assert found["accepted here only"] == 0


@pytest.mark.parametrize(
    "text, message",
    [
        ('{"model": NaN}', "NaN is no number"),
        ('{"model": {"a": 1, "a": 2}}', "the entry 'a' twice"),
        ('{"model": "\\ud800"}', "lone surrogate U\\+D800"),
        ("[" * 100_000, "nested too deeply|not JSON"),
        ("", "cut short"),
    ],
)
def test_files_that_are_not_json(text, message, tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        Tokenizer.from_file(path)
    assert str(path) in str(error.value)
