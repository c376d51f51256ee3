"""One round of pruning: which pieces of a unigram model go."""

import math

import numpy as np

from course.checks.encoding.samples import UNIGRAM, UNIT
from course.checks.tokenizers.samples import ALPHABETS, drawn_word
from course.examination import Call, Exercise, OneOf, Sizes


def pruned(scores, losses, share):
    """The pieces that stay when those that are missed least are taken away.

    Args:
        scores: {piece: log probability}.
        losses: {piece: loss} of the pieces of several characters.
        share: How many of all the pieces are to stay, a float from 0 to 1.

    Returns:
        {piece: log probability} of `int(share * number of pieces)` pieces: all single
        characters, whatever they are worth, and then the pieces with the highest
        losses. (The characters alone, if they are more.) The probabilities are scaled
        so that they add up to 1 again.
    """
    characters = [piece for piece in scores if len(piece) == 1]
    longer = sorted(losses, key=losses.get, reverse=True)
    room = max(0, int(share * len(scores)) - len(characters))
    kept = characters + longer[:room]
    total = sum(math.exp(scores[piece]) for piece in kept)
    return {piece: scores[piece] - math.log(total) for piece in kept}


pruning = Exercise(
    "encoding.pruned",
    unit=UNIT,
    answer="pruned",
    reference=pruned,
    parts={"pieces": 3, "characters": 1},
    returns={"scores": ("piece",)},
    forbidden=(f"{__name__}.pruned",),
    hints=4,
    difficulty=3,
    importance=3,
    minutes=15,
    paper=UNIGRAM,
)

CHARACTERS = "a b c d e".split()
LONGER = "ab bc cd de abc bcd cde abcd bcde abcde ea".split()


def _arguments(rng, share):
    """Scores and losses that have nothing to do with each other, and no ties."""
    names = CHARACTERS + LONGER
    weights = rng.permutation(np.arange(1, 1 + len(names)))
    scores = {
        name: math.log(weight / weights.sum())
        for name, weight in zip(names, weights, strict=True)
    }
    losses = 10.0 * rng.permutation(len(LONGER)) + rng.uniform(0, 5, len(LONGER))
    return scores, dict(zip(LONGER, losses.tolist(), strict=True)), share


@pruning.probe(part="pieces")
def three_quarters_stay(rng):
    return Call(*_arguments(rng, 0.75))


@pruning.probe(part="pieces")
def six_tenths_stay(rng):
    return Call(*_arguments(rng, 0.6))


@pruning.probe(part="characters")
def hardly_room_for_the_characters(rng):
    return Call(*_arguments(rng, 0.2))


@pruning.promise(
    part="pieces",
    letters=OneOf(*ALPHABETS),
    longer=Sizes(0, 12),
    share=OneOf(0.0, 0.5, 0.9, 1.0),
)
def any_model(rng, letters, longer, share):
    characters = list(letters[:4])
    drawn = (drawn_word(rng, characters, rng.integers(2, 6)) for _ in range(longer))
    names = rng.permutation([*characters, *dict.fromkeys(drawn)]).tolist()
    losses = {name: float(rng.uniform(0, 50)) for name in names if len(name) > 1}
    return Call({name: -float(rng.uniform(1, 9)) for name in names}, losses, share)


@pruning.promise(part="characters", longer=Sizes(2, 7), room=OneOf(0, 1))
def room_for_one_or_none(rng, longer, room):
    """The characters fill what may stay, to the last place or the last but one."""
    names = CHARACTERS + LONGER[:longer]
    scores = {name: -float(rng.uniform(1, 9)) for name in names}
    losses = {name: float(rng.uniform(0, 50)) for name in LONGER[:longer]}
    return Call(scores, losses, (len(CHARACTERS) + room + 0.5) / len(names))


def _count(scores, share):
    return int(share * len(scores))


def _kept(scores, losses, room, most=True):
    characters = [piece for piece in scores if len(piece) == 1]
    longer = sorted(losses, key=losses.get, reverse=most)
    return characters + longer[: max(0, room)]


def _scaled(scores, kept):
    total = math.log(sum(math.exp(scores[piece]) for piece in kept))
    return {piece: scores[piece] - total for piece in kept}


@pruning.misconception
def useless_pieces_kept(scores, losses, share):
    room = _count(scores, share) - len(CHARACTERS)
    return _scaled(scores, _kept(scores, losses, room, most=False))


@pruning.misconception
def likeliest_kept(scores, losses, share):
    room = _count(scores, share) - len(CHARACTERS)
    return _scaled(scores, _kept(scores, {p: scores[p] for p in losses}, room))


@pruning.misconception
def characters_may_go(scores, losses, share):
    order = sorted(scores, key=lambda piece: losses.get(piece, 0.0), reverse=True)
    return _scaled(scores, order[: _count(scores, share)])


@pruning.misconception
def share_of_the_longer_ones(scores, losses, share):
    return _scaled(scores, _kept(scores, losses, int(share * len(losses))))


@pruning.misconception
def characters_not_counted(scores, losses, share):
    return _scaled(scores, _kept(scores, losses, _count(scores, share)))


@pruning.misconception
def that_share_taken_away(scores, losses, share):
    room = len(losses) - _count(scores, share)
    return _scaled(scores, _kept(scores, losses, room))


@pruning.misconception
def not_scaled(scores, losses, share):
    room = _count(scores, share) - len(CHARACTERS)
    return {piece: scores[piece] for piece in _kept(scores, losses, room)}


@pruning.misconception
def logarithms_scaled(scores, losses, share):
    kept = _kept(scores, losses, _count(scores, share) - len(CHARACTERS))
    total = sum(scores[piece] for piece in kept)
    return {piece: scores[piece] / total for piece in kept}


@pruning.misconception
def room_below_nothing(scores, losses, share):
    characters = [piece for piece in scores if len(piece) == 1]
    longer = sorted(losses, key=losses.get, reverse=True)
    room = _count(scores, share) - len(characters)
    return _scaled(scores, characters + longer[:room])


@pruning.alternative
def infinite_losses(scores, losses, share):
    worth = {piece: losses.get(piece, math.inf) for piece in scores}
    count = max(int(share * len(scores)), sum(len(piece) == 1 for piece in scores))
    kept = sorted(scores, key=lambda piece: -worth[piece])[:count]
    probability = {piece: math.exp(scores[piece]) for piece in kept}
    total = sum(probability.values())
    return {piece: math.log(p / total) for piece, p in probability.items()}


@pruning.alternative
def one_after_another(scores, losses, share):
    kept, left = dict(scores), dict(losses)
    while len(kept) > int(share * len(scores)) and left:
        piece = min(left, key=left.get)
        del kept[piece], left[piece]
    total = np.log(np.exp(list(kept.values())).sum())
    return {piece: score - total for piece, score in kept.items()}


@pruning.alternative
def with_a_threshold(scores, losses, share):
    characters = {piece for piece in scores if len(piece) == 1}
    room = int(share * len(scores)) - len(characters)
    lowest = sorted(losses.values())[-room] if room > 0 else math.inf
    kept = {p: s for p, s in scores.items() if p in characters or losses[p] >= lowest}
    total = np.logaddexp.reduce(list(kept.values()))
    return {piece: float(score - total) for piece, score in kept.items()}
