"""The staged references of unit 06's first half against the library and brute force."""

import itertools
import math
import random

import numpy as np
import pytest
import tokenizers

import course
from course.checks.tokenizers.applying import apply_merges
from course.checks.tokenizers.gain import likelihood_gain
from course.checks.tokenizers.learning import learn_merges
from course.checks.tokenizers.longest import longest_match
from course.checks.tokenizers.reading import read_bytes
from course.checks.tokenizers.samples import renamed
from course.checks.tokenizers.scores import likelihood_scores
from course.checks.tokenizers.spelling import spell_bytes
from course.checks.tokenizers.vocabulary import build_vocabulary
from course.checks.tokenizers.words import encode_words
from course.datasets import corpus
from course.pieces import count_pairs, count_pieces, merge_pair
from transformer_tf.text import (
    AlignedText,
    ByteLevelDecoder,
    BytePair,
    WordPiece,
    WordTokenizer,
)
from transformer_tf.text.pre_tokenizers.byte_level import byte_characters, to_bytes
from transformer_tf.text.trainers import likelihood, merges
from transformer_tf.text.trainers.words import Words


@pytest.fixture(scope="module")
def counts():
    """Real words of both languages, and how often they occur."""
    texts = list(itertools.islice(corpus.english(), 60))
    texts += list(itertools.islice(corpus.spanish(), 300))
    words = [word for text in texts for word in text.lower().split() if word.isalpha()]
    return {word: words.count(word) for word in sorted(set(words))}


def words_of(rng, how_many, alphabet="abcd"):
    return [
        "".join(rng.choices(alphabet, k=rng.randint(1, 9))) for _ in range(how_many)
    ]


def test_vocabulary_and_ids_are_the_library_s(counts):
    texts = [" ".join([word] * count) for word, count in counts.items()]
    for size in (1, 40, 10**6):
        vocabulary = build_vocabulary(texts, size)
        tokenizer = WordTokenizer.train(
            texts, size, special_tokens=["[UNK]"], lowercase=True
        )
        assert vocabulary == tokenizer.vocabulary
        text = " ".join(texts[::3]).title()
        ids, lost = encode_words(text, vocabulary)
        encoding = tokenizer.encode(text)
        assert ids == list(encoding.ids)
        unknown = np.flatnonzero(encoding.unknown_mask)
        assert lost == [text.lower().split()[place] for place in unknown]


def test_pairs_are_counted_as_the_trainer_counts(counts):
    letters = sorted(set("".join(counts)))
    words = Words(
        [[letters.index(c) for c in w] for w in counts], list(counts.values())
    )
    expected = {(letters[a], letters[b]): n for (a, b), n in words.pairs.items()}
    assert count_pairs([(list(w), n) for w, n in counts.items()]) == expected


def test_merging_is_the_trainer_s():
    rng = random.Random(6)
    for word in words_of(rng, 300, "ab"):
        numbers = ["ab".index(letter) for letter in word]
        for pair in itertools.product((0, 1), repeat=2):
            words = Words([list(numbers)], [1])
            if pair not in words.pairs:
                continue
            words.merge(*pair, 2)
            names = ["a", "b", "ab"[pair[0]] + "ab"[pair[1]]]
            expected = [names[number] for number in words.symbols[0]]
            assert merge_pair(list(word), (names[pair[0]], names[pair[1]])) == expected


def test_merges_are_those_of_the_library_and_of_tokenizers(counts):
    learnt = learn_merges(counts, 150)
    alphabet = sorted(set("".join(counts)))
    size = len(alphabet) + 150
    vocabulary, expected = merges.learn_merges(counts, size)
    assert learnt == expected[:150]
    other = tokenizers.Tokenizer(tokenizers.models.BPE())
    other.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=size, show_progress=False)
    texts = [" ".join([word] * count) for word, count in counts.items()]
    other.train_from_iterator(texts, trainer)
    theirs = sorted(other.get_vocab(), key=other.get_vocab().get)[len(alphabet) :]
    ours = list(dict.fromkeys(left + right for left, right in learnt))
    assert ours == theirs[: len(ours)]


@pytest.mark.parametrize("seed", range(5))
def test_merges_of_made_up_words_are_the_library_s(seed):
    """Few letters and few words: ties at nearly every step."""
    rng = random.Random(seed)
    counts = {word: rng.randint(1, 3) for word in words_of(rng, 25)}
    _, expected = merges.learn_merges(counts, 10**6)
    assert learn_merges(counts, 10**6) == expected


