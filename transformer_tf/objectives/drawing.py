"""Random draws that depend on a seed and nothing else. TensorFlow's own (tf.data)."""

import tensorflow as tf

from transformer_tf.shapes import refuse_ragged

# Eager, graph and XLA draw the same numbers only with a named algorithm, seeds that are
# not negative, and integers: hence no tf.random.stateless_uniform of floats below.
ALGORITHM = "philox"


def check_ids(ids, rank=None):
    """`ids` as a tensor of int32 or int64, of `rank` axes where one is asked for."""
    refuse_ragged({"ids": ids}, "to_tensor(padding_id)")
    ids = tf.convert_to_tensor(ids)
    if ids.dtype not in (tf.int32, tf.int64):
        raise TypeError(f"ids must be int32 or int64; got {ids.dtype.name}")
    if rank is not None and ids.shape.rank != rank:
        raise ValueError(
            f"ids must be one sequence, [length]; got shape {tuple(ids.shape)}. "
            "Map the function over the dataset before batching"
        )
    if ids.shape.rank == 0:
        raise ValueError("ids must be [..., length]; got a single number")
    return ids


def check_fractions(**fractions):
    """Each fraction lies in [0, 1], and so does their sum."""
    for name, value in fractions.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must lie between 0 and 1; got {value}")
    if sum(fractions.values()) > 1 + 1e-6:
        named = " + ".join(fractions)
        raise ValueError(f"{named} must be at most 1; got {sum(fractions.values())}")


def last_size(tensor):
    """Size of the last axis: a number where it is known, else a tensor."""
    size = tensor.shape[-1]
    return tf.shape(tensor)[-1] if size is None else size


def require(condition, message):
    """A ValueError where the condition is known, else a check when the graph runs."""
    known = condition if isinstance(condition, bool) else tf.get_static_value(condition)
    if known is None:
        tf.debugging.Assert(condition, [message])
    elif not known:
        raise ValueError(message)


def split_seed(seed, count):
    """One seed (two integers) -> `count` seeds that draw independently."""
    seed = tf.convert_to_tensor(seed)
    if seed.shape != (2,) or not seed.dtype.is_integer:
        raise ValueError(
            "seed must be two integers, for example (7, step) with the step from "
            f"Dataset.enumerate(); got shape {tuple(seed.shape)}, {seed.dtype.name}"
        )
    seeds = tf.random.split(seed, count, alg=ALGORITHM)
    return tf.unstack(tf.bitwise.bitwise_and(seeds, seeds.dtype.max))


def random_keys(shape, seed):
    """Integers to sort by, so wide that two of them are never the same."""
    return tf.random.stateless_uniform(shape, seed, None, None, tf.int64, ALGORITHM)


def fractions(shape, seed):
    """Floats in [0, 1): multiples of 2^-24, all that a float32 holds there."""
    return tf.cast(integers(shape, seed, 2**24), tf.float32) / 2**24


def integers(shape, seed, below):
    """Integers in [0, below)."""
    return tf.random.stateless_uniform(shape, seed, 0, below, tf.int32, ALGORITHM)


def choose(count, among, seed):
    """[among] booleans, `count` of them True, every choice equally likely."""
    rank = tf.argsort(tf.argsort(random_keys([among], seed)))
    return rank < count
