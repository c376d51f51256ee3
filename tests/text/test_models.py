"""Models: the efficient merge loop equals the plain one, and stays n log n."""

import random
from itertools import product

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


def test_the_heap_merges_as_the_plain_loop_does_where_most_pairs_merge():
    draw = random.Random(0)
    pairs = list(product(range(6), repeat=2))
    for _ in range(1000):
        draw.shuffle(pairs)
        ranks = {
            pair: (rank, draw.randrange(6)) for rank, pair in enumerate(pairs[:30])
        }
        ids = draw.choices(range(6), k=40)
        ends = list(range(1, 41))
        assert merge_long(ids, ends, ranks) == merge_short(ids, ends, ranks)


class Counted(dict):
    """Ranks that count how often they are asked: once for every step of the loop."""

    asked = 0

    def __contains__(self, pair):
        self.asked += 1
        return super().__contains__(pair)

    def get(self, pair):
        self.asked += 1
        return super().get(pair)


def test_text_without_a_space_takes_steps_in_proportion():
    """The heap adds the logarithm; `benchmarks/text.py` shows the time."""
    draw = random.Random(0)
    words = ["".join(draw.choices("abcd", k=8)) for _ in range(500)]
    tokenizer = BytePairTokenizer.train(words, 600)
    model, steps = tokenizer.model, []
    for length in (20_000, 40_000):
        text = "".join(draw.choices("abcd", k=length))
        model._ranks = Counted(model._ranks)
        assert tokenizer.decode(tokenizer.encode_bare(text).ids) == text
        steps.append(model._ranks.asked)
    assert steps[0] > 20_000 and steps[1] < 2.1 * steps[0] < 2.1 * 10 * 20_000


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
