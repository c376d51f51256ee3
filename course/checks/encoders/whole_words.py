"""encoders.whole_words: all the pieces of a word are chosen, or none."""

import itertools

import numpy as np

from course.checks.encoders.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def choose_whole_words(words, draws, rate=0.15):
    """Chooses words, each with all its pieces.

    Args:
        words: List of integers, one a token: the number of its word. Neighbours of one
            number are the pieces of one word. None for a special token. After one,
            numbers may begin again: [None, 0, 0, 1, None, 0, None] is three words.
        draws: List of floats in [0, 1), one a token. The draw of its **first** piece
            decides about a word: it is chosen if that is below `rate`.
        rate: The share of words to choose, from 0 to 1.

    Returns:
        List of booleans, one a token: True for every piece of a chosen word. Special
        tokens are never chosen.
    """
    chosen = []
    for place, word in enumerate(words):
        if word is None:
            chosen.append(False)
        elif place and words[place - 1] == word:
            chosen.append(chosen[-1])
        else:
            chosen.append(draws[place] < rate)
    return chosen


exercise = Exercise(
    "encoders.whole_words",
    unit=UNIT,
    answer="choose_whole_words",
    reference=choose_whole_words,
    parts={"words": 3, "special": 1, "pair": 1, "rate": 1},
    returns={"chosen": ("token",)},
    forbidden=(
        f"{__name__}.choose_whole_words",
        "transformer_tf.objectives.mask_tokens",
    ),
    hints=4,
    difficulty=2,
    importance=3,
    minutes=12,
    paper="https://arxiv.org/abs/1906.08101",
)

RATE = 0.4
# Which pieces of a word have a draw below the rate: every pattern of up to three.
PATTERNS = [p for n in (1, 2, 3) for p in itertools.product((True, False), repeat=n)]


def _draws(rng, below):
    low = rng.uniform(0, 0.9 * RATE, size=len(below))
    high = rng.uniform(1.1 * RATE, 1, size=len(below))
    return np.where(below, low, high).tolist()


def _text(rng, *texts, first=0):
    """Texts of patterns, each a word, between special tokens that are drawn low."""
    words: list[int | None] = [None]
    below = [True]
    for patterns in texts:
        for number, pattern in enumerate(patterns, start=first):
            words += [number] * len(pattern)
            below += pattern
        words.append(None)
        below.append(True)
    return Call(words, _draws(rng, below), RATE)


@exercise.probe(part="words")
def every_pattern(rng):
    return _text(rng, [PATTERNS[n] for n in rng.permutation(len(PATTERNS))])


@exercise.probe(part="words")
def numbers_from_anywhere(rng):
    order = rng.permutation(len(PATTERNS))
    return _text(rng, [PATTERNS[n] for n in order], first=300)


@exercise.probe(part="words")
def no_special_tokens_at_the_ends(rng):
    """The last token has the number of the first one, and is another word."""
    below = [True, False, False, True, False]
    return Call([0, 0, 1, None, 0], _draws(rng, below), RATE)


@exercise.probe(part="special")
def last_word_and_specials(rng):
    """The last word is not chosen, the special tokens' draws are low, and once more."""
    patterns = [(True,), (False, True), (True, True, False), (False,)]
    return _text(rng, patterns)


@exercise.probe(part="special")
def specials_beside_a_chosen_word(rng):
    return _text(rng, [(False, True), (True,), (True, False, True)])


@exercise.probe(part="pair")
def a_pair_of_texts(rng):
    """Both texts number their words from 0; the same numbers have other fates."""
    return _text(
        rng,
        [(True, False), (False, True), (True,), (False, False)],
        [(False, True), (True, False), (False,), (True, True)],
    )


@exercise.probe(part="rate")
def the_usual_rate(rng):
    words = [None, 0, 1, 2, 2, 3, None]
    return Call(words, [0.0, 0.1, 0.2, 0.14, 0.9, 0.16, 0.0])


@exercise.promise(
    part="rate",
    rate=OneOf(0.0, 0.5, 1.0),
    tokens=Sizes(0, 12),
    kind=OneOf("words", "mixed", "specials"),
)
def any_text(rng, rate, tokens, kind):
    """Draws in eighths: some are exactly the rate, and those are not chosen."""
    share = {"words": 0.0, "mixed": 0.3, "specials": 1.0}[kind]
    words, number = [], 0
    for _ in range(tokens):
        if rng.random() < share:
            words.append(None)
            number = int(rng.integers(0, 2)) * number
        else:
            words.append(number := number + int(rng.integers(0, 2)))
    return Call(words, (rng.integers(8, size=tokens) / 8).tolist(), rate)


