"""WordPiece's pieces regrouped into words."""

from course.checks.encoding.samples import BERT, UNIT
from course.checks.tokenizers.samples import ALPHABETS, drawn_word
from course.examination import Call, Exercise, OneOf, Sizes


def words_of(pieces, special):
    """The words that some pieces make up, and which of them each piece belongs to.

    Args:
        pieces: List of WordPiece tokens. `##` at the beginning of one says that it
            continues the word before. (The rest may have more of them: `###` is a `#`
            that continues a word.)
        special: List of the special tokens, which belong to no word.

    Returns:
        words: List of strings, without the marks.
        word_of: For each piece the number of its word, counting from 0, or None. A
            piece with a mark begins a word where there is none to be continued: at
            the beginning of the text, and after a special token.
    """
    words, word_of = [], []
    open_word = False
    for piece in pieces:
        if piece in special:
            word_of.append(None)
            open_word = False
            continue
        if piece.startswith("##") and open_word:
            words[-1] += piece.removeprefix("##")
        else:
            words.append(piece.removeprefix("##"))
        word_of.append(len(words) - 1)
        open_word = True
    return words, word_of


words = Exercise(
    "encoding.words_of",
    unit=UNIT,
    answer="words_of",
    reference=words_of,
    parts={"words": 2, "special": 1, "hashes": 1, "window": 1},
    returns={"words": ("word",), "word_of": ("piece",)},
    forbidden=(f"{__name__}.words_of",),
    hints=4,
    difficulty=3,
    importance=3,
    minutes=15,
    paper=BERT,
)

SPECIAL = ["[CLS]", "[SEP]"]
BEGINNINGS = "play un token wind trans high over re".split()
ENDINGS = "##ing ##ed ##ation ##s ##form ##er ##able ##ly".split()


def _pieces(rng, pattern):
    """Beginnings for "b", endings for "e", the special tokens for "[" and "]"."""
    beginnings = iter(rng.permutation(BEGINNINGS).tolist())
    endings = iter(rng.permutation(ENDINGS).tolist())
    places = {"[": lambda: "[CLS]", "]": lambda: "[SEP]"}
    places |= {"b": lambda: next(beginnings), "e": lambda: next(endings)}
    return [places[place]() for place in pattern]


@words.probe(part="words")
def words_of_several_pieces(rng):
    return Call(_pieces(rng, "bebbeebe"), SPECIAL)


@words.probe(part="words")
def one_long_word(rng):
    return Call(_pieces(rng, "beeebb"), SPECIAL)


@words.probe(part="special")
def two_texts_with_special_tokens(rng):
    return Call(_pieces(rng, "[bebe]bbe]"), SPECIAL)


@words.probe(part="hashes")
def marks_that_are_text(rng):
    return Call([*_pieces(rng, "be"), "C", "###", "b", "####", "5"], SPECIAL)


@words.probe(part="window")
def beginning_within_a_word(rng):
    return Call(_pieces(rng, "[ebe]ee]"), SPECIAL)


@words.probe(part="window")
def without_special_tokens(rng):
    return Call(_pieces(rng, "eebb"), SPECIAL)


@words.promise(
    part="words", letters=OneOf(*ALPHABETS), count=Sizes(0, 14), special=Sizes(0, 5)
)
def any_pieces(rng, letters, count, special):
    """Pieces with and without marks, anywhere among the special tokens."""
    tokens = [f"[{letter}]" for letter in letters[:special]]
    drawn = (drawn_word(rng, letters, rng.integers(1, 4)) for _ in range(count))
    pieces = [rng.choice(["", "##"]) + piece for piece in drawn]
    kept = (str(rng.choice([p, *tokens])) if rng.random() < 0.3 else p for p in pieces)
    return Call([str(piece) for piece in kept], tokens)


def _grouped(pieces, special, clean, joiner="", first=0):
    """As asked, with other marks taken away, other joints, or other first numbers."""
    found, word_of, is_open = [], [], False
    for piece in pieces:
        if piece in special:
            word_of.append(None)
            is_open = False
            continue
        if piece.startswith("##") and is_open:
            found[-1] += joiner + clean(piece)
        else:
            found.append(clean(piece))
        word_of.append(len(found) - 1 + first)
        is_open = True
    return found, word_of


def _bare(piece):
    return piece.removeprefix("##")


@words.misconception
def marks_kept(pieces, special):
    return _grouped(pieces, special, lambda piece: piece)


@words.misconception
def all_hashes_stripped(pieces, special):
    return _grouped(pieces, special, lambda piece: piece.lstrip("#"))


@words.misconception
def spaces_within_words(pieces, special):
    return _grouped(pieces, special, _bare, joiner=" ")


@words.misconception
def counted_from_one(pieces, special):
    return _grouped(pieces, special, _bare, first=1)


@words.misconception
def special_tokens_are_words(pieces, special):
    return _grouped(pieces, [], _bare)


@words.misconception
def special_tokens_counted(pieces, special):
    found, everything = _grouped(pieces, special, _bare)[0], _grouped(pieces, [], _bare)
    numbers = [
        None if piece in special else number
        for piece, number in zip(pieces, everything[1], strict=True)
    ]
    return found, numbers


@words.misconception
def special_tokens_left_out(pieces, special):
    found, numbers = _grouped(pieces, special, _bare)
    return found, [number for number in numbers if number is not None]


@words.misconception
def every_piece_a_word(pieces, special):
    found = [_bare(piece) for piece in pieces if piece not in special]
    numbers = iter(range(len(found)))
    return found, [None if piece in special else next(numbers) for piece in pieces]


@words.misconception
def joined_across_special_tokens(pieces, special):
    found, word_of = [], []
    for piece in pieces:
        if piece in special:
            word_of.append(None)
            continue
        if piece.startswith("##") and found:
            found[-1] += _bare(piece)
        else:
            found.append(_bare(piece))
        word_of.append(len(found) - 1)
    return found, word_of


@words.misconception
def beginnings_only(pieces, special):
    found, word_of = [], []
    for piece in pieces:
        if piece in special:
            word_of.append(None)
            continue
        if not piece.startswith("##"):
            found.append(piece)
        word_of.append(len(found) - 1)
    return found, word_of


@words.alternative
def with_indices(pieces, special):
    word_of, count = [], 0
    for place, piece in enumerate(pieces):
        if piece in special:
            word_of.append(None)
            continue
        follows = place > 0 and pieces[place - 1] not in special
        if not (follows and piece[:2] == "##"):
            count += 1
        word_of.append(count - 1)
    found = [
        "".join(_bare(p) for p, w in zip(pieces, word_of, strict=True) if w == number)
        for number in range(count)
    ]
    return found, word_of


@words.alternative
def with_lists_of_pieces(pieces, special):
    groups, word_of, last = [], [], "[CLS]"
    for piece in pieces:
        if piece not in special:
            if not piece.startswith("##") or last in [*special, "[CLS]"]:
                groups.append([])
            groups[-1].append(piece[2:] if piece.startswith("##") else piece)
        word_of.append(None if piece in special else len(groups) - 1)
        last = piece
    return ["".join(group) for group in groups], word_of


@words.alternative
def with_a_dictionary(pieces, special):
    found, word_of, current = {}, [], None
    for piece in pieces:
        if piece in special:
            current = None
        elif current is None or not piece.startswith("##"):
            current = len(found)
            found[current] = _bare(piece)
        else:
            found[current] += _bare(piece)
        word_of.append(current)
    return list(found.values()), word_of
