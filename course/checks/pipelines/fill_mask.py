"""pipelines.fill_mask: words in the place of a mask, as text."""

import re

import numpy as np
from keras import ops

from course.checks.pipelines.samples import BERT, UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of


def fill_mask(text, logits, vocabulary, targets):
    """What some words would make of a text with a gap, and how likely each of them is.

    Args:
        text: The text, with "[MASK]" in it once.
        logits: [piece] floats: what a model says of every piece at the mask.
        vocabulary: {piece: id}: every id is a place of `logits`. A piece that begins
            with "##" goes on with the word in front of it.
        targets: List of strings: the words that are asked about. One may come twice.

    Returns:
        filled: List of [probability, text], the likeliest first, of equal ones the
            target that came first: one for each different target that is a piece. The
            probability is that among *all* pieces. The text is as it was, with the
            piece in place of the mask; one with "##" stands there without it, and
            without blanks between it and what is in front.
        refused: List of the different targets that are no piece, in their order.
    """
    logits = np.array(logits)
    powers = np.exp(logits - logits.max())
    scores = powers / powers.sum()
    before, after = text.split("[MASK]")
    filled, refused = [], []
    for target in dict.fromkeys(targets):
        if target not in vocabulary:
            refused.append(target)
            continue
        start = before.rstrip(" ") if target.startswith("##") else before
        word = target.removeprefix("##")
        filled.append([float(scores[vocabulary[target]]), start + word + after])
    return sorted(filled, key=lambda one: -one[0]), refused


exercise = Exercise(
    "pipelines.fill_mask",
    unit=UNIT,
    answer="fill_mask",
    reference=fill_mask,
    parts={"scores": 2, "text": 2, "refused": 1, "ties": 1},
    returns={"filled": (), "refused": ()},
    forbidden=(
        f"{__name__}.fill_mask",
        "transformer_tf.pipelines.fill_mask.softmax",
    ),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper=BERT,
)

WORDS = (
    *("lamp", "radio", "##s", "café", "straße", "door", "1902", "!", "🙂", "東京"),
    *("##ing", "light", "la", "##ón", "sal", "red"),
)


def _vocabulary(rng, words=WORDS):
    """Ids in another order than the words."""
    ids = rng.permutation(len(words)).tolist()
    return dict(zip(words, ids, strict=True))


def _logits(rng, vocabulary, **favoured):
    """Low for all but some: these differ by a half, the first one the highest."""
    logits = floats(rng, len(vocabulary), scale=0.3)
    for place, word in enumerate(favoured.get("order", ())):
        logits[vocabulary[word]] = 4 - 0.6 * place + 0.05 * rng.random()
    return logits


def _call(rng, text, order, targets):
    vocabulary = _vocabulary(rng)
    return Call(text, _logits(rng, vocabulary, order=order), vocabulary, targets)


@exercise.probe(part="scores")
def three_of_the_vocabulary(rng):
    order = ("door", "lamp", "radio", "café")
    return _call(rng, "turn on the [MASK] .", order, ["radio", "lamp", "straße"])


@exercise.probe(part="scores")
def a_word_twice(rng):
    targets = ["red", "light", "red", "door", "light"]
    return _call(rng, "the [MASK] is new", ("light", "red", "la"), targets)


@exercise.probe(part="scores")
def the_only_piece(rng):
    return Call("the [MASK]", floats(rng, 1), {"lamp": 0}, ["door", "lamp"])


@exercise.probe(part="text")
def written_as_it_was(rng):
    order = ("東京", "1902", "!", "🙂")
    text = "¿Dónde está  [MASK]\tHOY,  Señor Weiß?"
    return _call(rng, text, order, ["🙂", "東京", "1902", "!"])


@exercise.probe(part="text")
def a_piece_that_goes_on(rng):
    order = ("##s", "##ing", "##ón", "lamp")
    return _call(rng, "The Light [MASK] , all", order, ["lamp", "##s", "##ón"])


@exercise.probe(part="text")
def the_mask_comes_first(rng):
    return _call(rng, "[MASK], por favor", ("la", "sal"), ["sal", "la"])


@exercise.probe(part="refused")
def words_that_are_no_piece(rng):
    """The beginnings of two of them are pieces."""
    targets = ["lamps", "door", "salón", "lamps", "blue", "radio"]
    return _call(rng, "the [MASK] there", ("radio", "lamp", "sal"), targets)


