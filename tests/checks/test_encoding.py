"""Unit 06's references from pieces to batches, against the library and brute force."""

import itertools
import math

import numpy as np
import pytest

from course.checks.encoding.carrying import carried_over
from course.checks.encoding.layout import lay_out
from course.checks.encoding.losses import loss_without
from course.checks.encoding.offsets import offsets_of
from course.checks.encoding.padding import padded
from course.checks.encoding.pruning import pruned
from course.checks.encoding.samples import letters, random_scores
from course.checks.encoding.segmentation import all_cuts, best_segmentation
from course.checks.encoding.truncation import token_by_token as popped_pair
from course.checks.encoding.truncation import truncated_pair
from course.checks.encoding.windows import windows_of
from course.checks.encoding.words import words_of
from course.pieces import best_score, plain
from transformer_tf.text import (
    Encoding,
    Padding,
    Template,
    Truncation,
    UnigramModel,
    WordPieceTokenizer,
)


@pytest.fixture
def rng():
    return np.random.default_rng(6)


def encoding_of(ids):
    """The library's encoding of bare ids."""
    parts = [Encoding.special(number, str(number)) for number in ids]
    fields = Encoding.__slots__[:-1]
    return Encoding(*([x for p in parts for x in getattr(p, name)] for name in fields))


def known_cuts(text, scores):
    return [cut for cut in all_cuts(text) if all(piece in scores for piece in cut)]


def test_best_segmentation_against_every_cut(rng):
    for length in range(1, 11):
        text, scores = letters(rng, length), random_scores(rng)
        sums = [sum(map(scores.get, cut)) for cut in known_cuts(text, scores)]
        best = best_segmentation(text, scores)
        assert "".join(best) == text
        assert sum(map(scores.get, best)) == pytest.approx(max(sums))
        assert best_score(text, scores) == pytest.approx(max(sums))


def test_every_cut_is_there_once():
    cuts = list(map(tuple, all_cuts("abcdef")))
    assert len(cuts) == len(set(cuts)) == 2**5
    assert {"".join(cut) for cut in cuts} == {"abcdef"}


def test_best_segmentation_is_the_library_s(rng):
    for _ in range(20):
        text, scores = letters(rng, 40), random_scores(rng)
        model = UnigramModel([("<unk>", -99.0), *scores.items()])
        parts = model.best_segmentation(text)
        expected = [text[start:end] for _, start, end in parts]
        assert best_segmentation(text, scores) == expected


def test_best_score_says_when_there_is_no_cut():
    assert best_score("ax", {"a": -1.0}) == -math.inf
    assert best_score("", {}) == 0


def test_a_loss_is_the_fall_of_the_likelihood_over_every_cut(rng):
    counts = {letters(rng, 7): 3, letters(rng, 6): 5, letters(rng, 8): 2}
    scores = random_scores(rng) | {"ab": -0.5, "cd": -0.4}

    def likelihood(pieces):
        return sum(
            count * max(sum(map(pieces.get, cut)) for cut in known_cuts(word, pieces))
            for word, count in counts.items()
        )

    for piece in ("ab", "cd", "bcd"):
        others = {name: score for name, score in scores.items() if name != piece}
        expected = likelihood(scores) - likelihood(others)
        assert loss_without(piece, counts, scores) == pytest.approx(expected)


def test_pruned_pieces_by_every_choice(rng):
    pieces = ["a", "b", "ab", "ba", "aba", "abb", "bab", "bba"]
    weights = rng.uniform(1, 9, size=8)
    scores = dict(zip(pieces, np.log(weights / weights.sum()).tolist()))
    losses = dict(zip(pieces[2:], rng.permutation(6).tolist()))
    for share, count in ((1.0, 8), (0.75, 6), (0.5, 4), (0.3, 2), (0.1, 2)):
        kept = pruned(scores, losses, share)
        best = max(
            itertools.combinations(losses, count - 2),
            key=lambda chosen: sum(losses[piece] for piece in chosen),
        )
        assert set(kept) == {"a", "b", *best}
        assert sum(map(math.exp, kept.values())) == pytest.approx(1)
        assert kept["a"] - kept["b"] == pytest.approx(scores["a"] - scores["b"])


@pytest.mark.parametrize("second", [None, [], [21, 22, 23]])
def test_layout_is_the_library_s_template(second):
    template = Template(
        "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", {"[CLS]": 2, "[SEP]": 3}
    )
    first = [11, 12]
    other = None if second is None else encoding_of(second)
    expected = template(encoding_of(first), other)
    assert lay_out(first, second, 2, 3) == (expected.ids, expected.type_ids)


def test_truncation_is_the_library_s_and_token_by_token():
    for first, second, room in itertools.product(range(9), range(9), range(12)):
        pair = list(range(first)), list(range(100, 100 + second))
        library = Truncation(room + 3)(*map(encoding_of, pair), added=3)
        expected = tuple(encoding.ids for encoding in library)
        assert truncated_pair(*pair, room + 3) == expected
        assert popped_pair(*pair, room + 3) == expected


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("multiple", [1, 4])
def test_padding_is_the_library_s(side, multiple):
    rows = [[5, 6, 7], [9], [4, 0, 3, 8, 2], []]
    library = Padding(None, multiple, side)(list(map(encoding_of, rows)))
    ids, mask = padded(rows, 0, side, multiple)
    assert ids.tolist() == [encoding.ids for encoding in library]
    assert mask.tolist() == [encoding.attention_mask for encoding in library]


def test_windows_are_the_library_s():
    for count, length in itertools.product(range(1, 19), range(1, 8)):
        for overlap in range(length):
            document = list(range(count))
            cut = Truncation(length, overlap=overlap)(encoding_of(document))[0]
            expected = [cut.ids, *(window.ids for window in cut.overflowing)]
            assert windows_of(document, length, overlap) == expected


TEXTS = [
    "The windmills turned, slowly; the children were singing.",
    "El señor Núñez ganó después otra elección en Perú",
    "Sao Paulo: 12,330,000 habitantes; u\u0301ltimo an\u0303o",
    "서울 is the capital, and İstanbul is not.",
]


@pytest.fixture(scope="module")
def tokenizer():
    return WordPieceTokenizer.train(TEXTS * 2, 90)


def test_words_are_those_of_the_library(tokenizer):
    for text in TEXTS:
        encoding = tokenizer.encode(text, text[:15])
        words, word_of = words_of(encoding.tokens, ["[CLS]", "[SEP]"])
        first = [w for w, s in zip(encoding.word_ids, encoding.sequence_ids) if s == 0]
        assert [w for w in word_of if w is not None][: len(first)] == first
        assert [w is None for w in word_of] == [w is None for w in encoding.word_ids]
        joined = "".join("".join(map(plain, text)).split())
        assert "".join(words[: first[-1] + 1]) == joined


def test_offsets_are_those_of_the_library(tokenizer):
    for text in TEXTS:
        encoding = tokenizer.encode(text, special_tokens=False)
        assert encoding.unknown_count == 0
        assert offsets_of(text, encoding.tokens) == encoding.offsets


def test_an_embedding_goes_with_its_token(rng):
    table = rng.normal(size=(4, 3)).astype("float32")
    new = carried_over(table, ["a", "b", "c", "d"], ["d", "x", "b"])
    expected = np.stack([table[3], table.mean(axis=0), table[1]])
    np.testing.assert_allclose(new, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("A", "a"),
        ("é", "e"),
        ("ñ", "n"),
        ("\u0301", ""),
        ("한", "\u1112\u1161\u11ab"),
        ("İ", "i"),
    ],
)
def test_plain_characters(character, expected):
    assert plain(character) == expected
