"""Where each piece stood in the text, before the text was made plain."""

import itertools

from course.checks.encoding.samples import UNIT
from course.checks.tokenizers.samples import ALPHABETS, drawn_word
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import plain


def offsets_of(text, pieces):
    """The place of every piece in the text it came from.

    Args:
        text: A string, as somebody wrote it: capitals, accents, spaces.
        pieces: List of WordPiece tokens without special ones. `##` marks those that
            continue a word. Without the marks, and put one after another, they are
            the text without white space, every character c of it as `plain(c)`.

    Returns:
        List of (start, end), one a piece: text[start:end] runs from the character that
        the piece begins with to the one that it ends with.
    """
    sources = [
        place
        for place, character in enumerate(text)
        if not character.isspace()
        for _ in plain(character)
    ]
    offsets, at = [], 0
    for piece in pieces:
        length = len(piece.removeprefix("##"))
        offsets.append((sources[at], sources[at + length - 1] + 1))
        at += length
    return offsets


offsets = Exercise(
    "encoding.offsets_of",
    unit=UNIT,
    answer="offsets_of",
    reference=offsets_of,
    parts={"pieces": 2, "spaces": 1, "vanished": 2, "split": 1},
    returns={"offsets": ("piece",)},
    forbidden=(f"{__name__}.offsets_of",),
    stands_on=("course.pieces.characters",),
    hints=4,
    difficulty=4,
    importance=3,
    minutes=20,
    paper="https://unicode.org/reports/tr15/",
)

ACUTE, TILDE = "\u0301", "\u0303"  # accents that are characters of their own


def _cut(rng, words):
    """Each word, made plain, in two pieces or three."""
    pieces = []
    for word in words:
        letters = "".join(map(plain, word))
        gaps = rng.choice(range(1, len(letters)), size=2, replace=False)
        bounds = [0, *sorted(int(gap) for gap in gaps), len(letters)]
        parts = [letters[a:b] for a, b in itertools.pairwise(bounds)]
        pieces += [parts[0], *(f"##{part}" for part in parts[1:])]
    return pieces


@offsets.probe(part="pieces")
def words_that_come_again(rng):
    words = ["Banana", "Ananas", "banana"]
    return Call(" ".join(words), _cut(rng, words))


@offsets.probe(part="pieces")
def words_of_one_piece(rng):
    words = rng.permutation(["Sea", "see", "SEA", "as"]).tolist()
    return Call(" ".join(words), [word.lower() for word in words])


@offsets.probe(part="spaces")
def white_space_of_every_kind(rng):
    words = rng.permutation(["Black", "Fjord", "quits"]).tolist()  # no letter twice
    gaps = rng.permutation(["   ", "\t\n"]).tolist()
    text = f"  {words[0]}{gaps[0]}{words[1]}{gaps[1]}{words[2]} "
    return Call(text, _cut(rng, words))


@offsets.probe(part="vanished")
def accents_that_vanish(rng):
    words = [f"Acio{ACUTE}n", f"man{TILDE}ana", "después"]
    words = rng.permutation(words).tolist()
    return Call(" ".join(words), _cut(rng, words))


@offsets.probe(part="split")
def one_character_becomes_several(rng):
    words = rng.permutation(["서울", "도쿄", "파리"]).tolist()  # no letter twice
    return Call(" ".join(words), _cut(rng, words))


@offsets.promise(
    part="pieces",
    letters=OneOf(*ALPHABETS),
    words=Sizes(0, 5),
    between=OneOf(" ", "  ", "\t\n"),
)
def any_text(rng, letters, words, between):
    drawn = [drawn_word(rng, letters, rng.integers(3, 7)) for _ in range(words)]
    drawn = [word.capitalize() for word in drawn]
    return Call(between.join(drawn), _cut(rng, drawn))


def _lengths(pieces):
    return [len(piece.removeprefix("##")) for piece in pieces]


def _sources(text, spaces=False):
    return [
        place
        for place, character in enumerate(text)
        if spaces or not character.isspace()
        for _ in plain(character)
    ]


def _taken(sources, lengths, end=1):
    """Each piece's part of the sources; past their end the last one counts."""
    found, at = [], 0
    for length in lengths:
        first, last = (min(p, len(sources) - 1) for p in (at, at + length - 1))
        found.append((sources[first], sources[last] + end))
        at += length
    return found


@offsets.misconception
def end_included(text, pieces):
    return _taken(_sources(text), _lengths(pieces), end=0)


@offsets.misconception
def lengths_for_ends(text, pieces):
    places = _taken(_sources(text), _lengths(pieces))
    return [(start, end - start) for start, end in places]


@offsets.misconception
def marks_counted(text, pieces):
    return _taken(_sources(text), list(map(len, pieces)))


@offsets.misconception
def spaces_not_counted(text, pieces):
    together = "".join(text.split())
    return _taken(_sources(together), _lengths(pieces))


@offsets.misconception
def spaces_taken_for_letters(text, pieces):
    return _taken(_sources(text, spaces=True), _lengths(pieces))


@offsets.misconception
def places_in_the_plain_text(text, pieces):
    simple = "".join(map(plain, text))
    found, at = [], 0
    for piece in pieces:
        bare = piece.removeprefix("##")
        at = simple.index(bare, at)
        found.append((at, at + len(bare)))
        at += len(bare)
    return found


@offsets.misconception
def always_the_first_place(text, pieces):
    simple = "".join(map(plain, text))
    sources = _sources(text, spaces=True)
    found = []
    for piece in pieces:
        bare = piece.removeprefix("##")
        at = simple.index(bare)
        found.append((sources[at], sources[at + len(bare) - 1] + 1))
    return found


@offsets.misconception
def one_character_each(text, pieces):
    sources = [place for place, c in enumerate(text) if not c.isspace()]
    return _taken(sources, _lengths(pieces))


@offsets.misconception
def places_of_whole_words(text, pieces):
    words, found, at = [], [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        words.append((start, at))
    number = -1
    for piece in pieces:
        number += not piece.startswith("##")
        found.append(words[number])
    return found


@offsets.alternative
def one_character_after_another(text, pieces):
    waiting = [
        (c, place)
        for place, character in enumerate(text)
        if not character.isspace()
        for c in plain(character)
    ][::-1]
    found = []
    for piece in pieces:
        bare = piece[2:] if piece.startswith("##") else piece
        places = [waiting.pop()[1] for _ in bare]
        found.append((places[0], places[-1] + 1))
    return found


@offsets.alternative
def with_bounds(text, pieces):
    sources = _sources(text)
    bounds = [0, *itertools.accumulate(_lengths(pieces))]
    return [
        [sources[start], sources[end - 1] + 1]
        for start, end in itertools.pairwise(bounds)
    ]


@offsets.alternative
def searching_forwards(text, pieces):
    simple, sources = "", []
    for place, character in enumerate(text):
        for c in plain(character):
            simple += c
            sources.append(place)
    found, at = [], 0
    for piece in pieces:
        bare = piece.removeprefix("##")
        at = simple.index(bare, at)
        found.append((sources[at], sources[at + len(bare) - 1] + 1))
        at += len(bare)
    return found