@exercise.probe(part="refused")
def nothing_is_a_piece(rng):
    return _call(rng, "the [MASK]", ("radio",), ["lighthouse", "Radio"])


@exercise.probe(part="ties")
def equally_likely(rng):
    vocabulary = _vocabulary(rng)
    logits = floats(rng, len(WORDS), scale=0.3)
    for word in ("red", "café", "door"):
        logits[vocabulary[word]] = 2
    return Call("a [MASK] b", logits, vocabulary, ["door", "red", "sal", "café"])


@exercise.promise(
    part="scores",
    pieces=Sizes(1, len(WORDS)),
    asked=Sizes(0, 7),
    size=OneOf(0.5, 5, 60),
)
def any_words(rng, pieces, asked, size):
    vocabulary = _vocabulary(rng, WORDS[:pieces])
    logits = np.float32(size / pieces) * rng.permutation(pieces)
    targets = rng.choice([*WORDS, "straßen", "é1"], size=asked).tolist()
    return Call("x [MASK] y", logits.astype("float32"), vocabulary, targets)


_right = copy_of(fill_mask)


def _softmax(logits):
    logits = np.array(logits, "float64")
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def _texts(text, logits, vocabulary, targets, fill):
    """As is right, but that `fill(before, piece, after)` writes the text."""
    before, after = text.split("[MASK]")
    scores = _softmax(logits)
    known = [one for one in dict.fromkeys(targets) if one in vocabulary]
    filled = [[float(scores[vocabulary[t]]), fill(before, t, after)] for t in known]
    refused = [one for one in dict.fromkeys(targets) if one not in vocabulary]
    return sorted(filled, key=lambda one: -one[0]), refused


@exercise.misconception
def normalised_among_the_targets(text, logits, vocabulary, targets):
    filled, refused = _right(text, logits, vocabulary, targets)
    total = sum(score for score, _ in filled)
    return [[score / total, one] for score, one in filled], refused


def _scored(text, vocabulary, targets, scores):
    """As is right, but with other scores, which order the answers too."""
    filled, refused = [], []
    before, after = text.split("[MASK]")
    for target in dict.fromkeys(targets):
        if target in vocabulary:
            new = _join(before, target, after)
            filled.append([float(scores[vocabulary[target]]), new])
        else:
            refused.append(target)
    return sorted(filled, key=lambda one: -one[0]), refused


@exercise.misconception
def logits_for_probabilities(text, logits, vocabulary, targets):
    return _scored(text, vocabulary, targets, np.array(logits))


@exercise.misconception
def sigmoid_of_each(text, logits, vocabulary, targets):
    scores = 1 / (1 + np.exp(-np.array(logits, "float64")))
    return _scored(text, vocabulary, targets, scores)


@exercise.misconception
def in_the_order_of_the_targets(text, logits, vocabulary, targets):
    filled, refused = _right(text, logits, vocabulary, targets)
    known = [t for t in dict.fromkeys(targets) if t in vocabulary]
    scores = _softmax(logits)
    by_score = sorted(known, key=lambda t: -scores[vocabulary[t]])
    return [filled[by_score.index(t)] for t in known], refused


@exercise.misconception
def likeliest_last(text, logits, vocabulary, targets):
    filled, refused = _right(text, logits, vocabulary, targets)
    return filled[::-1], refused


@exercise.misconception
def targets_as_often_as_they_come(text, logits, vocabulary, targets):
    filled, _ = _right(text, logits, vocabulary, targets)
    known = [t for t in dict.fromkeys(targets) if t in vocabulary]
    scores = _softmax(logits)
    known.sort(key=lambda t: -scores[vocabulary[t]])
    every = [one for t, one in zip(known, filled) for _ in range(targets.count(t))]
    return every, [t for t in targets if t not in vocabulary]


@exercise.misconception
def first_piece_of_a_word(text, logits, vocabulary, targets):
    """A word that is no piece is silently answered for by its beginning."""
    found = []
    for target in targets:
        cuts = [target[:n] for n in range(len(target), 0, -1)]
        found.append(next((cut for cut in cuts if cut in vocabulary), target))
    return _right(text, logits, vocabulary, found)


@exercise.misconception
def refused_ones_forgotten(text, logits, vocabulary, targets):
    return _right(text, logits, vocabulary, targets)[0], []


