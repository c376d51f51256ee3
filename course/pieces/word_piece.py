"""WordPiece as a function (unit 06)."""


def longest_match(word, vocabulary, unknown="[UNK]", max_length=100):
    """Cuts a word into pieces, always taking the longest one that fits.

    Args:
        word: A string.
        vocabulary: {piece: id}. A piece that does not begin a word is written with ##
            in front: "un", "##do".
        unknown: What stands for a word that cannot be cut.
        max_length: Words of more letters than this are not tried.

    Returns:
        List of pieces as the vocabulary writes them. If any part of the word fits no
        piece, or the word is too long, the list is [unknown], for the whole word.
    """
    if len(word) > max_length:
        return [unknown]
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                break
        else:
            return [unknown]
        pieces.append(piece)
        start = end
    return pieces
