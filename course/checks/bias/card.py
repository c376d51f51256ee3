"""bias.card, the capstone: what a model card says of each group of examples."""

import collections

import numpy as np

from course.checks.bias.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import calibration_error, interval


def group_results(groups, confidence, right, bins, least):
    """How good a model is for each group of examples, with what the count allows.

    Args:
        groups: List of strings: the group of each example.
        confidence: [count] floats from 0 to 1: how sure the model was.
        right: [count] booleans: whether it was right.
        bins: The number of bins of the calibration error.
        least: Groups with fewer examples get no figures.

    Returns:
        names: List of the groups that occur, in the order of `sorted`.
        counts: [group] integers: how many examples each has.
        figures: [group, 4] floats: the share that is right, the low and the high end
            of its interval, and the calibration error of the group's own examples;
            four times NaN where there are fewer than `least`.
    """
    confidence, right = np.array(confidence), np.array(right)
    names, counts, figures = sorted(set(groups)), [], []
    for name in names:
        inside = np.array([group == name for group in groups])
        count = int(inside.sum())
        counts.append(count)
        if count < least:
            figures.append([np.nan] * 4)
            continue
        hits = int(right[inside].sum())
        error = calibration_error(confidence[inside], right[inside], bins)
        figures.append([hits / count, *interval(hits, count), error])
    return names, np.array(counts), np.array(figures)


exercise = Exercise(
    "bias.card",
    unit=UNIT,
    answer="group_results",
    reference=group_results,
    parts={"groups": 2, "figures": 4, "small": 2},
    returns={"names": ("group",), "counts": ("group",), "figures": ("group", "figure")},
    forbidden=(f"{__name__}.group_results",),
    stands_on=("course.pieces",),
    pieces=("bias.interval", "bias.calibration"),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=20,
    paper="https://arxiv.org/abs/1810.03993",
)
_right = copy_of(group_results)


def _call(rng, sizes, bins=5, least=1):
    """Groups of these sizes, mixed, each with its own share and confidence."""
    rows = []
    for number, (name, size) in enumerate(sizes.items()):
        likely = 0.9 - 0.25 * (number % 3)
        confidence = (rng.integers(20 + 9 * (number % 4), 64, size=size) + 0.5) / 64
        hits = rng.random(size) < likely
        if size > 3:
            hits[0], hits[1] = True, False
        rows += [(name, c, h) for c, h in zip(confidence, hits)]
    order = rng.permutation(len(rows))
    names, confidence, hits = zip(*(rows[n] for n in order))
    return Call(
        list(names),
        np.array(confidence, "float32"),
        np.array(hits, bool),
        bins,
        least,
    )


OF_FIGURES = (
    "all_counted_in_the_interval",
    "calibration_of_everybody",
    "errors_for_hits",
    "over_all_examples",
    "confidence_for_share",
    "interval_around_everybody",
)
OF_SMALL = (
    "small_ones_shown",
    "small_ones_as_zero",
    "least_itself_left_out",
    "only_the_share_hidden",
)


@exercise.probe(part="figures", shows=OF_FIGURES)
def two_languages(rng):
    return _call(rng, {"es": 14, "en": 23})


@exercise.probe(part="figures", shows=(*OF_FIGURES, "in_order_of_appearance"))
def four_groups(rng):
    sizes = {"night": 9, "morning": 16, "noon": 7, "evening": 12}
    return _call(rng, sizes, bins=8)


@exercise.probe(part="groups", shows=("in_order_of_appearance", "largest_first"))
def not_in_order(rng):
    """The first example is of the group whose name comes last."""
    call = _call(rng, {"tres": 5, "dos": 9, "uno": 6, "ámbar": 4})
    names, *rest = call.request.args
    place = names.index("uno")
    names[0], names[place] = names[place], names[0]
    return Call(names, *rest)


@exercise.probe(part="small", shows=(*OF_SMALL, "in_order_of_appearance"))
def some_are_too_small(rng):
    return _call(rng, {"a": 12, "b": 4, "c": 5, "d": 1}, least=5)


@exercise.probe(part="small", shows=OF_SMALL)
def a_small_one_first(rng):
    return _call(rng, {"many": 20, "few": 9, "some": 10}, least=10)


@exercise.probe(part="groups")
def one_example(rng):
    return _call(rng, {"only": 1})


