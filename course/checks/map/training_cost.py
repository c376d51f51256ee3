"""What training a Transformer costs: operations, time, energy."""

import numpy as np

from course.examination import Call, Exercise, OneOf, Sizes


def training_cost(parameters, tokens, chips, operations_per_second, share, watts):
    """Estimates what training a Transformer takes.

    Args:
        parameters: Numbers that the model learns.
        tokens: How many tokens it reads in training, repetitions counted.
        chips: How many chips work at the same time.
        operations_per_second: What one chip can do at best.
        share: The share of that best which is reached in practice, in (0, 1].
        watts: The power that one chip draws.

    Returns:
        operations: 6 for each parameter and token.
        hours: How long it takes.
        kilowatt_hours: The energy that all chips use in that time.
    """
    operations = 6 * parameters * tokens
    hours = operations / (chips * operations_per_second * share) / 3600
    kilowatt_hours = chips * watts * hours / 1000
    return operations, hours, kilowatt_hours


cost = Exercise(
    "map.training_cost",
    unit="00_map",
    answer="training_cost",
    reference=training_cost,
    parts={"one_chip": 3, "many_chips": 2},
    returns={"operations": (), "hours": (), "kilowatt_hours": ()},
    forbidden=(f"{__name__}.training_cost",),
    hints=3,
    difficulty=1,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/2001.08361",
)


def _sizes(rng, chips):
    parameters = float(rng.integers(20, 200)) * 1e6
    tokens = parameters * float(rng.integers(5, 40))
    speed = float(rng.integers(20, 90)) * 1e12
    share = float(rng.integers(25, 60)) / 100
    return parameters, tokens, chips, speed, share, float(rng.integers(150, 700))


@cost.probe(part="one_chip")
def at_home(rng):
    return Call(*_sizes(rng, 1))


@cost.probe(part="many_chips")
def in_a_hall(rng):
    return Call(*_sizes(rng, 48))


@cost.promise(part="many_chips", chips=Sizes(1, 10_000), share=OneOf(1.0, 0.01))
def any_sizes(rng, chips, share):
    parameters, tokens, _, speed, _, watts = _sizes(rng, chips)
    return Call(parameters, tokens, chips, speed, share, watts)


def _estimate(parameters, tokens, chips, best, share, watts, **changed):
    """The three results from their pieces, any of which may be given wrong."""
    pieces = {"each": 6, "speed": chips * best * share, "hour": 3600} | changed
    operations = pieces["each"] * parameters * tokens
    hours = operations / pieces["speed"] / pieces["hour"]
    drawing = pieces.get("drawing", chips)
    return operations, hours, drawing * watts * hours / pieces.get("kilo", 1000)


@cost.misconception
def forward_only(*sizes):
    return _estimate(*sizes, each=2)


@cost.misconception
def backward_counted_once(*sizes):
    return _estimate(*sizes, each=4)


@cost.misconception
def share_ignored(parameters, tokens, chips, speed, share, watts):
    sizes = (parameters, tokens, chips, speed, share, watts)
    return _estimate(*sizes, speed=chips * speed)


@cost.misconception
def share_makes_it_faster(parameters, tokens, chips, speed, share, watts):
    sizes = (parameters, tokens, chips, speed, share, watts)
    return _estimate(*sizes, speed=chips * speed / share)


@cost.misconception
def seconds_not_hours(*sizes):
    return _estimate(*sizes, hour=1)


@cost.misconception
def minutes_not_hours(*sizes):
    return _estimate(*sizes, hour=60)


@cost.misconception
def watts_not_kilowatts(*sizes):
    return _estimate(*sizes, kilo=1)


@cost.misconception
def chips_do_not_help(parameters, tokens, chips, speed, share, watts):
    sizes = (parameters, tokens, chips, speed, share, watts)
    return _estimate(*sizes, speed=speed * share)


@cost.misconception
def energy_of_one_chip(*sizes):
    return _estimate(*sizes, drawing=1)


@cost.alternative
def through_joules(parameters, tokens, chips, operations_per_second, share, watts):
    operations = 6 * parameters * tokens
    chip_seconds = operations / (operations_per_second * share)
    joules = chip_seconds * watts
    return operations, chip_seconds / chips / 3600, joules / 3.6e6


@cost.alternative
def forwards_and_backwards(
    parameters, tokens, chips, operations_per_second, share, watts
):
    forwards = 2 * parameters * tokens
    backwards = 2 * forwards
    seconds = (forwards + backwards) / operations_per_second / share / chips
    return forwards + backwards, seconds / 60 / 60, seconds / 3600 * watts / 1e3 * chips


@cost.alternative
def with_numpy(parameters, tokens, chips, operations_per_second, share, watts):
    operations = np.prod([6.0, parameters, tokens])
    hours = np.divide(operations, chips * operations_per_second * share * 3600)
    return operations, hours, hours * chips * (watts * 1e-3)
