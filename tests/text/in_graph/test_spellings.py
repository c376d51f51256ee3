"""The ways in which published files write the same steps, inside a graph."""

import json

import pytest

from tests.selection import table
from tests.text.equality import bare_rows
from tests.text.samples import TRAPS, published_tokenizer, sampled_strings
from transformer_tf.text import (
    BertProcessing,
    CharacterTokenizer,
    RobertaProcessing,
    Tokenizer,
    Truncation,
    WordTokenizer,
)
from transformer_tf.text.in_graph import InGraphTokenizer

tokenizers = pytest.importorskip("tokenizers")

TEXTS = [
    *sampled_strings(150, seed=12),
    TRAPS,
    "▁a  ▁▁b \u2003▁ c",
    " \x0b a\x85b\u2028",
    "",
]
MARK = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}
SPLIT = {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, MARK]}
STRIP = {"type": "Strip", "strip_left": False, "strip_right": True}


def ones(content):
    return {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": content}


# T5's first file, its later ones, and those that mBART and XLM-R have.
SPELLINGS = {
    "split at white space": ([], SPLIT),
    "map alone": ([], MARK),
    "one space": ([ones(" ")], MARK),
    "right end": ([STRIP, ones("▁")], MARK),
    "right end and split": ([STRIP, ones(" ")], SPLIT),
}


OFTEN = ("map alone", "right end and split")


@pytest.mark.parametrize("name", table(SPELLINGS, OFTEN))
def test_spellings_of_t5(name):
    spaces, cut = SPELLINGS[name]
    values = published_tokenizer("t5").to_json()
    first = values["normalizer"]["normalizers"][0]
    values["normalizer"] = {"type": "Sequence", "normalizers": [first, *spaces]}
    values["pre_tokenizer"] = cut
    values["model"]["vocab"] = values["model"]["vocab"][:1500]
    values["added_tokens"] = values["added_tokens"][:3]
    tokenizer = Tokenizer.from_json(values)
    peer = tokenizers.Tokenizer.from_str(json.dumps(values))
    rows = bare_rows(InGraphTokenizer(tokenizer)(TEXTS))
    for text, row, theirs in zip(TEXTS, rows, peer.encode_batch(TEXTS)):
        assert row == theirs.ids, ascii(text)


@pytest.mark.parametrize(
    "train",
    [
        lambda: WordTokenizer.train(TEXTS, 300, lowercase=True),
        lambda: CharacterTokenizer.train(TEXTS, 90),
    ],
)
def test_words_and_characters(train):
    tokenizer = train()
    in_graph = InGraphTokenizer(tokenizer)
    outputs = in_graph(TEXTS)
    expected = [encoding.ids for encoding in tokenizer.encode_batch(TEXTS)]
    assert bare_rows(outputs) == expected
    decoded = in_graph.decode(outputs["ids"], outputs["attention_mask"]).numpy()
    assert [text.decode() for text in decoded] == list(map(tokenizer.decode, expected))
    one = in_graph.one(TEXTS[0])
    assert one["ids"].numpy().tolist() == expected[0]


@pytest.mark.parametrize("strategy", ["longest_first", "only_first", "only_second"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_truncated_pairs(strategy, side):
    tokenizer = WordTokenizer.train(TEXTS, 300)
    tokenizer.post_processor = BertProcessing(("[PAD]", 0), ("[UNK]", 1))
    if side == "left":
        tokenizer.post_processor = RobertaProcessing(("[PAD]", 0), ("[UNK]", 1))
    tokenizer.truncation = Truncation(12, strategy, side=side)
    texts = ["a b c d e f g h i", "a b", "a b c d e f", "a b c"]
    others = ["j k", "l m n o p q r s t u", "m n o p", "d"]
    if strategy != "longest_first":
        long = ["a b c d e f g h i j k l m n", "a", "a b"], ["x y", "z", "x"]
        texts, others = long if strategy == "only_first" else long[::-1]
    in_graph = InGraphTokenizer(tokenizer)
    outputs = in_graph.pairs(texts, others)
    expected = tokenizer.encode_batch(texts, others)
    assert bare_rows(outputs) == [encoding.ids for encoding in expected]
    for row, encoding in zip(outputs["type_ids"].numpy(), expected):
        assert row[: len(encoding)].tolist() == encoding.type_ids


def test_no_room_for_the_template_is_an_error_when_built():
    tokenizer = WordTokenizer.train(TEXTS, 300)
    tokenizer.post_processor = BertProcessing(("[PAD]", 0), ("[UNK]", 1))
    tokenizer.truncation = Truncation(1)
    with pytest.raises(ValueError, match="leaves no room for the 2 special"):
        InGraphTokenizer(tokenizer)