@exercise.promise(
    part="groups", groups=Sizes(1, 9), size=Sizes(1, 12), least=OneOf(0, 1, 6)
)
def any_groups(rng, groups, size, least):
    """One group or many; one example; no group that is large enough."""
    labels = ["en", "es", "straße", "Z", "a b", "10", "日本語", "ñu 🎈", "-"]
    sizes = {name: max(1, size - n % 3) for n, name in enumerate(labels[:groups])}
    return _call(rng, sizes, bins=4, least=least)


def _rows(groups, confidence, right, bins, least, row, names=None):
    """The right names and counts, with other figures."""
    confidence, right = np.array(confidence, "float64"), np.array(right)
    names, counts = sorted(set(groups)), collections.Counter(groups)
    figures = []
    for name in names:
        inside = np.array([group == name for group in groups])
        hidden = counts[name] < least
        figures.append([np.nan] * 4 if hidden else row(confidence, right, inside, bins))
    return names, np.array([counts[name] for name in names]), np.array(figures)


def _figures(hits, count, error):
    return [hits / count, *interval(hits, count), error]


def _own(confidence, right, inside, bins):
    error = calibration_error(confidence[inside], right[inside], bins)
    return _figures(int(right[inside].sum()), int(inside.sum()), error)


@exercise.misconception
def all_counted_in_the_interval(groups, confidence, right, bins, least):
    """Each interval is as narrow as if the group were everybody."""

    def row(c, r, inside, bins):
        share, _, _, error = _own(c, r, inside, bins)
        return [share, *interval(share * len(r), len(r)), error]

    return _rows(groups, confidence, right, bins, least, row)


@exercise.misconception
def interval_around_everybody(groups, confidence, right, bins, least):
    """The same interval for each group: that of all examples together."""

    def row(c, r, inside, bins):
        share, _, _, error = _own(c, r, inside, bins)
        return [share, *interval(int(r.sum()), len(r)), error]

    return _rows(groups, confidence, right, bins, least, row)


@exercise.misconception
def calibration_of_everybody(groups, confidence, right, bins, least):
    def row(c, r, inside, bins):
        return [*_own(c, r, inside, bins)[:3], calibration_error(c, r, bins)]

    return _rows(groups, confidence, right, bins, least, row)


@exercise.misconception
def errors_for_hits(groups, confidence, right, bins, least):
    def row(c, r, inside, bins):
        error = calibration_error(c[inside], r[inside], bins)
        return _figures(int((~r[inside]).sum()), int(inside.sum()), error)

    return _rows(groups, confidence, right, bins, least, row)


@exercise.misconception
def over_all_examples(groups, confidence, right, bins, least):
    """Hits of the group over all examples there are."""

    def row(c, r, inside, bins):
        error = calibration_error(c[inside], r[inside], bins)
        return _figures(int(r[inside].sum()), len(r), error)

    return _rows(groups, confidence, right, bins, least, row)


@exercise.misconception
def confidence_for_share(groups, confidence, right, bins, least):
    """How often the model says that it is right, not how often it is."""

    def row(c, r, inside, bins):
        error = calibration_error(c[inside], r[inside], bins)
        return _figures(c[inside].sum(), int(inside.sum()), error)

    return _rows(groups, confidence, right, bins, least, row)


@exercise.misconception
def small_ones_shown(groups, confidence, right, bins, least):
    return _rows(groups, confidence, right, bins, 0, _own)


@exercise.misconception
def small_ones_left_out(groups, confidence, right, bins, least):
    """Their rows are gone: nobody sees that there were such examples."""
    names, counts, figures = _right(groups, confidence, right, bins, least)
    kept = counts >= least
    names = [name for name, keep in zip(names, kept) if keep]
    return names, counts[kept], figures[kept]


@exercise.misconception
def small_ones_as_zero(groups, confidence, right, bins, least):
    names, counts, figures = _right(groups, confidence, right, bins, least)
    return names, counts, np.nan_to_num(figures, nan=0.0)


@exercise.misconception
def least_itself_left_out(groups, confidence, right, bins, least):
    return _right(groups, confidence, right, bins, least + 1)


@exercise.misconception
def only_the_share_hidden(groups, confidence, right, bins, least):
    names, counts, hidden = _right(groups, confidence, right, bins, least)
    figures = _right(groups, confidence, right, bins, 0)[2]
    figures[:, 0] = hidden[:, 0]
    return names, counts, figures


def _reordered(groups, names, found):
    places = [found[0].index(name) for name in names]
    return names, found[1][places], found[2][places]


@exercise.misconception
def in_order_of_appearance(groups, confidence, right, bins, least):
    found = _right(groups, confidence, right, bins, least)
    return _reordered(groups, list(dict.fromkeys(groups)), found)


