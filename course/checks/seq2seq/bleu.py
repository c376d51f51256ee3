"""seq2seq.bleu: how many runs of words a translation has in common with others."""

import math
from collections import Counter

import numpy as np

from course.checks.seq2seq.samples import UNIT
from course.checks.seq2seq.texts import changed, words
from course.examination import Call, Exercise, OneOf, Sizes


def bleu(candidates, references):
    """BLEU of a whole set of translations, from 0 to 100.

    Args:
        candidates: List of translations; each is a list of tokens, possibly empty.
        references: List, as long, of lists: right translations of the same text, at
            least one, each a list of tokens.

    Returns:
        A float: 100 times the brevity penalty times the geometric mean of the
        precisions of 1-, 2-, 3- and 4-grams, counted over all texts together; 0 if
        some precision is 0. An n-gram counts at most as often as in the reference that
        has it most often. The penalty is 1 if the candidates are together at least as
        long as their references, else e to the power of 1 - reference / candidate;
        of several references the one nearest in length counts, of equally near ones
        the shorter.
    """
    matches, totals, ours, theirs = [0] * 4, [0] * 4, 0, 0
    for candidate, right in zip(candidates, references):
        ours += len(candidate)
        theirs += min((abs(len(r) - len(candidate)), len(r)) for r in right)[1]
        for n in range(1, 5):
            known = Counter()
            for reference in right:
                known |= Counter(zip(*(reference[k:] for k in range(n))))
            found = Counter(zip(*(candidate[k:] for k in range(n))))
            matches[n - 1] += (found & known).total()
            totals[n - 1] += found.total()
    if not all(matches):
        return 0.0
    penalty = min(1.0, math.exp(1 - theirs / ours))
    return 100 * penalty * math.prod(m / t for m, t in zip(matches, totals)) ** 0.25


exercise = Exercise(
    "seq2seq.bleu",
    unit=UNIT,
    answer="bleu",
    reference=bleu,
    parts={"precision": 3, "references": 2, "brevity": 2, "zero": 1},
    returns={"bleu": ()},
    forbidden=(f"{__name__}.bleu",),
    hints=4,
    difficulty=4,
    importance=4,
    minutes=25,
    paper="https://aclanthology.org/P02-1040/",
)

PRECISION = (
    "not_clipped",
    "arithmetic_mean",
    "root_forgotten",
    "mean_of_the_texts",
    "recall",
    "as_sets",
)
BREVITY = (
    "no_brevity_penalty",
    "brevity_upside_down",
    "brevity_a_ratio",
    "brevity_text_by_text",
)
SEVERAL = (
    "clipped_by_the_sum",
    "shortest_reference",
    "longest_reference",
    "first_reference_alone",
)


@exercise.probe(part="precision", shows=PRECISION)
def words_repeated(rng):
    """Candidates longer than their reference, of few words, so that clipping bites."""
    references = [words(rng, n, few=True) for n in (8, 12, 15)]
    candidates = [changed(rng, r, len(r) + 3, 0.15) for r in references]
    return Call(candidates, [[r] for r in references])


@exercise.probe(part="references", shows=(*SEVERAL, "not_clipped"))
def several_references(rng):
    """Of other lengths: the nearest is neither first, shortest nor longest."""
    base = [words(rng, n, few=True) for n in (13, 11)]
    references = [
        [changed(rng, t, len(t) + extra) for extra in (-6, 4, 2, 14)] for t in base
    ]
    candidates = [changed(rng, t, rate=0.1) for t in base]
    return Call(candidates, references)


@exercise.probe(part="brevity", shows=BREVITY)
def too_short(rng):
    """One shorter than half, another longer, together too short."""
    references = [words(rng, n) for n in (20, 9, 14)]
    candidates = [
        changed(rng, r, n, 0.05) for r, n in zip(references, (8, 11, 12), strict=True)
    ]
    return Call(candidates, [[r] for r in references])


@exercise.probe(part="brevity", shows=("long_ones_punished_too",))
def too_long(rng):
    references = [words(rng, n) for n in (9, 7)]
    candidates = [changed(rng, r, len(r) + 4, 0.05) for r in references]
    return Call(candidates, [[r] for r in references])


@exercise.probe(part="zero")
def no_match_of_four(rng):
    return Call(["a b c x d e f".split(), []], [["a b c y d e f".split()], [["a"]]])


