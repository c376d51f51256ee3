"""Texts to be compared with others: references, and candidates made of them."""

WORDS = (
    "la casa está en el río the house is by a river ß Straße año niño 3 42 , . ¿ ? ! "
    "😀 日本 語 dog cat old new 7 y de -"
).split()


def words(rng, length, few=False):
    """A list of words, some of them several times."""
    known = WORDS[:6] if few else WORDS
    return [known[n] for n in rng.integers(len(known), size=length)]


def changed(rng, text, length=None, rate=0.2):
    """The text with some words exchanged, cut or made longer to a length."""
    length = len(text) if length is None else length
    found = (text * (1 + length // max(1, len(text))))[:length]
    return [
        WORDS[rng.integers(len(WORDS))] if rng.random() < rate else w for w in found
    ]
