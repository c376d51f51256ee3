"""checkpoints.rename: names of a file become names of ours, by patterns."""

import re

from course.checks.checkpoints.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import rename

exercise = Exercise(
    "checkpoints.rename",
    unit=UNIT,
    answer="rename",
    reference=rename,
    parts={"layers": 2, "whole": 2, "first": 1, "left": 1},
    returns={"renamed": (), "left": ("name",)},
    forbidden=("course.pieces.rename",),
    hints=3,
    difficulty=2,
    importance=4,
    minutes=12,
    paper="https://docs.python.org/3/library/re.html",
)

RULES = [
    [r"layer\.(\d+)\.attention\.query\.weight", r"\1.query_kernel"],
    [r"layer\.(\d+)\.output\.dense\.weight", r"\1.narrow_kernel"],
    [r"layer\.(\d+)\.output\.dense\.bias", r"\1.narrow_bias"],
    [r"tokens\.weight", "tokens"],
    [r"positions\.weight", "positions"],
    [r"layer\.(\d+)\.norm\.weight", r"\1.scale"],
]


def _layers(rng, *endings, most=30):
    """Layers below ten and above, in no order."""
    numbers = [0, 1, 10, 11, *rng.choice(range(12, most), 2, replace=False).tolist()]
    return [f"layer.{n}.{end}" for n in rng.permutation(numbers) for end in endings]


@exercise.probe(part="layers")
def more_than_ten_layers(rng):
    return Call(_layers(rng, "attention.query.weight", "output.dense.bias"), RULES)


@exercise.probe(part="layers")
def two_groups(rng):
    """The second pair of brackets is a name of its own."""
    rules = [[r"h\.(\d+)\.ln_([12])\.(?:weight|gamma)", r"norm\2.\1"]]
    numbers = rng.choice(40, size=3, replace=False)
    names = [
        f"h.{n}.ln_{k}.{w}" for n in numbers for k, w in ((1, "weight"), (2, "gamma"))
    ]
    return Call(names, rules)


@exercise.probe(part="whole")
def something_before_or_behind(rng):
    names = _layers(rng, "output.dense.weight")
    longer = [f"cls.{names[0]}", f"{names[1]}_scale", f"{names[2]}\n"]
    return Call([*names, *sorted(longer), "tokens.weight.old"], RULES)


@exercise.probe(part="whole")
def a_dot_is_a_dot(rng):
    names = _layers(rng, "output.dense.bias")
    return Call([*names, "layer.1.outputXdense.bias", "tokens_weight"], RULES)


@exercise.probe(part="first")
def two_rules_that_match(rng):
    rules = [
        [r"layer\.(\d+)\.output\.(.*)", r"block\1.\2"],
        [r"layer\.(\d+)\.(.*)", r"rest.\1.\2"],
    ]
    return Call(_layers(rng, "output.dense.weight", "attention.query.bias"), rules)


@exercise.probe(part="first")
def a_name_twice_inside(rng):
    """What a rule takes off the end stands in the middle, too."""
    number = int(rng.integers(12, 90))
    names = [f"weight.{number}.weight.weight", "a.weight"]
    return Call(names, [[r"(.*)\.weight", r"\1.kernel"]])


@exercise.probe(part="left")
def nothing_matches_some(rng):
    names = _layers(rng, "attention.query.weight")
    names.insert(int(rng.integers(3)), "pooler.dense.weight")
    return Call([*names, "cls.bias"], RULES)


@exercise.promise(
    part="left",
    names=Sizes(0, 9),
    rules=Sizes(0, 6),
    endings=OneOf("attention.query.weight", "output.dense.bias", "norm.weight"),
)
def any_names(rng, names, rules, endings):
    numbers = rng.choice(40, size=names, replace=False)
    places = rng.permutation(len(RULES))[:rules]
    chosen = [RULES[place] for place in places]
    return Call([f"layer.{n}.{endings}" for n in numbers] + ["tokens.weight"], chosen)


def _renamed(names, rules, matched):
    """The first rule for which `matched` gives a new name."""
    found = {}
    for name in names:
        news = (matched(name, pattern, ours) for pattern, ours in rules)
        new = next((new for new in news if new is not None), None)
        if new is not None:
            found[name] = new
    return found, [name for name in names if name not in found]


