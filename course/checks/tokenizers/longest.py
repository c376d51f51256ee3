"""WordPiece: the longest piece that fits, again and again."""

from course.checks.tokenizers.samples import ALPHABETS, UNIT, WORD_PIECES, renamed
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import longest_match

longest = Exercise(
    "tokenizers.longest_match",
    unit=UNIT,
    answer="longest_match",
    reference=longest_match,
    parts={"pieces": 2, "greedy": 1, "unknown": 2, "too_long": 1},
    returns={"pieces": ("piece",)},
    forbidden=(
        "course.pieces.longest_match",
        "transformer_tf.text.WordPiece",
        "transformer_tf.text.Tokenizer",
    ),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=15,
    paper=WORD_PIECES,
)

PIECES = [
    *("[UNK]", "a", "ab", "abc", "b", "c", "d", "da"),
    *("##a", "##b", "##bc", "##c", "##d", "##cde", "##cdef", "##ef"),
]


def _case(rng, word, *arguments, **named):
    word, pieces = renamed(rng, (word, PIECES))
    return Call(word, dict(zip(pieces, range(len(pieces)))), *arguments, **named)


@longest.probe(part="pieces")
def several_pieces(rng):
    return _case(rng, "dabccdefa")


@longest.probe(part="pieces")
def one_piece(rng):
    return _case(rng, "abc")


@longest.probe(part="greedy")
def longest_is_not_fewest(rng):
    return _case(rng, "abcdef")


@longest.probe(part="greedy")
def greed_does_not_turn_back(rng):
    return _case(rng, "abcde")


@longest.probe(part="unknown")
def nothing_fits_inside(rng):
    return _case(rng, "abcfda")


@longest.probe(part="unknown")
def nothing_fits_at_the_start(rng):
    return _case(rng, "efab", unknown="<unk>")


@longest.probe(part="unknown")
def nothing_fits_at_the_end(rng):
    return _case(rng, "dabe")


@longest.probe(part="too_long")
def one_too_many(rng):
    return _case(rng, "abcda", max_length=4)


@longest.probe(part="too_long")
def just_short_enough(rng):
    return _case(rng, "abcda", max_length=5)


@longest.promise(
    part="pieces",
    letters=OneOf(*ALPHABETS),
    longest_piece=OneOf(1, 4, 12),
    pieces=Sizes(1, 7),
    room=OneOf(0, 1, 80),
)
def any_word(rng, letters, longest_piece, pieces, room):
    """The vocabulary has the word's own pieces and others that begin like them."""
    letters = letters[:3]
    sizes = rng.integers(1, longest_piece + 1, size=pieces)
    sizes[rng.integers(pieces)] = longest_piece
    own = ["".join(rng.choice(list(letters), size=size)) for size in sizes]
    shorter = [piece[: rng.integers(1, len(piece) + 1)] for piece in own]
    marked = [f"##{piece}" for piece in (*own, *shorter, *letters)]
    entries = list(dict.fromkeys(["[UNK]", own[0], shorter[0], *marked]))
    word = "".join(own)
    vocabulary = {entry: number for number, entry in enumerate(entries)}
    return Call(word, vocabulary, max_length=len(word) + room)


@longest.promise(
    part="unknown", letters=OneOf(*ALPHABETS), length=Sizes(1, 14), known=Sizes(0, 9)
)
def any_vocabulary(rng, letters, length, known):
    """A vocabulary that may lack what the word needs."""
    letters = list(letters[:3])
    drawn = [
        "".join(rng.choice(letters, size=rng.integers(1, 4))) for _ in range(known)
    ]
    marks = rng.choice(["", "##"], size=known)
    entries = dict.fromkeys(["[UNK]", *(f"{m}{p}" for m, p in zip(marks, drawn))])
    word = "".join(rng.choice(letters, size=length))
    return Call(word, {entry: number for number, entry in enumerate(entries)})


@longest.promise(part="too_long", length=OneOf(99, 100, 101))
def the_usual_limit(rng, length):
    word, pieces = "a" * length, ["[UNK]", "a", "##a", "##aa"]
    return Call(word, dict(zip(pieces, range(len(pieces)))))


def _cut(word, known, ends=lambda start, size: range(size, start, -1)):
    """Pieces without marks and how far they reach; `known(start, text)` tells."""
    pieces, start = [], 0
    while start < len(word):
        found = (e for e in ends(start, len(word)) if known(start, word[start:e]))
        end = next(found, None)
        if end is None:
            break
        pieces.append(word[start:end])
        start = end
    return pieces, start


def _marked(pieces):
    return [("##" if place else "") + piece for place, piece in enumerate(pieces)]


def _known(vocabulary):
    return lambda start, text: ("##" if start else "") + text in vocabulary


def _whole(word, vocabulary, unknown, max_length, **how):
    """The rule with one step changed."""
    if len(word) > max_length:
        return [unknown]
    pieces, start = _cut(word, _known(vocabulary), **how)
    return _marked(pieces) if start == len(word) else [unknown]


