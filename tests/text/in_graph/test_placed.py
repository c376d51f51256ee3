"""Offsets inside a graph are those of the readable steps."""

import random
from pathlib import Path

import numpy as np
import pytest

from tests.text.samples import published_tokenizer
from transformer_tf.text import (
    BertNormalizer,
    Tokenizer,
    Truncation,
    WordTokenizer,
    from_pretrained,
)

pytest.importorskip("tensorflow")

from transformer_tf.text.in_graph.placed import PlacedTokenizer

FOLDER = Path(__file__).parents[2] / "pipelines" / "recorded"
FAMILIES = Path(__file__).parents[1] / "families"
ALPHABET = [
    *"abc XYZ  áéñ\t\n.,'-!¿",
    *"東京한글ﬁ🙂é́ Å\u200b\u00a0\u3000٣",
    " don't ",
    "\r\n ▁e\u0301\u0323",
    "New York",
    "\u0301",
    "\u1100\u1161",
    "  ",
]


def tokenizer(name):
    """A recorded tokenizer; or BERT's that lowers case and strips accents."""
    found = from_pretrained(FOLDER / name.removesuffix(" uncased"))
    if name.endswith("uncased"):
        found.normalizer = BertNormalizer(lowercase=True)
    return found


def texts(seed, count=60):
    chance = random.Random(seed)
    made = [
        "".join(chance.choices(ALPHABET, k=chance.randint(0, 25))) for _ in range(count)
    ]
    return [*made, "", " ", "x"]


def held(found, row, encoding):
    length = len(encoding)
    assert found.attention_mask[row].numpy().sum() == length
    assert found.ids[row, :length].numpy().tolist() == encoding.ids
    offsets = np.stack([found.start[row, :length], found.end[row, :length]], 1)
    assert offsets.tolist() == [list(span) for span in encoding.offsets]
    sequence = [-1 if s is None else s for s in encoding.sequence_ids]
    assert found.sequence[row, :length].numpy().tolist() == sequence
    words = found.word[row, :length].numpy().tolist()
    pairs = list(zip(words, zip(encoding.sequence_ids, encoding.word_ids)))
    for one, known in pairs:  # the same words, whatever their numbers
        assert (one == -1) == (known[1] is None)
    for (a, b), (c, d) in zip(pairs, pairs[1:]):
        if b[1] is not None and d[1] is not None:
            assert (a == c) == (b == d)


# SentencePiece: model files, and the steps of a tokenizer.json around T5's map.
MODEL_FILES = ["t5", "xlm_roberta", "mbart", "deberta_v2", "llama"]
STEPS = {
    "one space for several, none at the ends": {},
    "several spaces for several": {"normalizer": 1},
    "cut at white space": {
        "normalizer": [0, {"type": "Strip", "strip_left": False, "strip_right": True}],
        "cuts": True,
    },
    "no mark in front": {"scheme": "never"},
}


def of_steps(name):
    """T5's published map and the first pieces, in the steps that families have."""
    changes = STEPS[name]
    values = published_tokenizer("t5").to_json()
    steps = values["normalizer"]["normalizers"]
    chosen = changes.get("normalizer", steps)
    if chosen == 1:
        chosen = steps[:1]
    elif chosen is not steps:
        collapse = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
        chosen = [steps[0], chosen[1], collapse]
    values["normalizer"] = {"type": "Sequence", "normalizers": chosen}
    mark = {"type": "Metaspace", "replacement": "▁", "split": True}
    mark["prepend_scheme"] = changes.get("scheme", "always")
    values["pre_tokenizer"] = mark
    if changes.get("cuts"):
        both = [{"type": "WhitespaceSplit"}, mark]
        values["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": both}
    values["model"]["vocab"] = values["model"]["vocab"][:800]
    values["added_tokens"] = values["added_tokens"][:3]
    return Tokenizer.from_json(values)


@pytest.mark.parametrize(
    "name",
    ["ner", "ner uncased", "ner_roberta", "text_generation", *MODEL_FILES, *STEPS],
)
def test_places_of_texts(name):
    if name in MODEL_FILES:
        pytest.importorskip("tensorflow_text")
        known = from_pretrained(FAMILIES / name)
    else:
        known = of_steps(name) if name in STEPS else tokenizer(name)
    placed = PlacedTokenizer(known)
    given = texts(name)
    found = placed(given)
    for row, text in enumerate(given):
        held(found, row, known.encode(text))


@pytest.mark.parametrize("name", ["ner", "ner_roberta"])
def test_places_of_pairs_that_are_cut(name):
    known = tokenizer(name)
    known.truncation = Truncation(12, "only_second")
    placed = PlacedTokenizer(known)
    questions, contexts = ["a b", "¿Qué?", "x"] * 10, texts(5, 27)
    found = placed(questions, contexts)
    for row, pair in enumerate(zip(questions, contexts)):
        held(found, row, known.encode(*pair))


def test_tokenizers_whose_places_are_not_followed_are_refused():
    with pytest.raises(ValueError, match="the place of a token"):
        PlacedTokenizer(WordTokenizer.train(["a b"], 50))