def _whole(name, pattern, ours):
    match = re.fullmatch(pattern, name)
    return match.expand(ours) if match else None


@exercise.misconception
def one_digit(names, rules):
    return _renamed(
        names, [[p.replace(r"(\d+)", r"(\d)"), ours] for p, ours in rules], _whole
    )


@exercise.misconception
def only_the_beginning_matched(names, rules):
    def matched(name, pattern, ours):
        match = re.match(pattern, name)
        return match.expand(ours) if match else None

    return _renamed(names, rules, matched)


@exercise.misconception
def searched_anywhere(names, rules):
    def matched(name, pattern, ours):
        match = re.search(pattern, name)
        return match.expand(ours) if match else None

    return _renamed(names, rules, matched)


@exercise.misconception
def replaced_in_the_middle(names, rules):
    """`re.sub` puts the new text where it found the old, and keeps the rest."""

    def matched(name, pattern, ours):
        return re.sub(pattern, ours, name) if re.search(pattern, name) else None

    return _renamed(names, rules, matched)


@exercise.misconception
def a_line_s_end_is_not_the_end(names, rules):
    r"""`^...$` lets a newline behind it pass."""

    def matched(name, pattern, ours):
        match = re.search(f"^(?:{pattern})$", name)
        return match.expand(ours) if match else None

    return _renamed(names, rules, matched)


@exercise.misconception
def dots_mean_anything(names, rules):
    return _renamed(names, [[p.replace(r"\.", "."), o] for p, o in rules], _whole)


@exercise.misconception
def last_rule_wins(names, rules):
    return _renamed(names, rules[::-1], _whole)


@exercise.misconception
def left_over_kept_under_their_names(names, rules):
    found, left = _renamed(names, rules, _whole)
    return found | {name: name for name in left}, []


@exercise.misconception
def left_over_forgotten(names, rules):
    return _renamed(names, rules, _whole)[0], []


@exercise.misconception
def left_over_sorted(names, rules):
    found, left = _renamed(names, rules, _whole)
    return found, sorted(left)


@exercise.misconception
def brackets_not_filled_in(names, rules):
    return _renamed(names, rules, lambda n, p, o: o if re.fullmatch(p, n) else None)


@exercise.misconception
def the_other_way_round(names, rules):
    found, left = _renamed(names, rules, _whole)
    return {new: name for name, new in found.items()}, left


@exercise.alternative
def with_sub(names, rules):
    def matched(name, pattern, ours):
        new, count = re.subn(rf"\A(?:{pattern})\Z", ours, name)
        return new if count else None

    return _renamed(names, rules, matched)


@exercise.alternative
def compiled_first(names, rules):
    patterns = [(re.compile(pattern), ours) for pattern, ours in rules]
    found = {}
    for pattern, ours in reversed(patterns):
        for name in names:
            match = pattern.fullmatch(name)
            if match is not None:
                found[name] = match.expand(ours)
    ordered = {name: found[name] for name in names if name in found}
    return ordered, [name for name in names if name not in ordered]


@exercise.alternative
def rule_by_rule(names, rules):
    waiting, found = list(names), {}
    for pattern, ours in rules:
        for name in list(waiting):
            match = re.fullmatch(pattern, name)
            if match:
                found[name] = match.expand(ours)
                waiting.remove(name)
    return found, waiting


@exercise.alternative
def match_with_an_end(names, rules):
    def matched(name, pattern, ours):
        match = re.match(pattern, name)
        if match is None or match.end() < len(name):
            return None
        return match.expand(ours)

    return _renamed(names, rules, matched)


@exercise.alternative
def filled_in_by_hand(names, rules):
    def matched(name, pattern, ours):
        match = re.fullmatch(pattern, name)
        if match is None:
            return None
        for number, text in enumerate(match.groups(), start=1):
            ours = ours.replace(f"\\{number}", text)
        return ours

    return _renamed(names, rules, matched)


@exercise.alternative
def with_a_function(names, rules):
    def new(name):
        for pattern, ours in rules:
            if match := re.fullmatch(pattern, name):
                return match.expand(ours)
        return None

    renamed = {name: new(name) for name in names if new(name)}
    return renamed, list(filter(lambda name: new(name) is None, names))
