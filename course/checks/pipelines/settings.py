"""pipelines.settings: which of the settings of several sources count."""

from collections import ChainMap

import numpy as np

from course.checks.pipelines.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of


def resolve_settings(layers, prompt_length):
    """What a model that writes has to keep to, from settings of several sources.

    Args:
        layers: List of dicts of settings by name, the weakest first: what is usual,
            then what the model's own file says, then what the call says, for example.
            A later one wins over those before it. A setting that is None was not said.
        prompt_length: The number of tokens of the prompt.

    Returns:
        least, most: The fewest and the most *new* tokens. The most is said by
            `max_new_tokens`, or by `max_length`, which counts the prompt too; the one
            that comes in a later layer wins, of two in one layer `max_new_tokens`. In
            the same way `min_new_tokens` and `min_length` say the fewest. 0 and 20
            where nothing is said; never below 0.
        draws: Whether tokens are drawn: True only if `do_sample` is. Other settings of
            drawing (`temperature`, `top_k`, `top_p`) draw nothing by themselves.
        beams: `num_beams`; 1 where nothing is said.
    """
    found = {"min_new_tokens": 0, "max_new_tokens": 20}
    for layer in layers:
        said = {name: value for name, value in layer.items() if value is not None}
        for side in ("min", "max"):
            length = said.pop(f"{side}_length", None)
            if length is not None:
                said.setdefault(f"{side}_new_tokens", length - prompt_length)
        found |= said
    least, most = (max(found[f"{side}_new_tokens"], 0) for side in ("min", "max"))
    return least, most, bool(found.get("do_sample")), found.get("num_beams", 1)


exercise = Exercise(
    "pipelines.settings",
    unit=UNIT,
    answer="resolve_settings",
    reference=resolve_settings,
    parts={"layers": 2, "lengths": 3, "drawing": 1, "nothing": 1},
    returns={"least": (), "most": (), "draws": (), "beams": ()},
    forbidden=(
        f"{__name__}.resolve_settings",
        "transformer_tf.pipelines.generation_options.combine_settings",
    ),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper="https://arxiv.org/abs/1904.09751",
)


def _n(rng, least, most):
    return int(rng.integers(least, most))


@exercise.probe(part="layers")
def a_later_one_wins(rng):
    usual = {"max_new_tokens": 256, "num_beams": 4, "do_sample": True}
    own = {"max_new_tokens": _n(rng, 50, 90), "num_beams": 3, "min_new_tokens": 6}
    call = {"max_new_tokens": _n(rng, 10, 20), "do_sample": False}
    return Call([usual, own, call], _n(rng, 21, 40))


@exercise.probe(part="layers")
def not_said(rng):
    own = {"max_new_tokens": _n(rng, 50, 90), "num_beams": 5, "do_sample": True}
    call = {"max_new_tokens": None, "num_beams": None, "do_sample": None}
    return Call([own, {"min_new_tokens": 3}, call], 7)


@exercise.probe(part="layers")
def many_say_little(rng):
    first = {"num_beams": _n(rng, 3, 6), "max_new_tokens": 30, "do_sample": True}
    between = [{"temperature": 0.5}, {"num_beams": None}, {}, {"top_k": 9}, {}]
    return Call([first, *between, {"min_new_tokens": 4}], 7)


@exercise.probe(part="lengths")
def the_prompt_is_one_token(rng):
    return Call([{"max_length": _n(rng, 20, 40), "min_length": 5}], 1)


@exercise.probe(part="lengths")
def a_length_counts_the_prompt(rng):
    prompt = _n(rng, 4, 9)
    layers = [{"max_length": prompt + _n(rng, 30, 40), "min_length": prompt + 12}]
    return Call(layers, prompt)


@exercise.probe(part="lengths")
def a_length_after_new_tokens(rng):
    """The pipeline's own 256 must not overrule what the model's file says."""
    usual = {"max_new_tokens": 256, "min_new_tokens": 9}
    own = {"max_length": _n(rng, 60, 70), "min_length": 15}
    return Call([usual, own, {"num_beams": 2}], _n(rng, 8, 12))


@exercise.probe(part="lengths")
def new_tokens_after_a_length(rng):
    own = {"max_length": 20, "min_length": 18}
    call = {"max_new_tokens": _n(rng, 40, 50), "min_new_tokens": 2}
    return Call([own, call], _n(rng, 10, 14))


