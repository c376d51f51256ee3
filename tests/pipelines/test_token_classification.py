"""NER: what we answer otherwise, and windows against the text read whole."""

import random

import numpy as np
import pytest

from tests.pipelines import recorded_calls as recorded
from tests.pipelines.test_recorded import DOCUMENTED, PIECES, WORDS
from transformer_tf.pipelines.tags import TagScheme

TEXTS = [
    "My name is Sarah and I live in London.",
    "naïve café  owners   don't",
    "東京 is far away 🙂, isn't it?",
    "  double  spaces \n and\ttabs ",
    "",
]
LONG = recorded.calls("ner")[1][23]["args"][0]
FOLDERS = ["ner", "ner_roberta"]


@pytest.mark.parametrize("call", [c for c in DOCUMENTED if DOCUMENTED[c] == WORDS])
def test_all_but_the_word_agrees(call):
    if call[0] not in FOLDERS:
        return
    ours, theirs = recorded.answer(*call), recorded.result(*call)
    assert recorded.differences(ours, theirs, apart_from=("word",)) == []


def test_words_of_bytes_keep_the_spans():
    """Which pieces make a word changes scores; here it changes no span."""
    for call in [c for c in DOCUMENTED if DOCUMENTED[c] == PIECES]:
        ours, theirs = recorded.answer(*call), recorded.result(*call)
        known = recorded.differences(ours, theirs, apart_from=("word", "score"))
        assert known == []


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("strategy", ["none", "simple", "first", "average", "max"])
def test_the_word_is_what_stands_there(folder, strategy):
    ner = recorded.made(folder)
    for text in [*TEXTS, LONG]:
        for found in ner(text, aggregation_strategy=strategy):
            assert found["word"] == text[found["start"] : found["end"]]
            assert "\ufffd" not in found["word"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_word_is_cut_when_words_are_asked_for(folder):
    for strategy in ("first", "average", "max"):
        for text in TEXTS:
            found = recorded.made(folder)(text, aggregation_strategy=strategy)
            for a, b in zip(found, found[1:]):
                middle = text[a["end"] - 1 : b["start"] + 1]
                assert not (middle.isalpha() and len(middle) == 2), (text, a, b)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_token_of_a_long_text_is_reported_once(folder):
    """Reported are all, none is ignored: 276 of 717 characters were lost (22391)."""
    ner = recorded.made(folder)
    whole = ner.reader.encode([LONG])[0]
    for stride in (None, 0, 4, 10):
        found = ner(LONG, stride=stride, ignore_labels=[])
        assert [f["index"] for f in found] == list(range(1, len(whole) - 1))
        assert [(f["start"], f["end"]) for f in found] == whole.offsets[1:-1]


def judged_by_id(ner, monkeypatch):
    """Lets the scores of a token depend on its id alone: no window can change them."""
    table = (
        np.random.default_rng(3).normal(size=(500, len(ner.names))).astype("float32")
    )

    def forward(rows, settings):
        scores = [np.exp(3 * table[row.ids]) for row in rows]
        return [row / row.sum(-1, keepdims=True) for row in scores]

    monkeypatch.setattr(ner, "forward", forward)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("strategy", ["none", "simple", "first", "average", "max"])
def test_windows_give_what_one_long_window_gives(folder, strategy, monkeypatch):
    ner = recorded.made(folder)
    judged_by_id(ner, monkeypatch)
    chance = random.Random(5)
    words = LONG.split()
    for _ in range(4):
        text = " ".join(chance.choices(words, k=chance.randint(5, 90)))
        monkeypatch.setattr(ner.reader, "limit", None)
        whole = ner(text, aggregation_strategy=strategy)
        for limit in (6, 13, 40):
            monkeypatch.setattr(ner.reader, "limit", limit)
            for stride in (0, limit // 3, limit - 3):
                found = ner(text, aggregation_strategy=strategy, stride=stride)
                assert recorded.differences(found, whole) == []


def test_a_token_is_judged_where_it_is_farthest_from_an_edge():
    ner = recorded.made("ner")
    limit, overlap = ner.reader.limit, 9
    found = ner(LONG, stride=overlap, ignore_labels=[])
    ids = ner.reader.encode([LONG])[0].ids[1:-1]
    size = limit - 2
    starts, judged = [0], {}
    while starts[-1] + size < len(ids):
        starts.append(starts[-1] + size - overlap)
    for number, answer in enumerate(found):
        inside = [s for s in starts if s <= number < s + size]
        far = {}
        for start in inside:
            end = min(start + size, len(ids))
            left = number - start if start else len(ids)
            right = end - 1 - number if end < len(ids) else len(ids)
            far[start] = min(left, right)
        best = max(inside, key=lambda start: far[start])
        if best not in judged:
            row = [2, *ids[best : best + size], 3]
            judged[best] = ner.model(np.array([row]), training=False).numpy()[0]
        scores = np.exp(judged[best][1 + number - best].astype("float64"))
        assert abs(answer["score"] - scores.max() / scores.sum()) < 1e-5


def test_words_given_one_by_one_are_words():
    words = ["New", "York-based", "O'Neill"]
    for folder in FOLDERS:
        ner = recorded.made(folder)
        settings = {"is_split_into_words": True, "aggregation_strategy": "first"}
        for delimiter in (" ", "", " | "):
            (found,) = ner(words, delimiter=delimiter, ignore_labels=[], **settings)
            text = delimiter.join(words)
            assert all(f["word"] == text[f["start"] : f["end"]] for f in found)
        both = ner([words, ["My"]], **settings)
        assert recorded.differences(both[0], ner(words, **settings)[0]) == []
        with pytest.raises(TypeError, match="input 1 must be a list of words"):
            ner([words, "My"], **settings)


SCHEMES = {
    "BIO": (
        ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"],
        "B-PER I-PER O B-LOC B-LOC I-LOC I-PER",
        [[0, 1], [2], [3], [4, 5], [6]],
    ),
    "IOB1": (
        ["O", "I-PER", "B-PER"],
        "I-PER I-PER B-PER O I-PER",
        [[0, 1], [2], [3], [4]],
    ),
    "BIOES": (
        ["O", "B-PER", "I-PER", "E-PER", "S-PER"],
        "B-PER I-PER E-PER S-PER S-PER I-PER E-PER I-PER",
        [[0, 1, 2], [3], [4], [5, 6], [7]],
    ),
    "BILOU": (
        ["O", "B-LOC", "I-LOC", "L-LOC", "U-LOC"],
        "U-LOC B-LOC L-LOC B-LOC O",
        [[0], [1, 2], [3], [4]],
    ),
    "no prefixes": (["O", "PER", "E-MAIL"], "PER PER E-MAIL E-MAIL", [[0, 1], [2, 3]]),
}


@pytest.mark.parametrize("name", SCHEMES)
def test_schemes_of_tags(name):
    labels, text, expected = SCHEMES[name]
    scheme, tags = TagScheme(labels), text.split()
    groups = []
    for number, tag in enumerate(tags):
        if number and scheme.continues(tags[number - 1], tag):
            groups[-1].append(number)
        else:
            groups.append([number])
    assert groups == expected


def test_what_is_ignored_is_ignored_under_every_prefix():
    scheme = TagScheme(["B-O", "I-O", "O", "B-PER", "I-PER"])
    assert scheme.is_ignored("B-O", ["O"])  # issue 30028
    assert scheme.is_ignored("I-PER", ["PER"])
    assert not scheme.is_ignored("I-PER", ["B-PER"])
