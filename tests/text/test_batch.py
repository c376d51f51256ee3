"""Batches: truncation, padding, masks, windows, buckets and packing."""

import importlib.util
import os
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
import tensorflow as tf

from tests.text.samples import (
    english,
    published_peer,
    published_tokenizer,
    sampled_strings,
)
from transformer_tf.text import (
    BytePair,
    BytePairTokenizer,
    Padding,
    Tokenizer,
    Truncation,
    WordModel,
    WordTokenizer,
    bart_template,
    bert_template,
    bucket_by_length,
    gpt_template,
    marian_template,
    pack,
    roberta_template,
    t5_template,
    unknown_report,
)
from transformer_tf.text.pre_tokenizers.character_split import CharacterSplit
from transformer_tf.text.tensors import text_dataset, to_ragged, to_tensors

tokenizer_of, peer_of = cache(published_tokenizer), cache(published_peer)
LETTERS = {letter: number for number, letter in enumerate("abcdefghij")}


def letters(**steps):
    return Tokenizer(WordModel(LETTERS), pre_tokenizer=CharacterSplit(), **steps)


TEMPLATES = {
    "bert": (bert_template(8, 9, "i", "j"), "iabj", "iabjcj", [0, 0, 0, 0, 1, 1]),
    "roberta": (roberta_template(8, 9, "i", "j"), "iabj", "iabjjcj", [0] * 7),
    "bart": (bart_template(8, 9, "i", "j"), "iabj", "iabjjcj", [0] * 7),
    "gpt": (gpt_template(), "ab", "abc", [0] * 3),
    "gpt ended": (gpt_template(9, "j"), "abj", "abjcj", [0] * 5),
    "t5": (t5_template(9, "j"), "abj", "abjcj", [0] * 5),
    "marian": (marian_template(9, "j"), "abj", "abcj", [0] * 4),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates(name):
    template, single, pair, type_ids = TEMPLATES[name]
    tokenizer = letters(post_processor=template)
    assert "".join(tokenizer.encode("ab").tokens) == single
    encoding = tokenizer.encode("ab", "c")
    assert "".join(encoding.tokens) == pair
    assert encoding.type_ids == type_ids
    assert encoding.special_tokens_mask == [int(t in "ij") for t in encoding.tokens]
    bare = tokenizer.encode("ab", "c", special_tokens=False)
    assert "".join(bare.tokens) == "abc"


TRUNCATIONS = [
    Truncation(12, overlap=2),
    Truncation(10, side="left"),
    Truncation(9, "only_first"),
    Truncation(30, "only_second"),
]


@pytest.mark.parametrize("truncation", TRUNCATIONS, ids=lambda t: t.strategy + t.side)
@pytest.mark.parametrize("name", ["gpt2", "bert_uncased"])
@pytest.mark.parametrize("paired", [False, True])
def test_truncation_equals_the_library(name, truncation, paired):
    tokenizer, peer = tokenizer_of(name), peer_of(name)
    tokenizer.truncation = truncation
    peer.enable_truncation(
        truncation.max_length,
        stride=0 if paired else truncation.overlap,
        strategy=truncation.strategy,
        direction=truncation.side,
    )
    firsts = sampled_strings(200)
    seconds = sampled_strings(200, seed=5) if paired else [None] * 200
    compared = 0
    for first, second in zip(firsts, seconds):
        try:
            theirs = peer.encode(first, second)
        except Exception:
            with pytest.raises(ValueError):
                tokenizer.encode(first, second)
            continue
        ours = tokenizer.encode(first, second)
        assert ours.ids == theirs.ids
        if not paired:
            windows = [window.ids for window in ours.overflowing]
            assert windows == [window.ids for window in theirs.overflowing]
        others = None if second is None else [second]
        assert tokenizer.encode_batch([first], others)[0] == ours
        compared += 1
    assert compared > 20


def test_windows_of_pairs_keep_their_types():
    tokenizer = letters(
        post_processor=bert_template(8, 9, "i", "j"),
        truncation=Truncation(7, "only_second", overlap=1),
    )
    encoding = tokenizer.encode("ab", "cdefg")
    assert encoding.tokens == list("iabjcdj")
    assert ["".join(w.tokens) for w in encoding.overflowing] == [
        "iabjdej",
        "iabjefj",
        "iabjfgj",
    ]
    for window in encoding.overflowing:
        assert window.type_ids == [0, 0, 0, 0, 1, 1, 1]
        assert window.sequence_ids == [None, 0, 0, None, 1, 1, None]
    batch = tokenizer.batch(["ab", "a"], ["cdefg", "b"])
    assert batch.windows().texts.tolist() == [0, 0, 0, 0, 1]


PADDINGS = [
    (Padding(id=7), [[0, 1, 2], [3, 7, 7]], [[1, 1, 1], [1, 0, 0]]),
    (Padding(id=7, side="left"), [[0, 1, 2], [7, 7, 3]], [[1, 1, 1], [0, 0, 1]]),
    (
        Padding(length=4, id=7),
        [[0, 1, 2, 7], [3, 7, 7, 7]],
        [[1, 1, 1, 0], [1, 0, 0, 0]],
    ),
    (
        Padding(multiple_of=4, id=7, side="left"),
        [[7, 0, 1, 2], [7, 7, 7, 3]],
        [[0, 1, 1, 1], [0, 0, 0, 1]],
    ),
]


@pytest.mark.parametrize("padding, ids, mask", PADDINGS)
def test_padding(padding, ids, mask):
    tokenizer = letters(padding=padding)
    batch = tokenizer.batch(["abc", "d"])
    assert batch.ids.tolist() == ids and batch.ids.dtype == np.int32
    assert batch.attention_mask.tolist() == np.array(mask, bool).tolist()
    encodings = tokenizer.encode_batch(["abc", "d"])
    assert [encoding.ids for encoding in encodings] == ids
    assert [encoding.attention_mask for encoding in encodings] == mask
    assert encodings == tokenizer.encode_batch_readable(["abc", "d"])
    assert batch.special_tokens_mask.tolist() == [
        [bool(flag) for flag in encoding.special_tokens_mask] for encoding in encodings
    ]
    offsets = [[list(span) for span in e.offsets] for e in encodings]
    assert batch.offsets.tolist() == offsets


def test_batches_of_pairs():
    tokenizer = letters(post_processor=bert_template(8, 9, "i", "j"))
    batch = tokenizer.batch(["ab", "c"], ["d", "efg"])
    assert batch.type_ids.tolist() == [[0, 0, 0, 0, 1, 1, 0], [0, 0, 0, 1, 1, 1, 1]]
    assert batch.lengths.tolist() == [6, 7]
    values, splits = batch.ragged()
    assert values[splits[1] : splits[2]].tolist() == [8, 2, 9, 4, 5, 6, 9]


def test_tensors_ragged_and_dataset():
    tokenizer = letters()
    batch = tokenizer.batch(["abc", "d"])
    dense = to_tensors(batch)
    assert dense["ids"].shape == (2, 3)
    assert dense["attention_mask"].dtype == "bool"
    assert to_ragged(batch)["ids"].to_list() == [[0, 1, 2], [3]]
    texts = ["abcdef", "a", "abc", "bc", "abcde"]
    labels = [6, 1, 3, 2, 5]
    dataset = text_dataset(tokenizer, texts, 2, labels=labels)
    assert len(dataset) == 3
    seen = []
    for values, truth in dataset:
        lengths = values["attention_mask"].numpy().sum(1)
        assert lengths.tolist() == truth.numpy().tolist()
        seen += lengths.tolist()
    assert seen == labels
    bucketed = text_dataset(tokenizer, texts, 2, labels=labels, buckets=True, seed=1)
    truths = [truth.numpy().tolist() for _, truth in bucketed]
    assert sorted(sum(truths, [])) == [1, 2, 3, 5, 6]
    assert all(max(t) - min(t) <= 2 for t in truths)


def test_buckets_hold_every_row_once_with_little_padding(rng):
    lengths = rng.integers(1, 60, 211)
    for seed in (None, 3):
        batches = bucket_by_length(lengths, 16, tokens=400, seed=seed)
        assert sorted(np.concatenate(batches)) == list(range(211))
        for rows in batches:
            assert len(rows) <= 16 and len(rows) * lengths[rows].max() <= 400
    padded = sum(len(rows) * lengths[rows].max() for rows in batches)
    assert padded < 1.1 * lengths.sum()
    assert [b.tolist() for b in bucket_by_length([5, 90], 4, tokens=40)] == [[0], [1]]


def test_packing():
    packed = pack([[1, 2, 3], [4], [5, 6]], 4, separator=9)
    assert packed.ids.tolist() == [[1, 2, 3, 9], [4, 9, 5, 6], [9, 0, 0, 0]]
    assert packed.segments.tolist() == [[1, 1, 1, 1], [1, 1, 2, 2], [1, 0, 0, 0]]
    assert packed.positions.tolist() == [[0, 1, 2, 3], [0, 1, 0, 1], [0, 0, 0, 0]]
    assert pack([[1, 2, 3], [4]], 3, drop_last=True).ids.tolist() == [[1, 2, 3]]


def test_packing_loses_and_invents_nothing(rng):
    sequences = [list(rng.integers(1, 50, n)) for n in rng.integers(0, 20, 40)]
    packed = pack(sequences, 17)
    assert packed.ids[packed.segments > 0].tolist() == sum(sequences, [])


def test_unknown_report():
    tokenizer = WordTokenizer.train(["the cat sat"], 9)
    report = unknown_report(tokenizer, ["the dog sat", "a dog"])
    assert (report.tokens, report.unknown, report.rate) == (5, 3, 0.6)
    assert report.parts == {"dog": 2, "a": 1}


def test_lost_text_is_counted_as_unknown():
    tokenizer = Tokenizer(BytePair({"a": 0, "b": 1, "ab": 2}, [("a", "b")]))
    report = unknown_report(tokenizer, ["xab", "ayyb"])
    assert (report.tokens, report.unknown, report.lost) == (2, 0, 2)
    assert report.parts == {"x": 1, "yy": 1} and report.rate == 0.5
    assert tokenizer.encode("xab").offsets == [(1, 3)]


def test_arrays_of_strings_are_batches():
    tokenizer = letters()
    texts = ["ab", "c"]
    expected = tokenizer.encode_batch(texts)
    for batch in (np.array(texts), np.array(texts, object), tf.constant(texts)):
        assert tokenizer.encode_batch(batch) == expected
    with pytest.raises(TypeError, match="one dimension.*shape \\(1, 2\\)"):
        tokenizer.encode_batch(np.array([texts]))
    with pytest.raises(TypeError, match="value.numpy"):
        tokenizer.encode(tf.constant("ab"))


def test_fast_and_readable_batches_are_the_same_arrays():
    tokenizer = published_tokenizer("bert_uncased")
    tokenizer.truncation = Truncation(24)
    texts = english()[:300] + ["e\u0301a\u0323\u0301 [UNK] ☃☄"]
    fast = tokenizer.batch(texts)
    readable = type(fast)(tokenizer.encode_batch_readable(texts))
    for name in ("ids", "attention_mask", "type_ids", "special_tokens_mask", "offsets"):
        np.testing.assert_array_equal(getattr(fast, name), getattr(readable, name))


def test_a_changed_tokenizer_is_not_served_by_its_old_twin():
    tokenizer = BytePairTokenizer.train(["abab"], 259)
    before = tokenizer.encode_batch(["<x>ab"])[0]
    tokenizer.add_tokens(["<x>"], special=False)
    after = tokenizer.encode_batch(["<x>ab"])[0]
    assert len(after) < len(before)
    assert after == tokenizer.encode("<x>ab")


QUIET = """
import sys
for name in ("tokenizers", "sentencepiece", "tensorflow_text"):
    sys.modules[name] = None  # importing it fails
import transformer_tf.text as text
tokenizer = text.BytePairTokenizer.train(["low lower lowest"] * 3, 260)
print(tokenizer.encode_batch(["low"])[0].tokens)
del sys.modules["tokenizers"]
import transformer_tf.text.show
print("tokenizers" in sys.modules)
"""


def test_text_works_without_the_libraries_it_can_use():
    done = subprocess.run(
        [sys.executable, "-c", QUIET],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert done.stdout.split("\n")[:2] == ["['low']", "False"], done.stderr[-500:]
    assert importlib.util.find_spec("tokenizers") is not None


@pytest.mark.parametrize("kind", [BytePairTokenizer, WordTokenizer])
@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_a_stream_gives_what_a_batch_gives(kind, batch_size):
    texts = sampled_strings(10)
    tokenizer = kind.train(texts, 300)
    found = list(tokenizer.encode_stream(iter(texts), batch_size=batch_size))
    assert found == tokenizer.encode_batch(texts)


def test_a_stream_reads_no_more_than_a_batch_ahead():
    read = []

    def endless():
        while True:
            read.append("one")
            yield "one"

    tokenizer = WordTokenizer.train(["one two"], 5)
    encodings = tokenizer.encode_stream(endless(), batch_size=7)
    for number in range(20):
        assert next(encodings).tokens == ["one"]
        assert len(read) == 7 * (number // 7 + 1)


@pytest.mark.parametrize("bad", [None, 3, b"one", ["one"], "\ud800"])
@pytest.mark.parametrize("place", [0, 1, 6, 7, 13])
def test_a_stream_names_the_text_that_is_none(bad, place):
    texts = ["one"] * place + [bad] + ["one"] * 3
    tokenizer = WordTokenizer.train(["one two"], 5)
    seen = 0
    with pytest.raises((TypeError, ValueError), match=rf"text {place}\b"):
        for _ in tokenizer.encode_stream(texts, batch_size=7):
            seen += 1
    assert seen == place // 7 * 7  # nothing of earlier batches is lost


@pytest.mark.parametrize("batch_size", [0, -1, 1.5, "3"])
def test_a_stream_refuses_batches_of_no_size(batch_size):
    tokenizer = WordTokenizer.train(["one two"], 5)
    with pytest.raises((TypeError, ValueError)):
        next(tokenizer.encode_stream(["one"], batch_size=batch_size))