@longest.misconception
def marks_forgotten(word, vocabulary, unknown="[UNK]", max_length=100):
    if len(word) > max_length:
        return [unknown]
    pieces, start = _cut(word, lambda start, text: text in vocabulary)
    return pieces if start == len(word) else [unknown]


@longest.misconception
def marks_dropped(word, vocabulary, unknown="[UNK]", max_length=100):
    pieces = _whole(word, vocabulary, unknown, max_length)
    return [piece.removeprefix("##") for piece in pieces]


@longest.misconception
def shortest_first(word, vocabulary, unknown="[UNK]", max_length=100):
    return _whole(
        word,
        vocabulary,
        unknown,
        max_length,
        ends=lambda start, size: range(start + 1, size + 1),
    )


@longest.misconception
def pieces_before_unknown_kept(word, vocabulary, unknown="[UNK]", max_length=100):
    if len(word) > max_length:
        return [unknown]
    pieces, start = _cut(word, _known(vocabulary))
    return _marked(pieces) + [unknown] * (start < len(word))


@longest.misconception
def unknown_letter_by_letter(word, vocabulary, unknown="[UNK]", max_length=100):
    if len(word) > max_length:
        return [unknown]
    pieces, start = [], 0
    while start < len(word):
        known = lambda _, text, at=start: _known(vocabulary)(at, text)  # noqa: E731
        end = next(
            (e for e in range(len(word), start, -1) if known(0, word[start:e])), None
        )
        mark = "##" if start else ""
        pieces.append(unknown if end is None else mark + word[start:end])
        start = start + 1 if end is None else end
    return pieces


@longest.misconception
def too_long_ignored(word, vocabulary, unknown="[UNK]", max_length=100):
    return _whole(word, vocabulary, unknown, len(word))


@longest.misconception
def longest_allowed_refused(word, vocabulary, unknown="[UNK]", max_length=100):
    return _whole(word, vocabulary, unknown, max_length - 1)


@longest.misconception
def cut_off_at_max_length(word, vocabulary, unknown="[UNK]", max_length=100):
    return _whole(word[:max_length], vocabulary, unknown, max_length)


@longest.misconception
def turned_back(word, vocabulary, unknown="[UNK]", max_length=100):
    def cut(start):
        if start == len(word):
            return []
        for end in range(len(word), start, -1):
            if _known(vocabulary)(start, word[start:end]):
                rest = cut(end)
                if rest is not None:
                    return [word[start:end], *rest]
        return None

    pieces = cut(0) if len(word) <= max_length else None
    return [unknown] if pieces is None else _marked(pieces)


@longest.misconception
def fewest_pieces(word, vocabulary, unknown="[UNK]", max_length=100):
    best = {0: []}
    for end in range(1, len(word) + 1):
        cuts = [
            [*best[start], word[start:end]]
            for start in range(end)
            if start in best and _known(vocabulary)(start, word[start:end])
        ]
        if cuts:
            best[end] = min(cuts, key=len)
    if len(word) > max_length or len(word) not in best:
        return [unknown]
    return _marked(best[len(word)])


@longest.misconception
def ids_for_pieces(word, vocabulary, unknown="[UNK]", max_length=100):
    pieces = _whole(word, vocabulary, unknown, max_length)
    return [vocabulary.get(piece, 0) for piece in pieces]


@longest.misconception
def unknown_taken_for_granted(word, vocabulary, unknown="[UNK]", max_length=100):
    return _whole(word, vocabulary, "[UNK]", max_length)


@longest.alternative
def shrinking(word, vocabulary, unknown="[UNK]", max_length=100):
    if len(word) > max_length:
        return [unknown]
    pieces, rest = [], word
    while rest:
        piece = rest
        mark = "##" if pieces else ""
        while piece and mark + piece not in vocabulary:
            piece = piece[:-1]
        if not piece:
            return [unknown]
        pieces.append(mark + piece)
        rest = rest[len(piece) :]
    return pieces


@longest.alternative
def by_length(word, vocabulary, unknown="[UNK]", max_length=100):
    inner = {p[2:] for p in vocabulary if p.startswith("##")}
    pieces, start = [], 0
    while start < len(word) <= max_length:
        fitting = [
            p for p in (inner if start else vocabulary) if word.startswith(p, start)
        ]
        if not fitting:
            return [unknown]
        piece = max(fitting, key=len)
        pieces.append("##" + piece if start else piece)
        start += len(piece)
    return pieces if start == len(word) else [unknown]


@longest.alternative
def calling_itself(word, vocabulary, unknown="[UNK]", max_length=100):
    def cut(rest, mark):
        if not rest:
            return []
        for end in range(len(rest), 0, -1):
            if mark + rest[:end] in vocabulary:
                others = cut(rest[end:], "##")
                return None if others is None else [mark + rest[:end], *others]
        return None

    pieces = cut(word, "") if len(word) <= max_length else None
    return [unknown] if pieces is None else pieces
