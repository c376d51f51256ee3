"""bias.footprint: kilowatt hours and kilograms of CO2, as ranges."""

import numpy as np
import tensorflow as tf

from course.checks.bias.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import footprint

exercise = Exercise(
    "bias.footprint",
    unit=UNIT,
    answer="footprint",
    reference=footprint,
    parts={"energy": 3, "carbon": 2},
    returns={"energy": ("end",), "carbon": ("end",)},
    forbidden=("course.pieces.footprint",),
    hints=3,
    difficulty=1,
    importance=4,
    minutes=10,
    paper="https://arxiv.org/abs/1906.02243",
)
_right = copy_of(footprint)


def _range(rng, least, most, wide=1.5):
    low = rng.uniform(least, most)
    return np.array([low, low * rng.uniform(1.1, wide)], "float32")


def _call(rng, devices, hours=(20, 90), overhead=None):
    return Call(
        _range(rng, 150, 400),
        devices,
        _range(rng, *hours),
        _range(rng, 1.1, 1.6) if overhead is None else overhead,
        _range(rng, 40, 500, 3),
    )


@exercise.probe(part="energy")
def eight_devices(rng):
    return _call(rng, 8)


@exercise.probe(part="energy")
def one_device_for_minutes(rng):
    return _call(rng, 1, hours=(0.05, 0.2))


@exercise.probe(part="carbon")
def a_hundred_devices(rng):
    return _call(rng, 100, hours=(5, 20))


@exercise.promise(
    part="energy", devices=Sizes(1, 500), hours=OneOf(0.0, 0.5, 700.0), same=OneOf(0, 1)
)
def any_run(rng, devices, hours, same):
    """No hours at all, ranges that are single numbers, no overhead."""
    call = _call(rng, devices, (hours, hours), np.array([1.0, 1.3 - 0.3 * same], "f4"))
    parts = [a.values.copy() if hasattr(a, "values") else a for a in call.request.args]
    if same:
        for part in (parts[0], parts[2], parts[4]):
            part[1] = part[0]
    return Call(*parts)


def _arrays(*parts):
    return [np.array(part, "float64") for part in parts]


def _both(energy, intensity):
    energy = np.array(energy, "float64")
    return energy, energy * np.array(intensity, "float64") / 1000


@exercise.misconception
def watt_hours(watts, devices, hours, overhead, intensity):
    watts, hours, overhead = _arrays(watts, hours, overhead)
    return _both(watts * devices * hours * overhead, intensity)


@exercise.misconception
def overhead_forgotten(watts, devices, hours, overhead, intensity):
    return _right(watts, devices, hours, np.ones(2), intensity)


@exercise.misconception
def overhead_divided(watts, devices, hours, overhead, intensity):
    return _right(watts, devices, hours, 1 / np.array(overhead), intensity)


@exercise.misconception
def overhead_added(watts, devices, hours, overhead, intensity):
    watts, hours, overhead = _arrays(watts, hours, overhead)
    return _both(watts * devices * hours / 1000 + overhead, intensity)


@exercise.misconception
def only_one_device(watts, devices, hours, overhead, intensity):
    return _right(watts, 1, hours, overhead, intensity)


@exercise.misconception
def grams_for_kilograms(watts, devices, hours, overhead, intensity):
    energy, carbon = _right(watts, devices, hours, overhead, intensity)
    return energy, 1000 * carbon


@exercise.misconception
def megajoules(watts, devices, hours, overhead, intensity):
    """A kilowatt hour is 3.6 megajoules."""
    energy, carbon = _right(watts, devices, hours, overhead, intensity)
    return 3.6 * energy, 3.6 * carbon


@exercise.misconception
def minutes_for_hours(watts, devices, hours, overhead, intensity):
    return _right(watts, devices, np.array(hours) / 60, overhead, intensity)


@exercise.misconception
def the_middle_twice(watts, devices, hours, overhead, intensity):
    """Every range is replaced by its middle before anything is multiplied."""
    parts = [np.repeat(np.mean(p), 2) for p in (watts, hours, overhead, intensity)]
    return _right(parts[0], devices, parts[1], parts[2], parts[3])


@exercise.misconception
def least_and_most_crossed(watts, devices, hours, overhead, intensity):
    """The cleanest electricity is given to the run that needs the most."""
    return _right(watts, devices, hours, overhead, np.array(intensity)[::-1])


@exercise.alternative
def by_joules(watts, devices, hours, overhead, intensity):
    watts, hours, overhead, intensity = _arrays(watts, hours, overhead, intensity)
    joules = watts * devices * (3600 * hours) * overhead
    return joules / 3.6e6, joules / 3.6e6 * (intensity / 1000)


@exercise.alternative
def end_by_end(watts, devices, hours, overhead, intensity):
    ends = [
        float(w) * devices * float(h) * float(o) / 1000
        for w, h, o in zip(watts, hours, overhead)
    ]
    return ends, [e * float(i) / 1000 for e, i in zip(ends, intensity)]


@exercise.alternative
def with_reduce(watts, devices, hours, overhead, intensity):
    table = np.stack(_arrays(watts, hours, overhead))
    energy = np.prod(table, axis=0) * devices / 1000
    return energy, energy * np.array(intensity, "float64") / 1000


@exercise.alternative
def in_kilowatts(watts, devices, hours, overhead, intensity):
    kilowatts = np.array(watts, "float64") / 1000 * devices
    building = kilowatts * np.array(overhead, "float64")
    energy = building * np.array(hours, "float64")
    return energy, np.array(intensity, "float64") * energy / 1e3


@exercise.alternative
def in_tensorflow(watts, devices, hours, overhead, intensity):
    energy = watts * tf.cast(devices, watts.dtype) * hours * overhead / 1000
    return energy, energy * intensity / 1000


@exercise.alternative
def by_logarithms(watts, devices, hours, overhead, intensity):
    with np.errstate(divide="ignore"):
        parts = [np.log(p) for p in _arrays(watts, hours, overhead)]
    energy = np.exp(sum(parts) + np.log(devices) - np.log(1000))
    return energy, energy * np.array(intensity, "float64") / 1000
