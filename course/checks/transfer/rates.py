"""transfer.rates: a learning rate for every layer."""

import itertools

import numpy as np

from course.checks.transfer.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of


def learning_rates(base, decay, num_layers):
    """The learning rate of each part of a model, the lower the smaller.

    Args:
        base: The learning rate of the head, a positive number.
        decay: What one step down multiplies by, above 0 and at most 1.
        num_layers: The number of layers between the embeddings and the head.

    Returns:
        A list of num_layers + 2 numbers: of the embeddings, of every layer from the
        lowest up, and of the head. Every part has `decay` times the rate of the one
        above it.
    """
    return [base * decay ** (num_layers + 1 - part) for part in range(num_layers + 2)]


exercise = Exercise(
    "transfer.rates",
    unit=UNIT,
    answer="learning_rates",
    reference=learning_rates,
    parts={"rates": 3, "ends": 2},
    returns={"rates": ("part",)},
    forbidden=(f"{__name__}.learning_rates",),
    hints=3,
    difficulty=1,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/1801.06146",
)


def _between(rng, low, high):
    return round(float(rng.uniform(low, high)), 4)


@exercise.probe(part="rates")
def three_layers(rng):
    return Call(_between(rng, 2, 4), _between(rng, 0.75, 0.85), 3)


@exercise.probe(part="rates")
def half_at_each_step(rng):
    return Call(_between(rng, 5, 9), 0.5, 4)


@exercise.probe(part="ends")
def a_single_layer(rng):
    return Call(_between(rng, 2, 4), _between(rng, 0.3, 0.4), 1)


@exercise.probe(part="ends")
def two_layers(rng):
    return Call(_between(rng, 11, 15), _between(rng, 0.6, 0.7), 2)


@exercise.promise(part="rates", decay=OneOf(0.25, 0.9, 1.0), layers=Sizes(0, 12))
def any_model(rng, decay, layers):
    return Call(_between(rng, 1, 3), decay, layers)


def _powers(base, decay, exponents):
    return [base * decay**exponent for exponent in exponents]


_right = copy_of(learning_rates)


@exercise.misconception
def upside_down(base, decay, num_layers):
    return _powers(base, decay, range(num_layers + 2))


@exercise.misconception
def top_layer_like_the_head(base, decay, num_layers):
    below = range(num_layers, -1, -1)
    return [*_powers(base, decay, below), base]


@exercise.misconception
def one_step_too_far(base, decay, num_layers):
    """The layers begin two steps below the head."""
    below = range(num_layers + 2, 1, -1)
    return [*_powers(base, decay, below), base]


@exercise.misconception
def embeddings_not_slowed(base, decay, num_layers):
    return [base, *_right(base, decay, num_layers)[1:]]


@exercise.misconception
def embeddings_like_the_first_layer(base, decay, num_layers):
    found = _right(base, decay, num_layers)
    return [found[1], *found[1:]]


@exercise.misconception
def head_slowed_too(base, decay, num_layers):
    return _powers(base, decay, range(num_layers + 2, 0, -1))


@exercise.misconception
def in_a_straight_line(base, decay, num_layers):
    steps = range(num_layers + 1, -1, -1)
    return [base * (1 - (1 - decay) * step / (num_layers + 1)) for step in steps]


@exercise.misconception
def divided(base, decay, num_layers):
    return _powers(base, 1 / decay, range(num_layers + 1, -1, -1))


@exercise.misconception
def no_rate_for_the_embeddings(base, decay, num_layers):
    return _right(base, decay, num_layers)[1:]


@exercise.alternative
def from_the_top(base, decay, num_layers):
    rates = [base]
    for _ in range(num_layers + 1):
        rates.append(rates[-1] * decay)
    return rates[::-1]


@exercise.alternative
def inserted_in_front(base, decay, num_layers):
    rates = [base]
    while len(rates) < num_layers + 2:
        rates.insert(0, decay * rates[0])
    return rates


@exercise.alternative
def by_powers_backwards(base, decay, num_layers):
    return [base * decay**n for n in reversed(range(num_layers + 2))]


@exercise.alternative
def in_numpy(base, decay, num_layers):
    exponents = np.arange(num_layers + 1, -1, -1)
    return (base * np.power(float(decay), exponents)).tolist()


@exercise.alternative
def part_by_part(base, decay, num_layers):
    embeddings = base * decay ** (num_layers + 1)
    layers = [base * decay ** (num_layers - n) for n in range(num_layers)]
    return [embeddings, *layers, base]


@exercise.alternative
def by_accumulation(base, decay, num_layers):
    steps = itertools.repeat(decay, num_layers + 1)
    return list(itertools.accumulate(steps, lambda a, b: a * b, initial=base))[::-1]