@exercise.misconception
def largest_first(groups, confidence, right, bins, least):
    found = _right(groups, confidence, right, bins, least)
    names = [name for name, _ in collections.Counter(groups).most_common()]
    return _reordered(groups, names, found)


@exercise.alternative
def from_a_dictionary(groups, confidence, right, bins, least):
    from course.pieces import calibration_error, interval

    rows = {}
    for name, one, hit in zip(groups, np.array(confidence), np.array(right)):
        rows.setdefault(name, []).append((one, hit))
    names, counts, figures = sorted(rows), [], []
    for name in names:
        said, hits = (np.array(part) for part in zip(*rows[name]))
        counts.append(len(hits))
        if len(hits) >= least:
            low, high = interval(int(hits.sum()), len(hits))
            error = calibration_error(said, hits, bins)
            figures.append([hits.mean(), low, high, error])
        else:
            figures.append([float("nan")] * 4)
    return names, counts, figures


@exercise.alternative
def from_unique(groups, confidence, right, bins, least):
    from course.pieces import calibration_error, interval

    names, places, counts = np.unique(groups, return_inverse=True, return_counts=True)
    confidence, right = np.array(confidence), np.array(right)
    figures = np.full((len(names), 4), np.nan)
    for n in np.flatnonzero(counts >= least):
        hits = right[places == n]
        figures[n, 0] = hits.mean()
        figures[n, 1:3] = interval(int(hits.sum()), int(counts[n]))
        figures[n, 3] = calibration_error(confidence[places == n], hits, bins)
    return names.tolist(), counts, figures


@exercise.alternative
def a_table_filled_from_nan(groups, confidence, right, bins, least):
    from course.pieces import calibration_error, interval

    confidence, right = np.array(confidence, "float64"), np.array(right, "float64")
    names = sorted({*groups})
    counts = np.array([groups.count(name) for name in names])
    figures = np.full((len(names), 4), np.nan)
    for row, name in zip(figures, names):
        inside = [n for n, group in enumerate(groups) if group == name]
        if len(inside) < least:
            continue
        share = right[inside].mean()
        low, high = interval(share * len(inside), len(inside))
        row[:] = (
            share,
            low,
            high,
            calibration_error(confidence[inside], right[inside], bins),
        )
    return names, counts, figures


@exercise.alternative
def everything_then_hidden(groups, confidence, right, bins, least):
    from course.pieces import calibration_error, interval

    confidence, right = np.array(confidence), np.array(right)
    labels = np.array(groups)
    names = sorted(set(groups))
    counts = np.array([(labels == name).sum() for name in names])
    figures = []
    for name, count in zip(names, counts):
        inside = labels == name
        hits = right[inside].sum()
        low, high = interval(float(hits), int(count))
        error = calibration_error(confidence[inside], right[inside], bins)
        figures.append((hits / count, low, high, error))
    return names, counts, np.where((counts < least)[:, None], np.nan, figures)


@exercise.alternative
def sorted_then_cut(groups, confidence, right, bins, least):
    """The examples sorted by group: each is a slice."""
    from course.pieces import calibration_error, interval

    order = sorted(range(len(groups)), key=lambda n: groups[n])
    confidence, right = np.array(confidence)[order], np.array(right)[order]
    names, counts, figures, start = sorted(set(groups)), [], [], 0
    for name in names:
        count = sum(group == name for group in groups)
        part = slice(start, start + count)
        start += count
        counts.append(count)
        row = [np.nan] * 4
        if count >= least:
            hits = int(np.sum(right[part]))
            error = calibration_error(confidence[part], right[part], bins)
            row = [hits / count, *interval(hits, count), error]
        figures.append(row)
    return names, np.array(counts), np.array(figures)


@exercise.alternative
def with_a_function_for_a_row(groups, confidence, right, bins, least):
    from course.pieces import calibration_error, interval

    def row(name):
        pairs = [
            (float(one), bool(hit))
            for group, one, hit in zip(groups, confidence, right)
            if group == name
        ]
        if len(pairs) < least:
            return len(pairs), (np.nan,) * 4
        said, hits = [one for one, _ in pairs], [hit for _, hit in pairs]
        low, high = interval(sum(hits), len(hits))
        error = calibration_error(said, hits, bins)
        return len(pairs), (sum(hits) / len(hits), low, high, error)

    names = sorted(set(groups))
    counts, figures = zip(*map(row, names))
    return names, np.array(counts), np.array(figures)
