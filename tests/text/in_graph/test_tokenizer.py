"""InGraphTokenizer against the `tokenizers` library, on vocabularies the world uses."""

from functools import cache

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.selection import grouped, table
from tests.text.equality import NAMES, bare_rows, in_graph_differences
from tests.text.equality import in_graph_of as in_graph
from tests.text.equality import peer_of as peer
from tests.text.samples import (
    TRAPS,
    all_characters,
    published_tokenizer,
    sampled_strings,
)
from transformer_tf.text import Padding, Tokenizer, Truncation
from transformer_tf.text.in_graph import InGraphTokenizer

pytest.importorskip("tokenizers")

every_vocabulary = pytest.mark.parametrize("name", grouped(NAMES, "in a graph"))
with_gpt2 = pytest.mark.xdist_group("gpt2 in a graph")


def readable(name, **changes):
    tokenizer = published_tokenizer(name)
    for attribute, value in changes.items():
        setattr(tokenizer, attribute, value)
    return tokenizer


def differences(name, texts, batch=500):
    found = in_graph_differences(name, texts, batch)
    return found["ids"] + found["text"]


@every_vocabulary
class TestEqualIds:
    def test_real_and_made_up_text(self, name):
        assert differences(name, sampled_strings(2_000, seed=4)) == []

    @pytest.mark.full
    def test_much_text(self, name):
        assert differences(name, sampled_strings(100_000, seed=5)) == []

    @pytest.mark.full
    def test_every_character(self, name):
        texts = [f"a{character}b" for character in all_characters()]
        assert differences(name, texts, batch=5_000) == []

    @settings(max_examples=25, deadline=None)
    @given(
        texts=st.lists(
            st.text(st.characters(exclude_categories=["Cs"]))
            | st.text(st.sampled_from(TRAPS), max_size=20),
            max_size=12,
        )
    )
    def test_any_text(self, name, texts):
        assert differences(name, texts) == []

    def test_long_words(self, name):
        texts = ["a" * 700, "ab" * 300 + " c", "\u4e2d" * 300, "é" * 101, "x" * 100]
        texts += ["-" * 400, " " * 500, "\n" * 33, "1" * 129, "'s" * 90, "ｶﾞ" * 90]
        assert differences(name, texts) == []

    def test_empty_text_and_empty_batch(self, name):
        assert differences(name, ["", " ", "", "a", ""]) == []
        assert in_graph(name)(tf.zeros([0], tf.string))["ids"].shape[0] == 0

    def test_no_python_runs_and_no_batch_size_is_traced(self, name):
        tokenizer = in_graph(name)
        tokenizer(["some text"])
        before = tokenizer.__call__.experimental_get_tracing_count()
        for size in (2, 7):
            tokenizer(["some text"] * size)
        assert tokenizer.__call__.experimental_get_tracing_count() == before
        graph = tokenizer.__call__.get_concrete_function().graph
        functions = graph.as_graph_def().library.function
        operations = {node.op for function in functions for node in function.node_def}
        assert not {kind for kind in operations if "PyFunc" in kind}


