"""Grapheme clusters: which characters belong together, as `tokenizers` sees them."""

from itertools import pairwise

from transformer_tf.text.tables import clusters as table
from transformer_tf.text.tables.ranges import parse_ranges

NAMES = (
    "OTHER",
    "CONTROL",
    "EXTEND",
    "SPACING",
    "LINKER",
    "PREPEND",
    "PICTOGRAPH",
    "CONSONANT",
    "LEADING",
    "VOWEL",
    "TRAILING",
    "JOINER",
    "NON_JOINER",
    "OPEN_SYLLABLE",
    "CLOSED_SYLLABLE",
)
KINDS = range(len(NAMES))
(
    OTHER,
    CONTROL,
    EXTEND,
    SPACING,
    LINKER,
    PREPEND,
    PICTOGRAPH,
    CONSONANT,
    LEADING,
    VOWEL,
    TRAILING,
    JOINER,
    NON_JOINER,
    OPEN_SYLLABLE,
    CLOSED_SYLLABLE,
) = KINDS

# A character of these kinds joins whatever is before it, save a control character.
JOINING = frozenset({EXTEND, SPACING, LINKER, JOINER, NON_JOINER})
# Hangul, written sign by sign, joins as syllables do.
HANGUL = frozenset(
    {(LEADING, LEADING), (LEADING, VOWEL), (VOWEL, VOWEL), (VOWEL, TRAILING)}
    | {(LEADING, OPEN_SYLLABLE), (LEADING, CLOSED_SYLLABLE), (TRAILING, TRAILING)}
    | {(OPEN_SYLLABLE, VOWEL), (OPEN_SYLLABLE, TRAILING), (CLOSED_SYLLABLE, TRAILING)}
)
# Pairs of kinds (before, after) that belong together, whatever is around them.
PAIRS = HANGUL | frozenset(
    (before, after)
    for before in KINDS
    for after in KINDS
    if (after in JOINING and before != CONTROL)
    or (before == PREPEND and after != CONTROL)
)


def kinds_by_code():
    """{code point: kind}, without those of kind OTHER."""
    kinds = {0x200C: NON_JOINER, 0x200D: JOINER}
    for kind in range(CONTROL, JOINER):
        for first, last in parse_ranges(getattr(table, NAMES[kind])):
            kinds.update(dict.fromkeys(range(first, last + 1), kind))
    for code in range(0xAC00, 0xAC00 + 11172):
        is_open = (code - 0xAC00) % 28 == 0
        kinds[code] = OPEN_SYLLABLE if is_open else CLOSED_SYLLABLE
    return kinds


_KIND = {chr(code): kind for code, kind in kinds_by_code().items()}


def clusters(text):
    """The grapheme clusters of a text.

    Flags (pairs of regional indicators) count as two clusters: nothing here needs
    clusters of more than five bytes, and a flag has eight.

    Args:
        text: A string.

    Returns:
        spans: List of (start, end), one a cluster, in order, without gaps.

    Source: Unicode Standard Annex 29, rules GB3 to GB11.
    """
    cuts = [0]
    before = CONTROL
    is_pictograph = joins_pictograph = is_consonant = joins_consonant = False
    for place, character in enumerate(text):
        kind = _KIND.get(character, OTHER)
        joined = (
            (before, kind) in PAIRS
            or (kind == PICTOGRAPH and joins_pictograph)
            or (kind == CONSONANT and joins_consonant)
            or (character == "\n" and text[place - 1 : place] == "\r")
        )
        if place and not joined:
            cuts.append(place)
        joins_pictograph = kind == JOINER and is_pictograph
        is_pictograph = kind == PICTOGRAPH or (
            is_pictograph and kind in (EXTEND, LINKER, NON_JOINER)
        )
        keeps = is_consonant and kind in (EXTEND, LINKER, JOINER)
        joins_consonant = keeps and (joins_consonant or kind == LINKER)
        is_consonant = kind == CONSONANT or keeps
        before = kind
    return list(pairwise([*cuts, len(text)])) if text else []