def _starts(words):
    """For each token the place where its word begins; None for a special token."""
    starts = []
    for place, word in enumerate(words):
        if word is None:
            starts.append(None)
        elif place and words[place - 1] == word:
            starts.append(starts[-1])
        else:
            starts.append(place)
    return starts


def _by_word(words, draws, decide):
    """Every token by what is decided from the draws of its word."""
    starts = _starts(words)
    groups = {}
    for place, start in enumerate(starts):
        if start is not None:
            groups.setdefault(start, []).append(draws[place])
    return [start is not None and decide(groups[start]) for start in starts]


@exercise.misconception
def each_piece_by_itself(words, draws, rate=0.15):
    return [w is not None and draw < rate for w, draw in zip(words, draws)]


@exercise.misconception
def only_the_first_piece(words, draws, rate=0.15):
    starts = _starts(words)
    return [start == n and draws[n] < rate for n, start in enumerate(starts)]


@exercise.misconception
def only_the_continuations(words, draws, rate=0.15):
    starts = _starts(words)
    return [
        start not in (None, place) and draws[start] < rate
        for place, start in enumerate(starts)
    ]


@exercise.misconception
def any_piece_drawn(words, draws, rate=0.15):
    return _by_word(words, draws, lambda group: min(group) < rate)


@exercise.misconception
def all_pieces_drawn(words, draws, rate=0.15):
    return _by_word(words, draws, lambda group: max(group) < rate)


@exercise.misconception
def last_piece_decides(words, draws, rate=0.15):
    return _by_word(words, draws, lambda group: group[-1] < rate)


@exercise.misconception
def from_the_drawn_piece_on(words, draws, rate=0.15):
    chosen = []
    for place, word in enumerate(words):
        goes_on = place > 0 and words[place - 1] == word
        before = goes_on and chosen[-1]
        chosen.append(word is not None and (before or draws[place] < rate))
    return chosen


@exercise.misconception
def specials_are_words(words, draws, rate=0.15):
    chosen = []
    for place, word in enumerate(words):
        goes_on = place > 0 and words[place - 1] == word
        chosen.append(chosen[-1] if goes_on else draws[place] < rate)
    return chosen


@exercise.misconception
def same_number_same_word(words, draws, rate=0.15):
    """A dictionary from numbers to fates: of two texts, only the first is asked."""
    fates = {}
    for word, draw in zip(words, draws):
        fates.setdefault(word, draw < rate)
    return [word is not None and fates[word] for word in words]


@exercise.misconception
def last_of_a_number_decides(words, draws, rate=0.15):
    """A dictionary that is overwritten, also by the pieces of one word."""
    fates = {word: draw < rate for word, draw in zip(words, draws)}
    return [word is not None and fates[word] for word in words]


@exercise.misconception
def a_draw_per_number(words, draws, rate=0.15):
    """`draws[word]`: the draw at the place that has the word's number."""
    return [word is not None and draws[word % len(draws)] < rate for word in words]


@exercise.misconception
def places_returned(words, draws, rate=0.15):
    starts = _starts(words)
    return [
        place
        for place, start in enumerate(starts)
        if start is not None and draws[start] < rate
    ]


@exercise.alternative
def by_groups(words, draws, rate=0.15):
    chosen, place = [], 0
    for word, group in itertools.groupby(words):
        size = len(list(group))
        fate = word is not None and draws[place] < rate
        chosen += [fate] * size
        place += size
    return chosen


@exercise.alternative
def by_starts(words, draws, rate=0.15):
    return [start is not None and draws[start] < rate for start in _starts(words)]


@exercise.alternative
def remembering(words, draws, rate=0.15):
    chosen, before, fate = [], None, False
    for word, draw in zip(words, draws):
        if word != before:
            fate = draw < rate
        before = word
        chosen.append(fate if word is not None else False)
    return chosen


@exercise.alternative
def in_numpy(words, draws, rate=0.15):
    if not words:
        return []
    numbers = np.array([-1 if word is None else word for word in words])
    starts = np.concatenate([[True], numbers[1:] != numbers[:-1]])
    first = np.maximum.accumulate(np.where(starts, np.arange(len(words)), 0))
    chosen = (np.array(draws)[first] < rate) & (numbers >= 0)
    return chosen.tolist()


@exercise.alternative
def looking_back(words, draws, rate=0.15):
    def first(place):
        while place and words[place - 1] == words[place]:
            place -= 1
        return place

    return [
        words[place] is not None and draws[first(place)] < rate
        for place in range(len(words))
    ]


@exercise.alternative
def filling_in(words, draws, rate=0.15):
    chosen = [False] * len(words)
    place = 0
    while place < len(words):
        end = place + 1
        while end < len(words) and words[end] == words[place]:
            end += 1
        if words[place] is not None and draws[place] < rate:
            chosen[place:end] = [True] * (end - place)
        place = end
    return chosen