@exercise.misconception
def marks_left_in(text, logits, vocabulary, targets):
    return _texts(text, logits, vocabulary, targets, lambda a, t, b: a + t + b)


@exercise.misconception
def blank_left_before_a_continuation(text, logits, vocabulary, targets):
    fill = lambda a, t, b: a + t.removeprefix("##") + b  # noqa: E731
    return _texts(text, logits, vocabulary, targets, fill)


@exercise.misconception
def blank_taken_from_every_word(text, logits, vocabulary, targets):
    fill = lambda a, t, b: a.rstrip(" ") + t.removeprefix("##") + b  # noqa: E731
    return _texts(text, logits, vocabulary, targets, fill)


@exercise.misconception
def written_anew_from_tokens(text, logits, vocabulary, targets):
    """Cut into words, and joined by single blanks."""
    filled, refused = _right(text, logits, vocabulary, targets)
    return [[score, " ".join(one.split())] for score, one in filled], refused


@exercise.misconception
def in_lower_case(text, logits, vocabulary, targets):
    return _right(text.lower().replace("[mask]", "[MASK]"), logits, vocabulary, targets)


@exercise.misconception
def only_the_words(text, logits, vocabulary, targets):
    """The filled-in piece in place of the whole text."""
    return _right("[MASK]", logits, vocabulary, targets)


@exercise.alternative
def with_a_pattern(text, logits, vocabulary, targets):
    scores = np.array(ops.softmax(logits))
    different = list(dict.fromkeys(targets))
    filled = []
    for target in different:
        if target in vocabulary:
            place = r" *\[MASK\]" if target[:2] == "##" else r"\[MASK\]"
            word = target[2:] if target[:2] == "##" else target
            new = re.sub(place, lambda _, w=word: w, text)
            filled.append((float(scores[vocabulary[target]]), new))
    filled.sort(key=lambda one: one[0], reverse=True)
    return filled, [t for t in different if t not in vocabulary]


@exercise.alternative
def by_partition(text, logits, vocabulary, targets):
    before, _, after = text.partition("[MASK]")

    def fill(_, piece, __):
        if piece.startswith("##"):
            return before.rstrip(" ") + piece[2:] + after
        return before + piece + after

    return _texts(text, logits, vocabulary, targets, fill)


@exercise.alternative
def by_replacing(text, logits, vocabulary, targets):
    def fill(a, piece, b):
        if piece.startswith("##"):
            return (a.rstrip(" ") + "[MASK]" + b).replace("[MASK]", piece[2:])
        return text.replace("[MASK]", piece)

    return _texts(text, logits, vocabulary, targets, fill)


@exercise.alternative
def by_logsumexp(text, logits, vocabulary, targets):
    total = float(ops.logsumexp(ops.cast(logits, "float64")))
    filled, refused = [], []
    for place, target in enumerate(targets):
        if target in targets[:place]:
            continue
        if target not in vocabulary:
            refused.append(target)
            continue
        score = float(np.exp(float(logits[vocabulary[target]]) - total))
        filled.append([score, _texts(text, logits, vocabulary, [target], _join)])
    filled = [[score, one[0][0][1]] for score, one in filled]
    return sorted(filled, key=lambda one: -one[0]), refused


def _join(before, piece, after):
    if not piece.startswith("##"):
        return f"{before}{piece}{after}"
    while before.endswith(" "):
        before = before[:-1]
    return before + piece[2:] + after


@exercise.alternative
def sorted_first(text, logits, vocabulary, targets):
    scores = _softmax(logits)
    unique = sorted(set(targets), key=targets.index)
    known = [t for t in unique if t in vocabulary]
    known.sort(key=lambda t: -scores[vocabulary[t]])
    before, after = text.split("[MASK]", 1)
    filled = [[float(scores[vocabulary[t]]), _join(before, t, after)] for t in known]
    return filled, [t for t in unique if t not in vocabulary]


@exercise.alternative
def with_a_dict(text, logits, vocabulary, targets):
    scores = ops.convert_to_numpy(ops.softmax(logits, axis=0)).tolist()
    found, refused = {}, {}
    for target in targets:
        if vocabulary.get(target) is None:
            refused[target] = None
        else:
            found[target] = scores[vocabulary[target]]
    before, after = text.split("[MASK]")
    ranked = sorted(found.items(), key=lambda item: -item[1])
    return [[s, _join(before, t, after)] for t, s in ranked], list(refused)
