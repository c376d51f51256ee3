"""Masked language modelling: hide some tokens. TensorFlow's own (tf.data)."""

from typing import Any

import numpy as np
import tensorflow as tf

from transformer_tf.annotations import Tensor
from transformer_tf.objectives.drawing import (
    check_fractions,
    check_ids,
    fractions,
    integers,
    random_keys,
    split_seed,
)
from transformer_tf.objectives.targets import IGNORED


def mask_tokens(
    ids: Tensor,
    seed: Tensor,
    *,
    vocabulary_size: int,
    mask_id: int,
    special_ids: Any = (0,),
    rate: float = 0.15,
    mask_share: float = 0.8,
    random_share: float = 0.1,
    words: Any = None,
):
    """Hides some tokens of each sequence and asks for what stood there.

    Of the chosen tokens most become the mask, some a random token, and the rest stay,
    so that a model cannot trust any token it reads. For use in `Dataset.map`:

        dataset.enumerate().map(lambda step, ids: mask_tokens(ids, (7, step), ...))

    Args:
        ids: [..., length] integers, padded or not.
        seed: Two integers. Equal seeds hide equal places; count one of them up.
        vocabulary_size: Random tokens are drawn below it, special ones left out.
        mask_id: The id that hides a token.
        special_ids: Ids never chosen and never drawn: padding, start, end ...
        rate: Share of each sequence's ordinary tokens to choose, in [0, 1]; rounded,
            at least one token.
        mask_share, random_share: Which part of the chosen becomes the mask or a
            random token; what is left of 1 stays as it is.
        words: [..., length] integers, the same for all tokens of one word and
            different for neighbouring words. Chooses whole words, in random order,
            until `rate` is reached (the last word may exceed it).

    Returns:
        corrupted: [..., length] integers.
        targets: [..., length] integers: the original id where a token was chosen,
            `IGNORED` elsewhere.

    Raises:
        ValueError: A rate or share outside [0, 1], the two shares above 1 together, a
            vocabulary of special ids only or without the mask, `words` of another
            shape, a seed that is not two integers.
        TypeError: `ids` are not int32 or int64.

    Example:
        >>> ids = np.array([[5, 6, 7, 8, 9, 10, 11, 0]])
        >>> corrupted, targets = mask_tokens(
        ...     ids, (0, 1), vocabulary_size=12, mask_id=4, special_ids=(0, 4), rate=0.3
        ... )
        >>> print(np.array(corrupted), np.array(targets))
        [[ 5  6  4  8  9  4 11  0]] [[-100 -100    7 -100 -100   10 -100 -100]]

    Source: https://arxiv.org/abs/1810.04805, section 3.1 (task 1); whole words from
    the authors' later release.
    """
    ids = check_ids(ids)
    check_fractions(rate=rate)
    check_fractions(mask_share=mask_share, random_share=random_share)
    untouchable = [*special_ids, mask_id]
    ordinary = np.setdiff1d(np.arange(vocabulary_size), untouchable)
    if not ordinary.size:
        raise ValueError(f"vocabulary_size={vocabulary_size} leaves no ordinary token")
    if not 0 <= mask_id < vocabulary_size:
        raise ValueError(f"mask_id must lie in [0, {vocabulary_size}); got {mask_id}")
    order_seed, kind_seed, token_seed = split_seed(seed, 3)

    special = tf.constant(untouchable, ids.dtype)
    is_ordinary = tf.reduce_all(ids[..., tf.newaxis] != special, axis=-1)
    chosen = choose_tokens(is_ordinary, rate, order_seed, words)

    kind = fractions(tf.shape(ids), kind_seed)
    place = integers(tf.shape(ids), token_seed, ordinary.size)
    drawn = tf.gather(tf.constant(ordinary, ids.dtype), place)
    replacement = tf.where(kind < mask_share + random_share, drawn, ids)
    replacement = tf.where(
        kind < mask_share, tf.constant(mask_id, ids.dtype), replacement
    )
    corrupted = tf.where(chosen, replacement, ids)
    targets = tf.where(chosen, ids, tf.constant(IGNORED, ids.dtype))
    return corrupted, targets


def choose_tokens(is_ordinary, rate, seed, words=None):
    """[..., length] booleans -> [..., length] booleans, True where chosen.

    Tokens stand in line by a random key and are taken while fewer than the wanted
    number stand before them. The tokens of a word share a key, and so come together.
    """
    keys = random_keys(tf.shape(is_ordinary), seed)
    if words is not None:
        words = tf.convert_to_tensor(words)
        if not words.shape.is_compatible_with(is_ordinary.shape):
            raise ValueError(
                f"words must have the shape of ids, {tuple(is_ordinary.shape)}; got "
                f"{tuple(words.shape)}"
            )
        starts = tf.concat(
            [tf.zeros_like(words[..., :1], tf.int32), differs(words)], axis=-1
        )
        word_number = tf.cumsum(starts, axis=-1)
        keys = tf.gather(keys, word_number, axis=-1, batch_dims=keys.shape.rank - 1)
    keys = tf.where(is_ordinary, keys, tf.int64.max)
    before = tf.searchsorted(tf.sort(keys, axis=-1), keys)
    count = tf.reduce_sum(tf.cast(is_ordinary, tf.float32), axis=-1, keepdims=True)
    wanted = tf.maximum(tf.round(rate * count), 1)
    return is_ordinary & (tf.cast(before, tf.float32) < wanted)


def differs(words):
    """[..., length] -> [..., length - 1]: 1 where a token's word is a new one."""
    return tf.cast(words[..., 1:] != words[..., :-1], tf.int32)
