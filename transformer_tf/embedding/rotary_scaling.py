"""Ways to stretch rotary positions beyond the length a model was trained on."""

import math
from typing import Any

import numpy as np
from keras import ops

from transformer_tf.arguments import check_flag, check_number, check_positive

TRAINED = "original_max_position_embeddings"
# What each way may hold beside the keys of EVERYWHERE; see `inverse_frequencies`.
KEYS = {
    "default": (),
    "linear": ("factor",),
    "ntk": ("factor",),
    "dynamic": ("factor", "alpha", TRAINED),
    "llama3": ("factor", "low_freq_factor", "high_freq_factor", TRAINED),
    "longrope": ("factor", "short_factor", "long_factor", "attention_factor", TRAINED),
    "proportional": ("factor",),
    "yarn": ("factor", "beta_fast", "beta_slow", "mscale", "mscale_all_dim")
    + ("attention_factor", "truncate", "finetuned", TRAINED),
}
EVERYWHERE = (
    *("type", "rope_type", "rope_theta", "partial_rotary_factor"),
    "max_position_embeddings",
)
# Hunyuan's files hold them beside `alpha`, which makes nothing of them.
BESIDE_ALPHA = ("beta_fast", "beta_slow", "mscale", "mscale_all_dim")
NEEDED = {
    "linear": ("factor",),
    "ntk": ("factor",),
    "dynamic": ("factor",),
    "llama3": KEYS["llama3"],
    "longrope": ("short_factor", "long_factor", TRAINED),
    "yarn": (TRAINED,),
}
OTHER_NAMES = {"su": "longrope", "deepseek_yarn": "yarn"}


def inverse_frequencies(dim, base, scaling=None, max_length=None, length=None):
    """The inverse frequency of each pair of features.

    A scaling is a dictionary as the configurations of published models hold it, in the
    older form (`rope_scaling`) or in that of transformers 5 (`rope_parameters`, with
    `rope_theta` and `partial_rotary_factor` inside). `rope_type`, or `type`, names the
    way; `factor` says how much longer sequences become.

    * `default`: nothing is stretched.
    * `linear`: every frequency is divided by the factor.
    * `ntk`: the base grows, so that the fastest pairs stay as they are.
    * `dynamic`: the same, by as much as the sequence at hand exceeds the trained
      length; with `alpha` by that much at any length.
    * `llama3`: divided are only frequencies of few turns within the trained length,
      with a transition between `low_freq_factor` and `high_freq_factor` turns.
    * `yarn`: likewise between `beta_fast` and `beta_slow` turns (whole pairs unless
      `truncate` is False), and the rotation is enlarged by `attention_factor`, or by
      what `factor`, `mscale` and `mscale_all_dim` make of it.
    * `longrope` (`su`): each pair has a factor of its own, in `short_factor` for
      sequences up to the trained length and in `long_factor` beyond.
    * `proportional`: only the share `partial_rotary_factor` of the pairs is rotated, at
      frequencies spread as if all were.

    Args:
        dim: Number of features that are rotated; even.
        base: Wavelengths grow from 2 pi towards 2 pi * base positions; `rope_theta`
            in the scaling goes first.
        scaling: None or such a dictionary.
        max_length: The longest sequence of the model: what `max_position_embeddings`
            says in its configuration. `dynamic` takes it for the trained length, and
            `yarn` and `longrope` find a missing factor by it.
        length: The length at hand, a number or a scalar tensor; None for a short one.

    Returns:
        inverse_frequencies: [dim / 2] floats, radians per position; a tensor where
            `length` is one and matters.
        magnitude: What cosines and sines are multiplied by.

    Raises:
        ValueError: an unknown way or key, a missing number, or one out of range.
        TypeError: not a dictionary, or something in it that is no number.

    Source: linear https://arxiv.org/abs/2306.15595; yarn, ntk and dynamic
    https://arxiv.org/abs/2309.00071; llama3 https://arxiv.org/abs/2407.21783; longrope
    https://arxiv.org/abs/2402.13753.
    """
    if scaling is None:
        return base ** -(np.arange(0, dim, 2) / dim), 1.0
    way = check_scaling(scaling, max_length)
    base = scaling.get("rope_theta") or base
    frequencies = base ** -(np.arange(0, dim, 2) / dim)
    if way == "yarn":
        return _yarn(frequencies, base, scaling, max_length)
    return WAYS[way](frequencies, scaling, max_length, length)


