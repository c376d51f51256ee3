"""seq2seq.chrf: runs of characters, recall twice as dear as precision."""

from collections import Counter

import numpy as np

from course.checks.seq2seq.samples import UNIT
from course.checks.seq2seq.texts import changed, words
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import chrf

exercise = Exercise(
    "seq2seq.chrf",
    unit=UNIT,
    answer="chrf",
    reference=chrf,
    parts={"values": 3, "short": 1, "nothing": 1},
    returns={"chrf": ()},
    forbidden=("course.pieces.chrf",),
    hints=3,
    difficulty=3,
    importance=3,
    minutes=15,
    paper="https://aclanthology.org/W15-3049/",
)

right = exercise.reference  # a copy: nobody may call the answer itself

WRONG = (
    "beta_of_one",
    "precision_favoured",
    "beta_not_squared",
    "blanks_counted",
    "of_words",
    "single_characters",
    "four_orders",
    "f_of_each_order",
    "not_clipped",
    "geometric_mean",
)


def _call(rng, length, extra, rate=0.2):
    text = words(rng, length, few=True)
    return Call(" ".join(changed(rng, text, length + extra, rate)), " ".join(text))


@exercise.probe(part="values", shows=WRONG)
def shorter_than_the_reference(rng):
    return _call(rng, 9, -3)


@exercise.probe(part="values", shows=WRONG)
def longer_than_the_reference(rng):
    return _call(rng, 6, 4)


@exercise.probe(part="values")
def accents_count(rng):
    return Call("El niño está en la casa ß", "el nino esta en la casa ss, 3 😀 日本")


@exercise.probe(part="short", shows=("missing_orders_are_zero",))
def fewer_than_six(rng):
    return Call("abd", "abc de")


@exercise.probe(part="nothing")
def nothing_in_common(rng):
    return Call("abc abc", "xyz")


@exercise.probe(part="nothing")
def nothing_written(rng):
    return Call("", "una casa")


@exercise.promise(
    part="values",
    length=Sizes(1, 12),
    extra=OneOf(0, 3, 6),
    rate=OneOf(0.0, 0.3, 0.6),
)
def any_texts(rng, length, extra, rate):
    text = words(rng, length)
    return Call(" ".join(changed(rng, text, length + extra, rate)), " ".join(text))


@exercise.promise(part="short", one=Sizes(0, 4), other=Sizes(0, 5))
def short_ones(rng, one, other):
    texts = (rng.integers(3, size=n) for n in (one, other))
    return Call(*("".join("aé "[k] for k in ids) for ids in texts))


def _grams(text, n):
    return Counter(text[k : k + n] for k in range(len(text) - n + 1))


def _shares(
    candidate,
    reference,
    orders=6,
    clip=lambda found, known: (found & known).total(),
    cut=lambda text: text.replace(" ", ""),
):
    """[(precision, recall)] of the orders that both have."""
    one, other = cut(candidate), cut(reference)
    shares = []
    for n in range(1, orders + 1):
        found, known = (
            Counter(map(str, _grams(one, n).elements())),
            Counter(map(str, _grams(other, n).elements())),
        )
        if found and known:
            matches = clip(found, known)
            shares.append((matches / found.total(), matches / known.total()))
    return shares


def _f(p, r, square=4.0):
    return 100 * (1 + square) * p * r / (square * p + r) if p and r else 0.0


def _from(shares, square=4.0):
    return _f(*np.mean(shares, axis=0), square) if shares else 0.0


@exercise.misconception
def beta_of_one(candidate, reference):
    return _from(_shares(candidate, reference), 1.0)


@exercise.misconception
def precision_favoured(candidate, reference):
    return _from(_shares(reference, candidate))


@exercise.misconception
def beta_not_squared(candidate, reference):
    return _from(_shares(candidate, reference), 2.0)


@exercise.misconception
def blanks_counted(candidate, reference):
    return _from(_shares(candidate, reference, cut=str))


