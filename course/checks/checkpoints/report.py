"""checkpoints.report: what does not fit, before anything is loaded."""

import math

from course.checks.checkpoints.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import report

exercise = Exercise(
    "checkpoints.report",
    unit=UNIT,
    answer="report",
    reference=report,
    parts={"missing": 1, "unexpected": 1, "misshapen": 2, "tied": 2},
    returns={"missing": ("name",), "unexpected": ("name",), "misshapen": ("name",)},
    forbidden=("course.pieces.report",),
    hints=4,
    difficulty=2,
    importance=5,
    minutes=15,
    paper="https://docs.pytorch.org/tutorials/beginner/saving_loading_models.html",
)

MODEL = {
    "tokens": [9, 4],
    "head": [9, 4],
    "a.kernel": [4, 3],
    "b.kernel": [2, 6],
    "c.kernel": [5, 5],
    "d.bias": [6],
}
TIED = {"head": "tokens"}


def _drawn(tree):
    """The same, backwards: no list comes out sorted by coincidence."""
    return {name: list(tree[name]) for name in sorted(tree, reverse=True)}


def _call(rng, wanted, found, tied=TIED):
    """The sizes grow together by a drawn factor: what fitted still fits."""
    times = int(rng.integers(1, 6))
    wanted, found = (
        {name: [times * size for size in shape] for name, shape in tree.items()}
        for tree in (wanted, found)
    )
    return Call(_drawn(wanted), _drawn(found), dict(tied))


def _without(*names, **changes):
    found = {name: shape for name, shape in MODEL.items() if name not in names}
    return found | {name.replace("_", "."): s for name, s in changes.items()}


@exercise.probe(part="missing")
def two_are_missing(rng):
    return _call(rng, MODEL, _without("d.bias", "b.kernel"))


@exercise.probe(part="missing")
def nothing_wrong_at_all(rng):
    return _call(rng, MODEL, MODEL)


@exercise.probe(part="unexpected")
def a_pooler_too_many(rng):
    return _call(rng, MODEL, _without(pooler=[4, 4], e_bias=[3]))


@exercise.probe(part="misshapen")
def same_size_other_shape(rng):
    return _call(rng, MODEL, _without(b_kernel=[3, 4], d_bias=[2, 3]))


@exercise.probe(part="misshapen")
def transposed(rng):
    return _call(rng, MODEL, _without(a_kernel=[3, 4], b_kernel=[6, 2]))


@exercise.probe(part="misshapen")
def nothing_fits(rng):
    """Every shape is another one: whoever leaves out a name is seen."""
    found = {name: [size + 1 for size in shape] for name, shape in MODEL.items()}
    return _call(rng, MODEL, found)


@exercise.probe(part="misshapen")
def missing_and_misshapen(rng):
    return _call(rng, MODEL, _without("c.kernel", a_kernel=[4, 4], x=[1]))


@exercise.probe(part="tied")
def head_left_out(rng):
    return _call(rng, MODEL, _without("head"))


@exercise.probe(part="tied")
def head_and_home_left_out(rng):
    return _call(rng, MODEL, _without("head", "tokens"))


@exercise.probe(part="tied")
def home_of_another_shape(rng):
    """As many tokens more in the file: both are misshapen."""
    return _call(rng, MODEL, _without("head", tokens=[12, 4]))


@exercise.probe(part="tied")
def a_tie_of_other_models(rng):
    """The model has no such head: the tie is none of its business."""
    wanted = {name: shape for name, shape in MODEL.items() if name != "head"}
    return _call(rng, wanted, wanted)


@exercise.promise(
    part="tied",
    names=Sizes(0, 8),
    missing=Sizes(0, 3),
    more=Sizes(0, 3),
    tied=OneOf("none", "there", "left out", "homeless"),
    wrong=OneOf(0, 2),
)
def any_file(rng, names, missing, more, tied, wrong):
    sizes = rng.integers(2, 9, size=(names, 2)).tolist()
    wanted = {f"layer.{n}.kernel": size for n, size in enumerate(sizes)}
    kept = rng.permutation(sorted(wanted)).tolist()[missing:]
    found = {name: list(wanted[name]) for name in kept}
    for name in kept[:wrong]:
        found[name] = [found[name][0] + 1, *found[name][1:]]
    found |= {f"extra.{n}.bias": [n + 1] for n in range(more)}
    ties = {} if tied == "none" else {"head": "table"}
    if tied != "none":
        wanted |= {"head": [7, 3], "table": [7, 3]}
        found |= {} if tied == "homeless" else {"table": [7, 3]}
        found |= {"head": [7, 3]} if tied == "there" else {}
    return _call(rng, wanted, found, ties)


def _have(wanted, found, tied):
    """The shapes that there are, those of tied weights with their homes'."""
    homes = {
        name: found[home]
        for name, home in tied.items()
        if name in wanted and name not in found and home in found
    }
    return {**found, **homes}