def check_scaling(scaling, max_length=None):
    """The way that a scaling names, once all of its keys have been read.

    Raises:
        ValueError, TypeError: see `inverse_frequencies`.
    """
    if not isinstance(scaling, dict):
        raise TypeError(f"scaling must be None or a dictionary; got {scaling!r}")
    way: Any = scaling.get("rope_type", scaling.get("type", "default"))
    way = OTHER_NAMES.get(way, way)
    if way not in KEYS:
        raise ValueError(f"scaling type must be one of {sorted(KEYS)}; got {way!r}")
    known = EVERYWHERE + KEYS[way] + (BESIDE_ALPHA if scaling.get("alpha") else ())
    unknown = sorted(set(scaling) - set(known))
    if unknown:
        hint = ""
        if any(isinstance(scaling[key], dict) for key in unknown):
            hint = "; it holds one dictionary for each kind of layer: pass one of them"
        raise ValueError(
            f"a {way!r} scaling has no {', '.join(map(repr, unknown))}; it may hold "
            f"{', '.join(sorted(known))}{hint}"
        )
    missing = [key for key in NEEDED.get(way, ()) if scaling.get(key) is None]
    if missing:
        raise ValueError(
            f"a {way!r} scaling needs {', '.join(map(repr, missing))}; got "
            f"{sorted(scaling)}"
        )
    for key, value in scaling.items():
        _check_value(key, value)
    infers = way in ("yarn", "longrope") and not scaling.get("factor")
    infers = infers or (way == "dynamic" and not scaling.get(TRAINED))
    if infers and not scaling.get("alpha") and not _longest(scaling, max_length):
        needed = TRAINED if way == "dynamic" else "factor"
        raise ValueError(f"a {way!r} scaling needs {needed!r}, or the max_length")
    return way


def depends_on_length(scaling):
    """Whether the frequencies differ with the length of the sequence at hand."""
    way = (scaling or {}).get("rope_type", (scaling or {}).get("type"))
    return way in ("dynamic", "longrope", "su") and not scaling.get("alpha")


def _check_value(key, value):
    if value is None or key in ("type", "rope_type"):
        return
    if key in ("truncate", "finetuned"):
        check_flag(key, value)
    elif key in ("short_factor", "long_factor"):
        for number in value:
            check_positive(key, number)
    elif key in ("mscale", "mscale_all_dim"):
        check_number(key, value)
    else:
        check_positive(key, value)
        if key == "factor" and value < 1:
            raise ValueError(f"scaling factor must be at least 1; got {value}")
        if key == "rope_theta" and value <= 1:
            raise ValueError(f"rope_theta must be above 1; got {value}")
        if key == "partial_rotary_factor" and value > 1:
            raise ValueError(f"partial_rotary_factor must not exceed 1; got {value}")


def _default(frequencies, scaling, max_length, length):
    return frequencies, 1.0


def _linear(frequencies, scaling, max_length, length):
    return frequencies / scaling["factor"], 1.0


def _ntk(frequencies, scaling, max_length, length):
    return frequencies * scaling["factor"] ** -_share_of_slowest(frequencies), 1.0


