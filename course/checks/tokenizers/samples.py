"""What the exercises of this unit are asked about: made-up words, renamed each time."""

UNIT = "06_tokenizers"
PAIRS = "https://arxiv.org/abs/1508.07909"
WORD_PIECES = "https://arxiv.org/abs/1609.08144"

LETTERS = "abcdefghijklmnopqrstuvwxyzáéíñóúü"
# What a text may be made of. An answer that looks for a-z, for letters and digits or
# for ASCII, or that folds what it should only lower, loses some of it.
ALPHABETS = (
    "bdfgkmz",
    "áéíñóúüç",
    "ßſŉǰﬁﬀ",
    "',-.!?¿&",
    "0123456789",
    "🦔🐢🌍🎈🍀🌵",
    "語жβ서عñ",
)


def renamed(rng, tree, plain="abcdef", letters=LETTERS):
    """The same words in other random letters.

    Letters keep their order, so that what is first in the alphabet stays first: every
    tie and every trap of a hand-made example is there whatever is drawn.

    Args:
        rng: Draws the letters.
        tree: Strings in lists, tuples and dicts (keys and values).
        plain: The letters of `tree` that are replaced; others stay.
        letters: What is drawn from.
    """
    drawn = sorted(rng.choice(list(letters), size=len(plain), replace=False))
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


def _few(rng, letters):
    """Three of the letters; the first is always among them."""
    return [letters[0], *rng.choice(list(letters[1:]), size=2)]


def drawn_word(rng, letters, length):
    """A word of a few of these letters: some come again and again."""
    return "".join(rng.choice(_few(rng, letters), size=length))


def drawn_pieces(rng, letters, count, longest=3):
    """Pieces of one to a few letters, some of them alike."""
    few = _few(rng, letters)
    sizes = rng.integers(1, longest + 1, size=max(2, count // 2))
    kinds = ["".join(rng.choice(few, size=size)) for size in sizes]
    return rng.choice(kinds, size=count).tolist()


def counted_words(rng, letters, words, pieces, count):
    """[(pieces, count)]; the first word has exactly as many pieces and this count."""
    sizes = [pieces, *rng.integers(1, pieces + 1, size=words)]
    counts = [count, *rng.integers(1, 40, size=words).tolist()]
    cut_words = [drawn_pieces(rng, letters, int(size), 2) for size in sizes]
    return list(zip(cut_words, counts))[:words]