def _told(wanted, found, tied, same=lambda one, other: one == other):
    have = _have(wanted, found, tied)
    both = set(wanted) & set(have)
    return (
        sorted(set(wanted) - set(have)),
        sorted(set(have) - set(wanted)),
        sorted(name for name in both if not same(wanted[name], have[name])),
    )


@exercise.misconception
def tied_ones_missing(wanted, found, tied):
    return _told(wanted, found, {})


@exercise.misconception
def tied_ones_never_missing(wanted, found, tied):
    missing, *rest = _told(wanted, found, tied)
    return [name for name in missing if name not in tied], *rest


@exercise.misconception
def missing_and_unexpected_exchanged(wanted, found, tied):
    missing, unexpected, misshapen = _told(wanted, found, tied)
    return unexpected, missing, misshapen


@exercise.misconception
def same_size_is_enough(wanted, found, tied):
    """A `reshape` makes it fit: it loads, and every number stands elsewhere."""
    return _told(wanted, found, tied, lambda a, b: math.prod(a) == math.prod(b))


@exercise.misconception
def transposed_is_enough(wanted, found, tied):
    return _told(wanted, found, tied, lambda a, b: sorted(a) == sorted(b))


@exercise.misconception
def same_number_of_axes_is_enough(wanted, found, tied):
    return _told(wanted, found, tied, lambda a, b: len(a) == len(b))


@exercise.misconception
def unexpected_not_reported(wanted, found, tied):
    missing, _, misshapen = _told(wanted, found, tied)
    return missing, [], misshapen


@exercise.misconception
def wrong_shape_is_missing(wanted, found, tied):
    missing, unexpected, misshapen = _told(wanted, found, tied)
    return sorted(missing + misshapen), unexpected, []


@exercise.misconception
def shape_of_tied_ones_not_looked_at(wanted, found, tied):
    missing, unexpected, misshapen = _told(wanted, found, tied)
    return missing, unexpected, [name for name in misshapen if name in found]


@exercise.misconception
def tied_ones_unexpected(wanted, found, tied):
    """Every tie is added to what there is, of whatever model."""
    have = {**found, **{n: found[h] for n, h in tied.items() if h in found}}
    missing, _, misshapen = _told(wanted, found, tied)
    return missing, sorted(set(have) - set(wanted)), misshapen


@exercise.misconception
def in_the_order_of_the_file(wanted, found, tied):
    missing, unexpected, misshapen = _told(wanted, found, tied)
    return (
        [name for name in wanted if name in missing],
        [name for name in found if name in unexpected],
        [name for name in wanted if name in misshapen],
    )


@exercise.alternative
def with_sets(wanted, found, tied):
    return _told(wanted, found, tied)


@exercise.alternative
def asking_name_by_name(wanted, found, tied):
    def shape(name):
        if name in found:
            return found[name]
        return found.get(tied.get(name))

    missing, misshapen = [], []
    for name in sorted(wanted):
        if shape(name) is None:
            missing.append(name)
        elif list(shape(name)) != list(wanted[name]):
            misshapen.append(name)
    return missing, sorted(n for n in found if n not in wanted), misshapen


@exercise.alternative
def with_key_views(wanted, found, tied):
    have = _have(wanted, found, tied)
    wrong = [n for n in wanted.keys() & have.keys() if wanted[n] != have[n]]
    missing, unexpected = wanted.keys() - have.keys(), have.keys() - wanted.keys()
    return sorted(missing), sorted(unexpected), sorted(wrong)


@exercise.alternative
def crossing_off(wanted, found, tied):
    """What the file has is crossed off what is needed."""
    open_names, over, wrong = dict(wanted), [], []
    for name, shape in _have(wanted, found, tied).items():
        if name not in open_names:
            over.append(name)
        elif open_names.pop(name) != shape:
            wrong.append(name)
    return sorted(open_names), sorted(over), sorted(wrong)


@exercise.alternative
def tied_at_the_end(wanted, found, tied):
    missing = set(wanted) - set(found)
    wrong = {n for n in set(wanted) & set(found) if wanted[n] != found[n]}
    for name in sorted(missing):
        home = tied.get(name)
        if home in found:
            missing.remove(name)
            if found[home] != wanted[name]:
                wrong.add(name)
    return sorted(missing), sorted(set(found) - set(wanted)), sorted(wrong)


@exercise.alternative
def over_all_names(wanted, found, tied):
    have = _have(wanted, found, tied)
    lists = ([], [], [])
    for name in sorted({*wanted, *have}):
        if name not in have:
            lists[0].append(name)
        elif name not in wanted:
            lists[1].append(name)
        elif tuple(have[name]) != tuple(wanted[name]):
            lists[2].append(name)
    return list(lists)
