"""Ways to stretch rotary positions beyond the length a model was trained on."""

import numpy as np


def rotary_speeds(dim, base, scaling=None):
    """How fast each pair of features turns.

    Args:
        dim: How many features turn; even.
        base: Wavelengths grow from 2 pi towards 2 pi * base positions.
        scaling: None, or a dictionary as model configurations hold it. `type` (or
            `rope_type`) names the way, `factor` says how much longer sequences become:
            `linear` slows every pair alike; `ntk` enlarges the base, so that the
            fastest pairs stay as they are; `yarn` and `llama3` slow only pairs that
            turn too rarely within `original_max_position_embeddings` positions.

    Returns:
        speeds: [dim / 2] float64, radians a position.
        magnitude: Factor of the cosines and sines (1 except for `yarn`).

    Raises:
        ValueError: an unknown way, a missing number, or a factor below 1.

    Source: linear https://arxiv.org/abs/2306.15595; yarn and ntk
    https://arxiv.org/abs/2309.00071; llama3 https://arxiv.org/abs/2407.21783.
    """
    speeds = base ** -(np.arange(0, dim, 2) / dim)
    if scaling is None:
        return speeds, 1.0
    way = scaling.get("type", scaling.get("rope_type"))
    ways = {"linear": _linear, "ntk": _ntk, "yarn": _yarn, "llama3": _llama3}
    if way not in ways:
        raise ValueError(f"scaling type must be one of {sorted(ways)}; got {way!r}")
    factor = _number(scaling, "factor")
    if factor < 1:
        raise ValueError(f"scaling factor must be at least 1; got {factor}")
    return ways[way](speeds, base, factor, scaling)


def _linear(speeds, base, factor, scaling):
    return speeds / factor, 1.0


def _ntk(speeds, base, factor, scaling):
    dim = 2 * len(speeds)
    enlarged = base * factor ** (dim / (dim - 2))
    return enlarged ** -(np.arange(0, dim, 2) / dim), 1.0


def _llama3(speeds, base, factor, scaling):
    turns = _number(scaling, "original_max_position_embeddings") * speeds / (2 * np.pi)
    low = _number(scaling, "low_freq_factor")
    high = _number(scaling, "high_freq_factor")
    as_it_is = np.clip((turns - low) / (high - low), 0, 1)
    return speeds * (as_it_is + (1 - as_it_is) / factor), 1.0


def _yarn(speeds, base, factor, scaling):
    dim, half = 2 * len(speeds), len(speeds)
    trained = _number(scaling, "original_max_position_embeddings")

    def pair_that_turns(times):
        """The pair, counted with fractions, that turns so often in the old length."""
        return dim * np.log(trained / (times * 2 * np.pi)) / (2 * np.log(base))

    first = max(np.floor(pair_that_turns(scaling.get("beta_fast", 32))), 0)
    last = min(np.ceil(pair_that_turns(scaling.get("beta_slow", 1))), dim - 1)
    last = last + 0.001 if last == first else last
    slowed = np.clip((np.arange(half) - first) / (last - first), 0, 1)
    magnitude = scaling.get("attention_factor") or 0.1 * np.log(factor) + 1
    return speeds * (1 - slowed + slowed / factor), float(magnitude)


def _number(scaling, name):
    if name not in scaling:
        raise ValueError(f"this scaling needs {name!r}; got {sorted(scaling)}")
    return scaling[name]
