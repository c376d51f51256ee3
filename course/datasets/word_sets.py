"""Sets of English words for association tests, eight a set.

After the tests of https://arxiv.org/abs/1608.07187, with words that a small vocabulary
has as single tokens.
"""

WORD_SETS: dict[str, tuple[str, ...]] = {
    name: tuple(words.split())
    for name, words in {
        "flowers": "rose lily daisy lotus orchid violet iris clover",
        "insects": "bee wasp ant spider beetle fly mosquito moth",
        "instruments": "piano guitar violin flute cello harp trumpet drum",
        "weapons": "gun rifle sword pistol knife bomb missile spear",
        "pleasant": "love peace wonderful pleasure friend laughter happy joy",
        "unpleasant": "agony terrible horrible nasty evil war awful failure",
        "career": "executive management professional office salary business career "
        "manager",
        "family": "home parents children family cousins marriage wedding relatives",
        "science": "science technology physics chemistry experiment astronomy "
        "laboratory theory",
        "arts": "poetry art dance literature novel symphony drama sculpture",
        "he": "he man boy brother father son uncle husband",
        "she": "she woman girl sister mother daughter aunt wife",
        "john": "john paul mike kevin steve greg jeff bill",
        "mary": "amy joan lisa sarah diana kate ann donna",
    }.items()
}

# (name, targets x, y, attributes a, b): the direction was asked before looking.
TESTS = (
    ("flowers", "insects", "pleasant", "unpleasant"),
    ("instruments", "weapons", "pleasant", "unpleasant"),
    ("career", "family", "he", "she"),
    ("science", "arts", "he", "she"),
    ("career", "family", "john", "mary"),
)