# Unigrams in a file: tests/text/in_graph/test_families.py, of a smaller vocabulary.
@pytest.mark.parametrize("name", table(NAMES, ["gpt2"]))
def test_saved_model_takes_strings(name, tmp_path):
    tf.saved_model.save(in_graph(name), str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    texts = ["Hello,  wörld!", "", "don't 4\u0301 \u4e2d"]
    outputs = loaded(tf.constant(texts))
    expected = [theirs.ids for theirs in peer(name).encode_batch(texts)]
    assert bare_rows(outputs) == expected
    decoded = loaded.decode(outputs["ids"], outputs["attention_mask"])
    assert decoded[0].numpy().decode() == peer(name).decode(expected[0])


@pytest.mark.parametrize(
    "data",
    [b"\xff", b"a\xc3", b"\xa9", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"],
)
@pytest.mark.parametrize("row", [0, 2])
@with_gpt2
def test_text_that_is_not_utf8_names_its_row(data, row):
    texts = ["fine", "\u00e9", "", "\u00e9"]
    texts[row] = data
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"not UTF-8|\[{row}\]"):
        in_graph("gpt2")(texts)


def test_too_long_a_word_names_its_row():
    tokenizer = InGraphTokenizer(readable("gpt2"), longest_word=20)
    tokenizer(["x" * 20 + " " + "y" * 19])
    with pytest.raises(tf.errors.InvalidArgumentError, match="longest_word"):
        tokenizer(["fine", "x" * 21])


class TestLayout:
    @pytest.mark.xdist_group("bert_uncased in a graph")
    def test_pairs(self):
        texts, others = ["one", "", "three words here"], ["a b", "c", ""]
        outputs = in_graph("bert_uncased").pairs(texts, others)
        expected = peer("bert_uncased").encode_batch([*zip(texts, others)])
        assert bare_rows(outputs) == [theirs.ids for theirs in expected]
        for row, theirs in zip(outputs["type_ids"].numpy(), expected):
            assert row[: len(theirs.ids)].tolist() == theirs.type_ids

    @pytest.mark.parametrize(
        "side, length, multiple_of",
        table(
            [("left", None, 8), ("right", 19, None), ("left", 2, None)],
            [("left", None, 8), ("right", 19, None)],
        ),
    )
    def test_padding(self, side, length, multiple_of):
        padding = Padding(length, multiple_of, side, "[PAD]", 7, 3)
        tokenizer = readable("gpt2", padding=padding)
        texts = ["one", "", "three words here"]
        outputs = InGraphTokenizer(tokenizer)(texts)
        width = outputs["ids"].shape[1]
        for number, encoding in enumerate(tokenizer.encode_batch(texts)):
            for name in ("ids", "attention_mask", "type_ids"):
                row = outputs[name][number].numpy().tolist()
                expected = getattr(encoding, name)
                assert len(row) == width
                kept = (
                    slice(0, len(expected))
                    if side == "right"
                    else slice(-len(expected), None)
                )
                assert row[kept] == expected

    def test_truncation(self):
        tokenizer = Tokenizer.from_json(with_few_pieces("t5"))
        tokenizer.truncation = Truncation(4)
        texts = ["one two three four five", "", "one two three", "one two three four"]
        expected = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
        assert bare_rows(InGraphTokenizer(tokenizer)(texts)) == expected


@with_gpt2
class TestDecode:
    def test_half_a_character(self):
        ids = peer("gpt2").encode("a\U0001f469\U0001f3fd b").ids
        for begin in range(len(ids)):
            for end in range(begin, len(ids) + 1):
                part = np.array([ids[begin:end]], np.int32)
                got = in_graph("gpt2").decode(part, np.ones_like(part))
                expected = peer("gpt2").decode(ids[begin:end])
                assert got[0].numpy().decode() == expected

    def test_id_in_no_vocabulary(self):
        ids = np.array([[3, 4], [5, 50_257]], np.int32)
        with pytest.raises(tf.errors.InvalidArgumentError, match="in no vocabulary"):
            in_graph("gpt2").decode(ids, np.ones_like(ids))


@cache
def file_of(name):
    return published_tokenizer(name).to_json()


def with_few_pieces(name):
    """A published file of Unigram with the likeliest pieces alone."""
    file = file_of(name)
    model = {**file["model"], "vocab": file["model"]["vocab"][:1_500]}
    return {**file, "model": model, "added_tokens": file["added_tokens"][:3]}


@cache
def small_file_of(name):
    """A published file with the smallest ids alone."""
    if name == "t5":
        return with_few_pieces(name)
    file = file_of(name)
    model = {**file["model"]}
    every = model["vocab"]
    model["vocab"] = {piece: n for piece, n in every.items() if n < 500}
    if name == "gpt2":
        count = sum(len(piece) > 1 for piece in model["vocab"])
        model["merges"] = model["merges"][:count]
    else:
        endings = [piece for piece in every if piece.startswith("##")][:9]
        model["vocab"] |= {piece: 500 + n for n, piece in enumerate(endings)}
    return {**file, "model": model, "added_tokens": []}


def changed(file, **changes):
    """A file with entries replaced, step__field by value."""
    values = dict(file)
    for path, value in changes.items():
        *steps, field = path.split("__")
        at = values
        for step in steps:
            at[step] = dict(at[step])
            at = at[step]
        at[field] = value
    return values


@pytest.mark.parametrize(
    "name, changes, message",
    [
        ("gpt2", {"pre_tokenizer__add_prefix_space": True}, "add_prefix_space=True"),
        ("gpt2", {"pre_tokenizer__use_regex": False}, "use_regex=False"),
        ("gpt2", {"normalizer": {"type": "NFC"}}, "the normalizer NFC"),
        ("gpt2", {"model__continuing_subword_prefix": "@@"}, "prefix|vocabulary"),
        ("gpt2", {"decoder": None}, "the decoder None"),
        ("bert_cased", {"pre_tokenizer": {"type": "Whitespace"}}, "pre_tokenizer"),
        ("t5", {"pre_tokenizer__split": False}, "split=False"),
        ("t5", {"pre_tokenizer__prepend_scheme": "first"}, "prepend_scheme='first'"),
        ("t5", {"normalizer": {"type": "NFKC"}}, "the normalizer NFKC"),
        ("t5", {"model__unk_id": None}, "without unknown token"),
    ],
)
def test_what_is_not_supported_is_an_error_when_built(name, changes, message):
    with pytest.raises(ValueError, match=message):
        InGraphTokenizer(Tokenizer.from_json(changed(small_file_of(name), **changes)))


@pytest.mark.parametrize("name", ["gpt2", "bert_cased", "t5"])
def test_what_is_not_changed_is_supported(name):
    assert InGraphTokenizer(Tokenizer.from_json(small_file_of(name))).decode


def test_bert_without_a_normalizer_gives_the_readable_ids():
    tokenizer = Tokenizer.from_json(changed(file_of("bert_cased"), normalizer=None))
    texts = [*TRAPS, "Ünïcode café, 中文字!", "a\u0301b  x\ty", "\u200bzero"]
    ids = InGraphTokenizer(tokenizer)(texts)["ids"].numpy()
    for text, row in zip(texts, ids, strict=True):
        expected = tokenizer.encode(text).ids
        assert row[: len(expected)].tolist() == list(expected)