def _dynamic(frequencies, scaling, max_length, length):
    share = _share_of_slowest(frequencies)
    if scaling.get("alpha"):
        return frequencies * scaling["alpha"] ** -share, 1.0
    trained = scaling.get(TRAINED) or _longest(scaling, max_length)
    if length is None:
        return frequencies, 1.0
    factor = scaling["factor"]
    excess = ops.maximum(ops.cast(length, "float32") / trained, 1.0)
    growth = factor * excess - (factor - 1)
    share = ops.convert_to_tensor(share.astype("float32"))
    return ops.cast(frequencies, "float32") * growth**-share, 1.0


def _llama3(frequencies, scaling, max_length, length):
    turns = scaling[TRAINED] * frequencies / (2 * np.pi)
    low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
    as_it_is = np.clip((turns - low) / (high - low), 0, 1)
    return frequencies * (as_it_is + (1 - as_it_is) / scaling["factor"]), 1.0


def _longrope(frequencies, scaling, max_length, length):
    short, long = (np.array(scaling[f"{kind}_factor"]) for kind in ("short", "long"))
    for name, factors in (("short_factor", short), ("long_factor", long)):
        if len(factors) != len(frequencies):
            raise ValueError(
                f"{name} needs a factor for each rotated pair; got {len(factors)} "
                f"for {len(frequencies)}"
            )
    trained = scaling[TRAINED]
    factor = scaling.get("factor") or _longest(scaling, max_length) / trained
    magnitude = scaling.get("attention_factor")
    if magnitude is None:
        stretch = math.log(factor) / math.log(trained) if factor > 1 else 0.0
        magnitude = math.sqrt(1 + stretch)
    if length is None:
        return frequencies / short, magnitude
    is_long = ops.cast(length, "float32") > trained
    short, long = (
        ops.cast(frequencies / factors, "float32") for factors in (short, long)
    )
    return ops.where(is_long, long, short), magnitude


def _proportional(frequencies, scaling, max_length, length):
    share = scaling.get("partial_rotary_factor") or 1.0
    turns = np.arange(len(frequencies)) < int(share * 2 * len(frequencies) // 2)
    return np.where(turns, frequencies / (scaling.get("factor") or 1.0), 0.0), 1.0


def _yarn(frequencies, base, scaling, max_length):
    dim, trained = 2 * len(frequencies), scaling[TRAINED]
    factor = scaling.get("factor") or _longest(scaling, max_length) / trained

    def pair_that_turns(times):
        """The pair, counted with fractions, that turns so often in the old length."""
        return dim * math.log(trained / (times * 2 * np.pi)) / (2 * math.log(base))

    first = pair_that_turns(scaling.get("beta_fast") or 32)
    last = pair_that_turns(scaling.get("beta_slow") or 1)
    if scaling.get("truncate") is not False:
        first, last = math.floor(first), math.ceil(last)
    first, last = max(first, 0), min(last, dim - 1)
    last = last + 0.001 if last == first else last
    slowed = np.clip((np.arange(len(frequencies)) - first) / (last - first), 0, 1)
    return frequencies * (1 - slowed + slowed / factor), _yarn_magnitude(
        scaling, factor
    )


def _yarn_magnitude(scaling, factor):
    if scaling.get("attention_factor") is not None:
        return float(scaling["attention_factor"])
    log_factor = math.log(factor) if factor > 1 else 0.0
    one, other = scaling.get("mscale"), scaling.get("mscale_all_dim")
    if one and other:
        return (0.1 * one * log_factor + 1) / (0.1 * other * log_factor + 1)
    return 0.1 * log_factor + 1


def _share_of_slowest(frequencies):
    """[pairs] 0 for the fastest pair to 1 for the slowest, evenly."""
    return np.arange(len(frequencies)) / max(len(frequencies) - 1, 1)


def _longest(scaling, max_length):
    return scaling.get("max_position_embeddings") or max_length


WAYS = {
    "default": _default,
    "linear": _linear,
    "ntk": _ntk,
    "dynamic": _dynamic,
    "llama3": _llama3,
    "longrope": _longrope,
    "proportional": _proportional,
}
