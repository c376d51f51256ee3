"""Models: the efficient merge loop equals the plain one, and stays n log n."""

import random
import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer_tf.text import BytePair, BytePairTokenizer, WordPiece
from transformer_tf.text.models.byte_pair import merge_long, merge_short

LETTERS = "abc"


@st.composite
def rankings(draw):
    """Random merges over a few symbols: any pair may become any of them."""
    pairs = draw(st.permutations(list(product(range(6), repeat=2))))
    count = draw(st.integers(0, 20))
    wholes = draw(st.lists(st.integers(3, 5), min_size=count, max_size=count))
    return {
        pair: (rank, whole) for rank, (pair, whole) in enumerate(zip(pairs, wholes))
    }


@settings(max_examples=300, deadline=None)
@given(ranks=rankings(), ids=st.lists(st.integers(0, 5), max_size=40))
def test_the_heap_merges_as_the_plain_loop_does(ranks, ids):
    ends = list(range(1, len(ids) + 1))
    assert merge_long(ids, ends, ranks) == merge_short(ids, ends, ranks)


def seconds(tokenizer, text):
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        tokenizer.encode(text)
        best = min(best, time.process_time() - start)
    return best


def test_text_without_a_space_takes_n_log_n():
    draw = random.Random(0)
    words = ["".join(draw.choices("abcd", k=8)) for _ in range(500)]
    tokenizer = BytePairTokenizer.train(words, 600)
    text = "".join(draw.choices("abcd", k=60_000))
    once, twice = seconds(tokenizer, text), seconds(tokenizer, text * 2)
    assert twice < 2.5 * once + 0.02
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


@pytest.mark.full
def test_a_megabyte_without_a_space():
    draw = random.Random(0)
    words = ["".join(draw.choices("abcd", k=8)) for _ in range(500)]
    tokenizer = BytePairTokenizer.train(words, 600)
    text = "".join(draw.choices("abcd", k=500_000))
    assert seconds(tokenizer, text * 2) < 2.5 * seconds(tokenizer, text)


def test_byte_pairs_by_hand():
    vocabulary = {"a": 0, "b": 1, "ab": 2, "abab": 3}
    model = BytePair(vocabulary, [("a", "b"), ("ab", "ab")])
    assert model.tokenize("ababab") == [(3, "abab", 0, 4), (2, "ab", 4, 6)]
    assert model.tokenize("ba") == [(1, "b", 0, 1), (0, "a", 1, 2)]


def greedy(word, vocabulary):
    """WordPiece from its definition: try every end, longest first."""
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                pieces.append(piece)
                start = end
                break
        else:
            return ["[UNK]"]
    return pieces


@settings(max_examples=200, deadline=None)
@given(
    tokens=st.sets(st.text(LETTERS, min_size=1, max_size=4), max_size=12),
    inner=st.sets(st.text(LETTERS, min_size=1, max_size=4), max_size=12),
    word=st.text(LETTERS, min_size=1, max_size=20),
)
def test_word_pieces_are_greedy(tokens, inner, word):
    listed = ["[UNK]", *sorted(tokens), *(f"##{piece}" for piece in sorted(inner))]
    vocabulary = {token: number for number, token in enumerate(listed)}
    pieces = WordPiece(vocabulary).tokenize(word)
    assert [token for _, token, _, _ in pieces] == greedy(word, vocabulary)
    assert pieces[0][2] == 0 and pieces[-1][3] == len(word)
