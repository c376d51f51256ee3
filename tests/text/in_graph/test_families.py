"""Families inside a graph: what is recorded of transformers, and the readable ids."""

import json
import random

import pytest
import tensorflow as tf

from tests.text.equality import bare_rows
from tests.text.samples import (
    TRAPS,
    all_characters,
    published_tokenizer,
    sampled_strings,
)
from tests.text.test_families import FAMILIES, FOLDER, SENTENCE_PIECE
from transformer_tf.text import AddedToken, Tokenizer, from_pretrained
from transformer_tf.text.in_graph import InGraphTokenizer

pytest.importorskip("sentencepiece")
pytest.importorskip("tensorflow_text")

# The ends of words are marked, or characters composed: no part does that in a graph.
IN_GRAPH = sorted({*FAMILIES} - {"clip", "ctrl", "gpt", "qwen2"})
# Their steps are those of another family that is tried here.
ALIKE = {"bart", "bert_cased", "distilbert", "electra", "led", "longformer", "mbart"}
TEXTS = [
    *sampled_strings(100, seed=3),
    TRAPS,
    "",
    " ",
    "▁a  ▁▁b \u2003▁ c",
    "a\0b",
    "e\u0323\u0301 \u1e69 \u0344가 ﷺ ½",
    "<unk> </s> [MASK] <mask> <pad>",
]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=pytest.mark.full if name in ALIKE else ())
        for name in IN_GRAPH
    ],
)
def family(request):
    tokenizer = from_pretrained(FOLDER / request.param)
    rows = json.loads((FOLDER / request.param / "expected.json").read_text("utf-8"))
    return tokenizer, InGraphTokenizer(tokenizer), rows


def assert_equal(tokenizer, in_graph, texts):
    outputs = in_graph(texts)
    expected = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    for text, row, ids in zip(texts, bare_rows(outputs), expected, strict=True):
        assert row == ids, ascii(text)
    decoded = in_graph.decode(outputs["ids"], outputs["attention_mask"]).numpy()
    for text, ids in zip(decoded, expected, strict=True):
        assert text.decode() == tokenizer.decode(ids), ids


def test_recorded_ids(family):
    _, in_graph, rows = family
    texts, others = ([row[name] for row in rows] for name in ("text", "other"))
    assert bare_rows(in_graph(texts)) == [row["ids"] for row in rows]
    assert bare_rows(in_graph.pairs(texts, others)) == [row["pair"] for row in rows]


def test_ids_and_text(family):
    assert_equal(*family[:2], TEXTS)


@pytest.mark.full
def test_every_character(family):
    texts = [f"a{character}b" for character in all_characters()]
    for start in range(0, len(texts), 20_000):
        assert_equal(*family[:2], texts[start : start + 20_000])


def test_decoding_any_ids(family):
    tokenizer, in_graph, _ = family
    draw = random.Random(4)
    known = [n for n in range(len(tokenizer)) if tokenizer.id_to_token(n) is not None]
    marks = [n for n in known if tokenizer.id_to_token(n) in ("▁", "▁▁", "")]
    pools = [known, known, [*marks, *known[:300]]]
    for _ in range(60):
        ids = draw.choices(draw.choice(pools), k=draw.randrange(1, 14))
        text = in_graph.decode(tf.constant([ids]), tf.ones([1, len(ids)], tf.int32))
        assert text[0].numpy().decode() == tokenizer.decode(ids), ids


@pytest.mark.parametrize("name", SENTENCE_PIECE)
def test_text_that_is_not_utf8_names_its_row(name):
    in_graph = InGraphTokenizer(from_pretrained(FOLDER / name))
    for data in (b"\xff", b"a\xc3", b"\xed\xa0\x80"):
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"not UTF-8|\[1\]"):
            in_graph(["fine", data, "", ">>fra<< fine"])


def test_a_saved_model_takes_strings(tmp_path):
    tokenizer = from_pretrained(FOLDER / "marian")
    tf.saved_model.save(InGraphTokenizer(tokenizer), str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    assert_equal(tokenizer, loaded, [">>fra<< The people", "a\nb", ""])


class TestAddedWords:
    """Added tokens that are not special are found in texts, on every path."""

    def test_codes_of_languages(self):
        tokenizer = from_pretrained(FOLDER / "marian")
        code, other = (t.content for t in tokenizer.added_tokens if not t.special)
        parts = [code, other, code[:-1], code[1:], "</s>", "</s", ">", " ", "a", "\0"]
        draw = random.Random(9)
        texts = ["".join(draw.choices(parts, k=draw.randrange(9))) for _ in range(400)]
        assert any(f"</s{code}" in text for text in texts)  # where two of them touch
        assert_equal(tokenizer, InGraphTokenizer(tokenizer), texts)

    @pytest.mark.parametrize("name", ["gpt2", "bert"])
    def test_words(self, name):
        tokenizer = from_pretrained(FOLDER / name)
        tokenizer.add_tokens(["Zanzibar", "Zan", "the.*"], special=False)
        texts = ["Zanzibar and Zan", "xZanzibary the.*", "the people", "Zanz", ""]
        in_graph = InGraphTokenizer(tokenizer)
        assert_equal(tokenizer, in_graph, texts)

    @pytest.mark.parametrize("flag", ["lstrip", "rstrip", "normalized", "single_word"])
    def test_flags_are_refused(self, flag):
        tokenizer = from_pretrained(FOLDER / "bert")
        number = len(tokenizer)
        tokenizer.add_tokens([AddedToken("Zan", number, special=False, **{flag: True})])
        with pytest.raises(ValueError, match=f"'Zan' with {flag}=True"):
            InGraphTokenizer(tokenizer)


def test_alberts_steps_before_a_precompiled_map():
    """ALBERT's tokenizer.json: what goes before the map, around T5's vocabulary."""
    published = pytest.importorskip("tokenizers")
    values = published_tokenizer("t5").to_json()
    first = values["normalizer"]["normalizers"][0]
    before = [
        {"type": "Replace", "pattern": {"String": "``"}, "content": '"'},
        {"type": "Replace", "pattern": {"String": "''"}, "content": '"'},
        {"type": "NFKD"},
        {"type": "StripAccents"},
        {"type": "Lowercase"},
    ]
    values["normalizer"] = {"type": "Sequence", "normalizers": [*before, first]}
    values["model"]["vocab"] = values["model"]["vocab"][:800]
    values["added_tokens"] = values["added_tokens"][:3]
    in_graph = InGraphTokenizer(Tokenizer.from_json(values))
    peer = published.Tokenizer.from_str(json.dumps(values))
    texts = [
        *TEXTS[:-1],  # theirs finds control tokens that a text spells
        "``so'' ``` ''' \\1",
        "\u1e9b\u0323 \U0001d15e\u0301 \u302e\u0300가",
    ]
    for text, row in zip(texts, bare_rows(in_graph(texts)), strict=True):
        assert row == peer.encode(text).ids, ascii(text)