@exercise.promise(
    part="precision",
    texts=Sizes(1, 6),
    length=Sizes(6, 14),
    right=OneOf(1, 2, 3),
    rate=OneOf(0.0, 0.1, 0.25),
)
def any_texts(rng, texts, length, right, rate):
    base = [words(rng, length + n) for n in range(texts)]
    references = [
        [changed(rng, t, len(t) + 2 * n - 1, 0.15) for n in range(right)] for t in base
    ]
    candidates = [changed(rng, t, rate=rate) for t in base]
    return Call(candidates, references)


@exercise.promise(part="precision", before=OneOf(0, 3), behind=OneOf(0, 4))
def a_single_match_of_four(rng, before, behind):
    """A count of 1, which is neither all of them nor none."""
    candidate = [*"efg"[:before], *"abcd", *"hijk"[:behind], "z"]
    return Call([candidate], [[[*"lmn"[:before], *"abcd", *"opqr"[:behind], "y"]]])


@exercise.promise(part="zero", texts=Sizes(1, 3), length=Sizes(0, 3))
def too_short_for_four(rng, texts, length):
    base = [words(rng, length) for _ in range(texts)]
    return Call(base, [[t + ["."]] for t in base])


def _grams(tokens, n):
    return Counter(tuple(tokens[k : k + n]) for k in range(len(tokens) - n + 1))


def _nearest(candidate, right):
    return min((abs(len(r) - len(candidate)), len(r)) for r in right)[1]


def _penalty(ours, theirs):
    return min(1.0, math.exp(1 - sum(theirs) / max(1, sum(ours))))


def _geometric(shares):
    return math.prod(shares) ** 0.25


def _bleu(
    candidates,
    references,
    grams=_grams,
    known=lambda counts: _union(counts, max),
    clip=lambda found, known: (found & known).total(),
    length=_nearest,
    penalty=_penalty,
    mean=_geometric,
    divisor=lambda found, right, n: found.total(),
):
    matches, totals, ours, theirs = [0] * 4, [0] * 4, [], []
    for candidate, right in zip(candidates, references):
        ours.append(len(candidate))
        theirs.append(length(candidate, right))
        for n in range(1, 5):
            found = grams(candidate, n)
            best = known([grams(reference, n) for reference in right])
            matches[n - 1] += clip(found, best)
            totals[n - 1] += divisor(found, right, n)
    if not all(matches):
        return 0.0
    shares = [m / t for m, t in zip(matches, totals)]
    return float(100 * penalty(ours, theirs) * mean(shares))


def _union(counts, pick):
    keys = set().union(*counts)
    return Counter({key: pick(c[key] for c in counts) for key in keys})


@exercise.misconception
def not_clipped(candidates, references):
    """A word that is right counts every time that it is written."""
    return _bleu(
        candidates,
        references,
        clip=lambda found, known: sum(n for g, n in found.items() if known[g]),
    )


@exercise.misconception
def as_sets(candidates, references):
    """Each n-gram counts once, however often it comes."""
    return _bleu(
        candidates,
        references,
        grams=lambda tokens, n: Counter(dict.fromkeys(_grams(tokens, n), 1)),
    )


@exercise.misconception
def clipped_by_the_sum(candidates, references):
    """What several references have is added up."""
    return _bleu(candidates, references, known=lambda counts: _union(counts, sum))


@exercise.misconception
def no_brevity_penalty(candidates, references):
    return _bleu(candidates, references, penalty=lambda ours, theirs: 1.0)


@exercise.misconception
def brevity_upside_down(candidates, references):
    """candidate / reference in the exponent: short ones are rewarded."""
    return _bleu(
        candidates,
        references,
        penalty=lambda ours, theirs: (
            1.0 if sum(ours) >= sum(theirs) else math.exp(1 - sum(ours) / sum(theirs))
        ),
    )


@exercise.misconception
def brevity_a_ratio(candidates, references):
    return _bleu(
        candidates,
        references,
        penalty=lambda ours, theirs: min(1.0, sum(ours) / max(1, sum(theirs))),
    )


