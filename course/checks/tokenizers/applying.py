"""Encoding with merges: the earliest merge first, not the longest piece."""

from itertools import pairwise

from course import pieces as given
from course.checks.tokenizers.samples import ALPHABETS, PAIRS, UNIT, renamed
from course.examination import Call, Exercise, OneOf, Sizes


def apply_merges(word, merges):
    """Cuts a word into pieces by merging its letters as training did.

    Args:
        word: A string.
        merges: List of (left, right), the one that was learnt first in front.

    Returns:
        List of strings. One begins with single letters. At every step, of all pairs of
        neighbours that have a merge, the pair that was learnt earliest is merged, until
        no two neighbours have one.
    """
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    pieces = list(word)
    while True:
        pairs = [pair for pair in zip(pieces, pieces[1:]) if pair in ranks]
        if not pairs:
            return pieces
        pieces = given.merge_pair(pieces, min(pairs, key=ranks.get))


applying = Exercise(
    "tokenizers.apply_merges",
    unit=UNIT,
    answer="apply_merges",
    reference=apply_merges,
    parts={"order": 3, "to_the_end": 1, "few": 1},
    returns={"pieces": ("piece",)},
    forbidden=(
        f"{__name__}.apply_merges",
        "transformer_tf.text.BytePair",
        "transformer_tf.text.models.byte_pair.merge_short",
        "transformer_tf.text.models.byte_pair.merge_long",
    ),
    stands_on=("course.pieces.byte_pairs",),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=15,
    paper=PAIRS,
)

MERGES = "b c, a b, ab c, d a, bc d, a a, ab ab, c b, c bc, bcd bcd".split(", ")


def _case(rng, word):
    word, merges = renamed(rng, (word, MERGES))
    return Call(word, [tuple(merge.split()) for merge in merges])


@applying.probe(part="order")
def earlier_further_right(rng):
    return _case(rng, "abcd")


@applying.probe(part="order")
def earliest_in_the_middle(rng):
    return _case(rng, "cbcaab")


@applying.probe(part="order")
def spelt_alike(rng):
    return _case(rng, "dabcabc")


@applying.probe(part="to_the_end")
def pieces_of_pieces(rng):
    return _case(rng, "bcdbcdababb")


@applying.probe(part="few")
def without_merges(rng):
    return _case(rng, "efbda")


@applying.probe(part="few")
def one_letter(rng):
    return _case(rng, "e")


@applying.promise(
    part="order", letters=OneOf(*ALPHABETS), length=Sizes(0, 30), merges=Sizes(0, 20)
)
def any_word(rng, letters, length, merges):
    """Merges of letters, and of what earlier merges made; no two make the same piece,
    or one that comes late could make room for one that came before."""
    pieces = list(letters[:3])
    learnt = []
    for _ in range(merges):
        one, other = (str(piece) for piece in rng.choice(pieces, size=2))
        if one + other not in pieces and len(one + other) < 6:
            learnt.append((one, other))
            pieces.append(one + other)
    word = "".join(rng.permutation(pieces * 2))[:length]
    return Call(word, learnt)


def _ranks(merges):
    return {pair: rank for rank, pair in enumerate(merges)}


@applying.misconception
def longest_piece_first(word, merges):
    known, pieces = {left + right for left, right in merges}, []
    while word:
        ends = [n for n in range(2, len(word) + 1) if word[:n] in known]
        end = max(ends, default=1)
        pieces.append(word[:end])
        word = word[end:]
    return pieces


@applying.misconception
def leftmost_first(word, merges):
    ranks, pieces = _ranks(merges), list(word)
    while pair := next((p for p in pairwise(pieces) if p in ranks), None):
        pieces = given.merge_pair(pieces, pair)
    return pieces


@applying.misconception
def latest_first(word, merges):
    ranks, pieces = _ranks(merges), list(word)
    while pairs := [p for p in pairwise(pieces) if p in ranks]:
        pieces = given.merge_pair(pieces, max(pairs, key=ranks.get))
    return pieces


@applying.misconception
def one_merge_only(word, merges):
    ranks, pieces = _ranks(merges), list(word)
    pairs = [p for p in pairwise(pieces) if p in ranks]
    return given.merge_pair(pieces, min(pairs, key=ranks.get)) if pairs else pieces


@applying.misconception
def one_sweep(word, merges):
    pieces = [word[0]]
    for letter in word[1:]:
        if (pieces[-1], letter) in merges:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


@applying.misconception
def same_spelling(word, merges):
    pieces, ranks = list(word), {}
    for rank, (left, right) in enumerate(merges):
        ranks.setdefault(left + right, rank)
    while pairs := [p for p in pairwise(pieces) if "".join(p) in ranks]:
        pieces = given.merge_pair(pieces, min(pairs, key=lambda p: ranks["".join(p)]))
    return pieces


@applying.misconception
def letters_only(word, merges):
    pieces = list(word)
    for pair in merges:
        if len(pair[0] + pair[1]) == 2:
            pieces = given.merge_pair(pieces, pair)
    return pieces


@applying.misconception
def merges_in_reverse(word, merges):
    pieces = list(word)
    for pair in reversed(merges):
        pieces = given.merge_pair(pieces, pair)
    return pieces


@applying.alternative
def merge_after_merge(word, merges):
    pieces = list(word)
    for pair in merges:
        pieces = given.merge_pair(pieces, pair)
    return pieces


@applying.alternative
def place_by_place(word, merges):
    pieces = list(word)
    while True:
        best = None
        for place in range(len(pieces) - 1):
            pair = (pieces[place], pieces[place + 1])
            if pair in merges and (best is None or merges.index(pair) < best[0]):
                best = (merges.index(pair), place)
        if best is None:
            return pieces
        place = best[1]
        pieces = [
            *pieces[:place],
            pieces[place] + pieces[place + 1],
            *pieces[place + 2 :],
        ]


@applying.alternative
def calling_itself(word, merges):
    ranks = _ranks(merges)

    def shorter(pieces):
        found = min(
            (
                (ranks[pair], place)
                for place, pair in enumerate(pairwise(pieces))
                if pair in ranks
            ),
            default=None,
        )
        if found is None:
            return pieces
        place = found[1]
        whole = "".join(pieces[place : place + 2])
        return shorter(pieces[:place] + [whole] + pieces[place + 2 :])

    return shorter(list(word))