@exercise.probe(part="lengths")
def both_in_one_layer(rng):
    call = {"max_length": _n(rng, 40, 60), "max_new_tokens": _n(rng, 60, 70)}
    return Call([{}, call | {"min_length": 30, "min_new_tokens": 1}], 13)


@exercise.probe(part="lengths")
def the_prompt_is_longer(rng):
    own = {"max_length": 20, "min_length": 10}
    return Call([own], _n(rng, 25, 40))


@exercise.probe(part="drawing")
def settings_of_drawing_alone(rng):
    own = {"temperature": 0.7, "top_k": 50, "top_p": 0.9}
    return Call([own, {"num_beams": _n(rng, 2, 6)}], 5)


@exercise.probe(part="drawing")
def drawing_and_its_settings(rng):
    return Call([{"do_sample": True}, {"temperature": 0.5}], _n(rng, 3, 9))


@exercise.probe(part="nothing")
def nothing_is_said(rng):
    return Call([{}, {}], _n(rng, 1, 9))


NAMES = ("max_length", "min_length", "max_new_tokens", "min_new_tokens", "num_beams")


@exercise.promise(
    part="layers",
    layers=Sizes(0, 5),
    prompt=OneOf(1, 12, 300),
    unsaid=OneOf(0.0, 0.6),
)
def any_layers(rng, layers, prompt, unsaid):
    found = []
    for _ in range(layers):
        said: dict = {name: int(rng.integers(1, 60)) for name in NAMES}
        said |= {"do_sample": bool(rng.integers(2)), "temperature": 0.5}
        for name in sorted(said):
            if rng.random() < unsaid:
                said[name] = None
            elif rng.random() < 0.4:
                del said[name]
        if isinstance(said.get("max_length"), int):
            said["max_length"] += prompt
        found.append(said)
    return Call(found, prompt)


_right = copy_of(resolve_settings)


def _without_none(layers):
    return [{n: v for n, v in layer.items() if v is not None} for layer in layers]


@exercise.misconception
def the_first_wins(layers, prompt_length):
    return _right(layers[::-1], prompt_length)


@exercise.misconception
def none_overrules(layers, prompt_length):
    """A setting that was not said wipes out the one that was."""
    last = layers[-1] if layers else {}
    kept = [
        {n: v for n, v in layer.items() if last.get(n, 0) is not None}
        for layer in layers
    ]
    return _right(kept, prompt_length)


@exercise.misconception
def only_the_last_layer(layers, prompt_length):
    return _right(layers[-1:], prompt_length)


@exercise.misconception
def prompt_not_counted(layers, prompt_length):
    """max_length taken for the number of new tokens."""
    return _right(layers, 0)


@exercise.misconception
def prompt_taken_from_new_tokens(layers, prompt_length):
    moved = [
        {
            n: v - prompt_length if n.endswith("new_tokens") else v
            for n, v in one.items()
        }
        for one in _without_none(layers)
    ]
    return _right(moved, prompt_length)


@exercise.misconception
def new_tokens_always_win(layers, prompt_length):
    """Even those of a weaker layer."""
    found: dict = {}
    for layer in _without_none(layers):
        found |= layer
    return _right([found], prompt_length)


@exercise.misconception
def length_wins_in_one_layer(layers, prompt_length):
    kept = []
    for layer in _without_none(layers):
        for side in ("min", "max"):
            if f"{side}_length" in layer:
                layer.pop(f"{side}_new_tokens", None)
        kept.append(layer)
    return _right(kept, prompt_length)


@exercise.misconception
def below_zero(layers, prompt_length):
    large = 10**6
    moved = [
        {n: v + large if n in NAMES[:4] else v for n, v in layer.items()}
        for layer in _without_none(layers)
    ]
    usual = {"min_new_tokens": large, "max_new_tokens": 20 + large}
    least, most, draws, beams = _right([usual, *moved], prompt_length)
    return least - large, most - large, draws, beams


@exercise.misconception
def drawing_settings_draw(layers, prompt_length):
    found: dict = {}
    for layer in _without_none(layers):
        found |= layer
    drawing = {"temperature", "top_k", "top_p"} & set(found)
    least, most, draws, beams = _right(layers, prompt_length)
    return least, most, draws or bool(drawing), beams


