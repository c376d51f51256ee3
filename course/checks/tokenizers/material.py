"""What the exercises of this unit are asked about: made-up words, renamed each time."""

UNIT = "06_tokenizers"
PAIRS = "https://arxiv.org/abs/1508.07909"
WORD_PIECES = "https://arxiv.org/abs/1609.08144"

LETTERS = "abcdefghijklmnopqrstuvwxyzáéíñóúü"


def renamed(rng, tree, plain="abcdef"):
    """The same words in other letters, drawn anew.

    Letters keep their order, so that what is first in the alphabet stays first: every
    tie and every trap of a hand-made example is there whatever is drawn.

    Args:
        rng: Draws the letters.
        tree: Strings in lists, tuples and dicts (keys and values).
        plain: The letters of `tree` that are replaced; others stay.
    """
    drawn = sorted(rng.choice(list(LETTERS), size=len(plain), replace=False))
    table = str.maketrans(plain, "".join(drawn))

    def rename(item):
        if isinstance(item, str):
            return item.translate(table)
        if isinstance(item, dict):
            return {rename(key): rename(value) for key, value in item.items()}
        if isinstance(item, list | tuple):
            return type(item)(rename(part) for part in item)
        return item

    return rename(tree)


def cut(*words):
    """[("ab c", 3), ...] -> [(["ab", "c"], 3), ...]: words as lists of pieces."""
    return [(pieces.split(), count) for pieces, count in words]