@exercise.misconception
def brevity_text_by_text(candidates, references):
    """The mean of the texts' penalties, not the penalty of the whole."""
    return _bleu(
        candidates,
        references,
        penalty=lambda ours, theirs: np.mean(
            [_penalty([a], [b]) for a, b in zip(ours, theirs)]
        ),
    )


@exercise.misconception
def long_ones_punished_too(candidates, references):
    """exp(1 - reference / candidate) above 1 is turned over."""

    def penalty(ours, theirs):
        ratio = sum(theirs) / max(1, sum(ours))
        return math.exp(1 - max(ratio, 1 / max(ratio, 1e-9)))

    return _bleu(candidates, references, penalty=penalty)


@exercise.misconception
def mean_of_the_texts(candidates, references):
    each = [_bleu([c], [r]) for c, r in zip(candidates, references)]
    return float(np.mean(each))


@exercise.misconception
def arithmetic_mean(candidates, references):
    return _bleu(candidates, references, mean=lambda shares: sum(shares) / 4)


@exercise.misconception
def root_forgotten(candidates, references):
    return _bleu(candidates, references, mean=math.prod)


@exercise.misconception
def shortest_reference(candidates, references):
    return _bleu(candidates, references, length=lambda _, right: min(map(len, right)))


@exercise.misconception
def longest_reference(candidates, references):
    return _bleu(candidates, references, length=lambda _, right: max(map(len, right)))


@exercise.misconception
def first_reference_alone(candidates, references):
    return _bleu(candidates, [right[:1] for right in references])


@exercise.misconception
def recall(candidates, references):
    """Divided by what the reference has, not by what was written."""
    return _bleu(
        candidates,
        references,
        divisor=lambda found, right, n: _grams(right[0], n).total(),
    )


@exercise.misconception
def without_the_hundred(candidates, references):
    return _bleu(candidates, references) / 100


@exercise.alternative
def in_parts(candidates, references):
    return _bleu(candidates, references)


@exercise.alternative
def with_logarithms(candidates, references):
    total = 0.0
    for n in range(1, 5):
        match = written = 0
        for candidate, right in zip(candidates, references):
            found = _grams(candidate, n)
            for gram, count in found.items():
                match += min(count, max(_grams(r, n)[gram] for r in right))
            written += sum(found.values())
        if not match:
            return 0.0
        total += math.log(match / written) / 4
    ours = sum(map(len, candidates))
    theirs = sum(_nearest(c, r) for c, r in zip(candidates, references))
    return 100 * math.exp(total + min(0, 1 - theirs / ours))


@exercise.alternative
def with_joined_strings(candidates, references):
    """n-grams as strings, with a sign between the tokens that none of them has."""

    def grams(tokens, n):
        return Counter("\0".join(tokens[k : k + n]) for k in range(len(tokens) - n + 1))

    return _bleu(candidates, references, grams=grams)


@exercise.alternative
def with_numpy(candidates, references):
    matches, totals = np.zeros(4), np.zeros(4)
    lengths = np.zeros((len(candidates), 2))
    for row, (candidate, right) in enumerate(zip(candidates, references)):
        sizes = np.sort([len(r) for r in right])
        nearest = sizes[np.argmin(abs(sizes - len(candidate)))]
        lengths[row] = len(candidate), nearest
        for n in range(4):
            found = _grams(candidate, n + 1)
            best = _union([_grams(r, n + 1) for r in right], max)
            matches[n] += sum(min(count, best[g]) for g, count in found.items())
            totals[n] += found.total()
    if (matches == 0).any():
        return 0.0
    ours, theirs = lengths.sum(axis=0)
    penalty = np.exp(min(0, 1 - theirs / ours))
    return float(100 * penalty * np.exp(np.log(matches / totals).mean()))


@exercise.alternative
def taken_from_the_rest(candidates, references):
    """What is left of each reference after taking out what matches."""

    def clip(found, known):
        left = dict(known)
        count = 0
        for gram in found.elements():
            if left.get(gram, 0) > 0:
                left[gram] -= 1
                count += 1
        return count

    return _bleu(candidates, references, clip=clip)


@exercise.alternative
def with_two_roots(candidates, references):
    return _bleu(
        candidates,
        references,
        mean=lambda shares: math.sqrt(math.sqrt(math.prod(shares))),
        length=lambda c, right: sorted(
            (len(r) for r in right), key=lambda n: (abs(n - len(c)), n)
        )[0],
    )