@exercise.misconception
def beams_never_draw(layers, prompt_length):
    """A search with beams is taken to be no drawing, whatever was said."""
    least, most, draws, beams = _right(layers, prompt_length)
    return least, most, draws and beams == 1, beams


@exercise.misconception
def strictest_wins(layers, prompt_length):
    """The smallest of all that limit the length."""
    limits = [20] if not any(_without_none(layers)) else []
    for layer in _without_none(layers):
        if "max_new_tokens" in layer:
            limits.append(layer["max_new_tokens"])
        if "max_length" in layer:
            limits.append(max(layer["max_length"] - prompt_length, 0))
    least, _, draws, beams = _right(layers, prompt_length)
    return least, min(limits, default=20), draws, beams


@exercise.alternative
def side_by_side(layers, prompt_length):
    sides = {"min": 0, "max": 20}
    draws, beams = False, 1
    for layer in layers:
        for side in sides:
            new, length = layer.get(f"{side}_new_tokens"), layer.get(f"{side}_length")
            if new is not None:
                sides[side] = new
            elif length is not None:
                sides[side] = length - prompt_length
        if layer.get("do_sample") is not None:
            draws = layer["do_sample"]
        if layer.get("num_beams") is not None:
            beams = layer["num_beams"]
    return max(0, sides["min"]), max(0, sides["max"]), draws, beams


@exercise.alternative
def from_the_strongest(layers, prompt_length):
    def first(*names, usual):
        for layer in reversed(layers):
            for name in names:
                if layer.get(name) is not None:
                    whole = name.endswith("_length")
                    return layer[name] - prompt_length * whole
        return usual

    least = first("min_new_tokens", "min_length", usual=0)
    most = first("max_new_tokens", "max_length", usual=20)
    draws = first("do_sample", usual=False)
    return max(least, 0), max(most, 0), bool(draws), first("num_beams", usual=1)


@exercise.alternative
def with_a_chain(layers, prompt_length):
    said = []
    for layer in _without_none(layers):
        for side in ("min", "max"):
            if f"{side}_length" in layer and f"{side}_new_tokens" not in layer:
                layer[f"{side}_new_tokens"] = layer[f"{side}_length"] - prompt_length
        said.insert(0, layer)
    usual = {"min_new_tokens": 0, "max_new_tokens": 20, "do_sample": False}
    found = ChainMap(*said, usual | {"num_beams": 1})
    least, most = found["min_new_tokens"], found["max_new_tokens"]
    return max(least, 0), max(most, 0), found["do_sample"], found["num_beams"]


@exercise.alternative
def in_pairs(layers, prompt_length):
    """(value, how many tokens to take off) of the latest."""
    limits = {"min": (0, 0), "max": (20, 0)}
    found = {"do_sample": False, "num_beams": 1}
    for layer in _without_none(layers):
        for side in limits:
            for name, off in (("length", prompt_length), ("new_tokens", 0)):
                if f"{side}_{name}" in layer:
                    limits[side] = (layer[f"{side}_{name}"], off)
        found.update({n: v for n, v in layer.items() if n in found})
    numbers = [value - off if value > off else 0 for value, off in limits.values()]
    return *numbers, found["do_sample"], found["num_beams"]


@exercise.alternative
def one_value_at_a_time(layers, prompt_length):
    def last(name):
        values = [(n, one[name]) for n, one in enumerate(layers) if one.get(name)]
        return values[-1] if values else (-1, None)

    found = []
    for side, usual in (("min", 0), ("max", 20)):
        new, whole = last(f"{side}_new_tokens"), last(f"{side}_length")
        if whole[0] > new[0]:
            found.append(max(0, whole[1] - prompt_length))
        else:
            found.append(usual if new[1] is None else new[1])
    drawn = [one["do_sample"] for one in layers if one.get("do_sample") is not None]
    return [*found, bool(drawn and drawn[-1]), last("num_beams")[1] or 1]


@exercise.alternative
def with_numpy(layers, prompt_length):
    least, most, draws, beams = 0, 20, False, 1
    for layer in _without_none(layers):
        least = layer.get("min_length", least + prompt_length) - prompt_length
        most = layer.get("max_length", most + prompt_length) - prompt_length
        least, most = (
            layer.get("min_new_tokens", least),
            layer.get("max_new_tokens", most),
        )
        draws, beams = layer.get("do_sample", draws), layer.get("num_beams", beams)
    least, most = np.clip([least, most], 0, None).tolist()
    return least, most, draws, beams
