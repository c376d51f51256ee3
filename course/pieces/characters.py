"""Characters as models that ignore case and accents read them."""

import unicodedata


def plain(character):
    """A character in lower case and without accents, as BERT's uncased models read.

    Args:
        character: A string of one character.

    Returns:
        A string: empty for a combining accent, several characters for a Korean
        syllable, which is taken apart, one for most others.
    """
    apart = unicodedata.normalize("NFD", character.lower())
    return "".join(c for c in apart if unicodedata.category(c) != "Mn")