@exercise.misconception
def of_words(candidate, reference):
    return _from(_shares(candidate, reference, cut=lambda text: tuple(text.split())))


@exercise.misconception
def single_characters(candidate, reference):
    return _from(_shares(candidate, reference, orders=1))


@exercise.misconception
def four_orders(candidate, reference):
    """As many as BLEU's."""
    return _from(_shares(candidate, reference, orders=4))


@exercise.misconception
def f_of_each_order(candidate, reference):
    """The mean of the orders' F, as the author's first script had it."""
    shares = _shares(candidate, reference)
    return float(np.mean([_f(p, r) for p, r in shares])) if shares else 0.0


@exercise.misconception
def not_clipped(candidate, reference):
    return _from(
        _shares(
            candidate,
            reference,
            clip=lambda found, known: sum(n for g, n in found.items() if known[g]),
        )
    )


@exercise.misconception
def geometric_mean(candidate, reference):
    """Of the orders, as in BLEU: one without a match makes it 0."""
    shares = _shares(candidate, reference)
    if not shares or not min(p for p, _ in shares):
        return 0.0
    return _f(*np.exp(np.mean(np.log(shares), axis=0)))


@exercise.misconception
def missing_orders_are_zero(candidate, reference):
    """Always divided by six."""
    shares = _shares(candidate, reference)
    return _f(*(np.sum(shares, axis=0) / 6)) if shares else 0.0


@exercise.misconception
def lower_case_only(candidate, reference):
    return right(candidate.lower(), reference.lower())


@exercise.misconception
def without_the_hundred(candidate, reference):
    return right(candidate, reference) / 100


@exercise.alternative
def in_parts(candidate, reference):
    return _from(_shares(candidate, reference))


@exercise.alternative
def with_loops(candidate, reference):
    one, other = "".join(candidate.split(" ")), "".join(reference.split(" "))
    p = r = 0.0
    orders = 0
    for n in range(1, 7):
        left = [other[k : k + n] for k in range(len(other) - n + 1)]
        found, known, matches = max(0, len(one) - n + 1), len(left), 0
        if not found or not known:
            break
        for k in range(found):
            if one[k : k + n] in left:
                left.remove(one[k : k + n])
                matches += 1
        orders += 1
        p, r = p + matches / found, r + matches / known
    if not p:
        return 0.0
    p, r = p / orders, r / orders
    return 500 * p * r / (4 * p + r)


@exercise.alternative
def with_minima(candidate, reference):
    one, other = candidate.replace(" ", ""), reference.replace(" ", "")
    shares = []
    for n in range(1, 7):
        found, known = _grams(one, n), _grams(other, n)
        if not found or not known:
            continue
        matches = sum(min(found[g], known[g]) for g in found.keys() & known.keys())
        shares.append([matches / sum(found.values()), matches / sum(known.values())])
    return _from(shares)


@exercise.alternative
def as_a_harmonic_mean(candidate, reference):
    shares = _shares(candidate, reference)
    p, r = np.mean(shares, axis=0) if shares else (0, 0)
    return float(100 / (0.2 / p + 0.8 / r)) if p else 0.0


@exercise.alternative
def with_zip(candidate, reference):
    one, other = (text.replace(" ", "") for text in (candidate, reference))
    orders = range(1, min(len(one), len(other), 6) + 1)
    p, r = [], []
    for n in orders:
        found, known = (
            Counter(zip(*(text[k:] for k in range(n)))) for text in (one, other)
        )
        same = sum((found & known).values())
        p += [same / (len(one) - n + 1)]
        r += [same / (len(other) - n + 1)]
    if not any(p):
        return 0.0
    return _f(sum(p) / len(p), sum(r) / len(r))


@exercise.alternative
def filtered(candidate, reference):
    cut = lambda text: "".join(c for c in text if c != " ")  # noqa: E731
    return _from(_shares(candidate, reference, cut=cut))
