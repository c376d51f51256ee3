"""checkpoints.shards: a large model lies in several files; which ones to open."""

import itertools

from course.checks.checkpoints.samples import SAFETENSORS, UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def plan_shards(weight_map, wanted):
    """Which files of a checkpoint have to be opened, and for what.

    Args:
        weight_map: {name: file}: in which file each weight lies, from the index.
        wanted: List of the names that a model needs.

    Returns:
        plan: {file: names}: only the files that hold something wanted; the names are
            a sorted list of what is wanted from it.
        nowhere: List of the wanted names that lie in no file, sorted.
    """
    plan, nowhere = {}, []
    for name in sorted(wanted):
        if name in weight_map:
            plan.setdefault(weight_map[name], []).append(name)
        else:
            nowhere.append(name)
    return plan, nowhere


exercise = Exercise(
    "checkpoints.shards",
    unit=UNIT,
    answer="plan_shards",
    reference=plan_shards,
    parts={"files": 3, "nowhere": 2},
    returns={"plan": (), "nowhere": ("name",)},
    forbidden=(f"{__name__}.plan_shards",),
    hints=3,
    difficulty=1,
    importance=3,
    minutes=8,
    paper=SAFETENSORS,
)


def _file(number, count=4):
    return f"model-{number + 1:05}-of-{count:05}.safetensors"


def _map(rng, layers, files=4):
    """Some layers, no two neighbours in one file, in no order."""
    names = [f"layer.{n}.{part}" for n in range(layers) for part in ("bias", "kernel")]
    order = rng.permutation(len(names))
    return {names[n]: _file(n % files, files) for n in order}


@exercise.probe(part="files")
def some_of_each(rng):
    """Wanted of two files of four, not in the order of the alphabet."""
    weights = _map(rng, 6)
    wanted = [n for n, file in weights.items() if file in (_file(1), _file(2))]
    return Call(weights, sorted(wanted, reverse=True))


@exercise.probe(part="files")
def one_of_a_file(rng):
    weights = _map(rng, 6)
    return Call(weights, ["layer.5.kernel", "layer.0.kernel", "layer.2.bias"])


@exercise.probe(part="nowhere")
def some_lie_nowhere(rng):
    wanted = ["pooler.kernel", "layer.1.bias", "head.bias", "layer.3.kernel"]
    return Call(_map(rng, 4), wanted)


@exercise.probe(part="nowhere")
def many_lie_nowhere(rng):
    """In front, between and at the end of a long list."""
    weights = _map(rng, 4)
    there = rng.permutation(sorted(weights)).tolist()
    extra = [f"head.{n}" for n in rng.permutation(9)]
    return Call(weights, [*extra[:2], *there[:3], extra[2], *there[3:], *extra[3:]])


@exercise.promise(
    part="nowhere",
    layers=Sizes(0, 8),
    files=Sizes(1, 5),
    wanted=Sizes(0, 9),
    more=OneOf(0, 1),
)
def any_index(rng, layers, files, wanted, more):
    weights = _map(rng, layers, files)
    names = rng.permutation(sorted(weights)).tolist()[:wanted]
    extra = [f"other.{n}" for n in range(more)]
    return Call(weights, rng.permutation(names + extra).tolist())


def _plan(weight_map, wanted):
    there = [name for name in wanted if name in weight_map]
    files = {weight_map[name] for name in there}
    plan = {f: sorted(n for n in there if weight_map[n] == f) for f in files}
    return plan, sorted(set(wanted) - set(there))


@exercise.misconception
def every_file_opened(weight_map, wanted):
    plan, nowhere = _plan(weight_map, wanted)
    return {file: plan.get(file, []) for file in weight_map.values()}, nowhere


@exercise.misconception
def everything_taken(weight_map, wanted):
    """The right files, but all that lies in them."""
    plan, nowhere = _plan(weight_map, wanted)
    everything, _ = _plan(weight_map, list(weight_map))
    return {file: everything[file] for file in plan}, nowhere


@exercise.misconception
def nowhere_forgotten(weight_map, wanted):
    return _plan(weight_map, wanted)[0], []


@exercise.misconception
def first_file_alone(weight_map, wanted):
    plan, nowhere = _plan(weight_map, wanted)
    return dict(sorted(plan.items())[:1]), nowhere


@exercise.misconception
def last_name_of_each(weight_map, wanted):
    """`plan[file] = [name]`: what was there is replaced."""
    there = [name for name in wanted if name in weight_map]
    return {weight_map[n]: [n] for n in there}, _plan(weight_map, wanted)[1]


@exercise.misconception
def names_as_they_came(weight_map, wanted):
    plan = {}
    for name in wanted:
        if name in weight_map:
            plan.setdefault(weight_map[name], []).append(name)
    return plan, _plan(weight_map, wanted)[1]


@exercise.misconception
def nowhere_as_a_file(weight_map, wanted):
    """`weight_map.get(name)` is None, and None becomes a file."""
    plan = {}
    for name in sorted(wanted):
        plan.setdefault(weight_map.get(name), []).append(name)
    return plan, _plan(weight_map, wanted)[1]


@exercise.misconception
def unwanted_for_nowhere(weight_map, wanted):
    """What the files have and nobody wants, instead of the reverse."""
    plan, _ = _plan(weight_map, wanted)
    return plan, sorted(set(weight_map) - set(wanted))


@exercise.misconception
def file_by_name(weight_map, wanted):
    """The index once more: a file for each name."""
    found = {name: weight_map[name] for name in wanted if name in weight_map}
    return found, _plan(weight_map, wanted)[1]


@exercise.alternative
def by_files(weight_map, wanted):
    return _plan(weight_map, wanted)


@exercise.alternative
def by_going_through_the_index(weight_map, wanted):
    plan = {}
    for name, file in weight_map.items():
        if name in wanted:
            plan[file] = sorted([*plan.get(file, []), name])
    return plan, sorted(name for name in wanted if name not in weight_map)


@exercise.alternative
def with_groups(weight_map, wanted):
    there = sorted((weight_map[name], name) for name in set(wanted) & set(weight_map))
    groups = itertools.groupby(there, key=lambda pair: pair[0])
    plan = {file: [name for _, name in pairs] for file, pairs in groups}
    return plan, sorted(set(wanted).difference(weight_map))


@exercise.alternative
def with_a_dictionary_turned_round(weight_map, wanted):
    turned = {}
    for name in weight_map:
        turned.setdefault(weight_map[name], set()).add(name)
    plan = {file: sorted(names & set(wanted)) for file, names in turned.items()}
    plan = {file: names for file, names in plan.items() if names}
    return plan, sorted(n for n in set(wanted) if weight_map.get(n) is None)


@exercise.alternative
def sorted_at_the_end(weight_map, wanted):
    plan, nowhere = {}, []
    for name in wanted:
        try:
            file = weight_map[name]
        except KeyError:
            nowhere += [name]
            continue
        plan[file] = plan.get(file, ()) + (name,)
    nowhere.sort()
    return {file: sorted(names) for file, names in plan.items()}, nowhere


@exercise.alternative
def with_empty_lists(weight_map, wanted):
    plan = {weight_map[name]: [] for name in wanted if name in weight_map}
    nowhere = []
    for name in sorted(wanted):
        plan.get(weight_map.get(name), nowhere).append(name)
    return plan, nowhere