def test_encoding_with_merges_is_the_library_s(counts):
    learnt = learn_merges(counts, 150)
    pieces = [*sorted(set("".join(counts))), *map("".join, learnt)]
    vocabulary = {piece: n for n, piece in enumerate(dict.fromkeys(pieces))}
    model = BytePair(vocabulary, learnt)
    for word in counts:
        expected = [token for _, token, _, _ in model.tokenize(word)]
        assert apply_merges(word, learnt) == expected


def test_training_and_encoding_agree(counts):
    """A word of the training text is cut as training left it."""
    learnt = learn_merges(counts, 60)
    for word in counts:
        pieces = list(word)
        for pair in learnt:
            pieces = merge_pair(pieces, pair)
        assert apply_merges(word, learnt) == pieces


TEXTS = ["", " a word\n", "¿mañana?", "日本語 🦔👩‍👩‍👧", "\0\x7f\xa0\xad", "e\u0301"]


@pytest.mark.parametrize("text", TEXTS)
def test_bytes_are_spelt_and_read_as_the_library_does(text):
    alphabet = byte_characters()
    spelt = spell_bytes(text, alphabet)
    assert spelt == to_bytes(AlignedText(text)).text
    assert read_bytes(list(spelt), alphabet) == text
    for end in range(len(spelt) + 1):
        pieces = [spelt[:end][start : start + 3] for start in range(0, end, 3)]
        assert [read_bytes(pieces, alphabet)] == ByteLevelDecoder()(pieces)


def test_longest_match_is_the_library_s():
    rng = random.Random(6)
    pieces = ["[UNK]", *words_of(rng, 60), *(f"##{w}" for w in words_of(rng, 60))]
    vocabulary = {piece: n for n, piece in enumerate(dict.fromkeys(pieces))}
    for limit in (100, 5):
        model = WordPiece(vocabulary, max_word_length=limit)
        for word in words_of(rng, 500):
            expected = [token for _, token, _, _ in model.tokenize(word)]
            assert longest_match(word, vocabulary, max_length=limit) == expected


def test_the_best_score_is_what_the_likelihood_trainer_merges(counts):
    words = [
        ([word[0], *(f"##{letter}" for letter in word[1:])], count)
        for word, count in counts.items()
    ]
    scores = likelihood_scores(words)
    highest = max(scores.values())
    best = {
        left + right.removeprefix("##")
        for (left, right), score in scores.items()
        if score == highest
    }
    letters = likelihood.learn_pieces(counts, 0)
    (new,) = set(likelihood.learn_pieces(counts, len(letters) + 1)) - set(letters)
    assert new in best


def test_the_gain_is_that_of_drawing_piece_by_piece():
    words = [(["a", "b", "a"], 3), (["b", "a", "b"], 2), (["a", "a", "a", "c"], 1)]
    for pair in count_pairs(words):
        logs = []
        for cut in (words, [(merge_pair(p, pair), n) for p, n in words]):
            text = [piece for pieces, n in cut for piece in pieces * n]
            logs.append(sum(math.log(text.count(p) / len(text)) for p in text))
        assert likelihood_gain(words, pair) == pytest.approx(logs[1] - logs[0])


def test_the_formula_for_the_gain_holds_for_rare_pairs():
    words = [(["a"], 900), (["b"], 800), (["c"], 700), (["a", "b"], 9)]
    totals = count_pieces(words)
    bound = 9 * sum(totals.values()) / (totals["a"] * totals["b"])
    expected = 9 * (math.log(bound) - 1)
    assert likelihood_gain(words, ("a", "b")) == pytest.approx(expected, rel=0.02)


def test_renaming_keeps_the_order_of_letters():
    rng = np.random.default_rng(6)
    for _ in range(20):
        words = renamed(rng, ["a", "ab", "b", "ba", "f", "[UNK]"])
        assert words[:5] == sorted(words[:5])
        assert words[5] == "[UNK]"


@pytest.mark.parametrize(
    ("name", "answer"), [("count_pairs", count_pairs), ("merge_pair", merge_pair)]
)
def test_given_pieces_are_no_answer_to_their_own_exercises(name, answer):
    verdict = course.examine(f"tokenizers.{name}", answer)
    assert (verdict.outcome, verdict.score) == ("delegated", 0)
