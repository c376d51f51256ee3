"""From what is said of pieces to what is said of words, and to entities (unit 12)."""

import numpy as np


def label_words(scores, word_ids, how):
    """One class for each word, from the probabilities of its pieces.

    Args:
        scores: [piece, class] floats: the probabilities of each piece.
        word_ids: List of the word that each piece belongs to, counting from 0 without
            a gap; None for a special token. The pieces of a word are neighbours.
        how: "first": the first piece speaks for its word. "average": the mean of the
            pieces' probabilities does. "max": the piece that is surest of anything
            does, of equally sure ones the first.

    Returns:
        classes: [word] integers: the likeliest class of each word; of equal ones the
            lower number. There is at least one word.
        best: [word] floats: its probability.
    """
    scores = np.array(scores)
    rows = []
    for word in range(1 + max(n for n in word_ids if n is not None)):
        pieces = scores[[place for place, n in enumerate(word_ids) if n == word]]
        if how == "first":
            rows.append(pieces[0])
        elif how == "average":
            rows.append(pieces.mean(axis=0))
        else:
            rows.append(pieces[pieces.max(axis=1).argmax()])
    table = np.stack(rows)
    return table.argmax(axis=1), table.max(axis=1)


def find_entities(tags, scores, offsets):
    """The entities of a text, from the tags of its words.

    Args:
        tags: List of the tag of each word: "O", "B-room", "I-room" ... An entity
            begins at a B-, and at an I- that does not continue one of its kind. It goes
            on as long as I- tags of its kind follow.
        scores: List of floats: how sure each tag is.
        offsets: List of (start, end): the characters of each word, the end excluded.

    Returns:
        List of [kind, score, start, end], one an entity, in the order of the text:
        "room", the mean of its words' scores, and text[start:end] is its text.
    """
    found, before = [], "O"
    for tag, score, (start, end) in zip(tags, scores, offsets):
        kind = tag[2:]
        if tag.startswith("I-") and before[2:] == kind:
            found[-1][1].append(score)
            found[-1][3] = end
        elif tag != "O":
            found.append([kind, [score], start, end])
        before = tag
    return [[kind, sum(s) / len(s), start, end] for kind, s, start, end in found]
