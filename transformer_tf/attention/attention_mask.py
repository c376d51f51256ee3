"""A mask as a value: rules about positions, which combine and take no memory."""

import dataclasses
from typing import Any

import keras
from keras import ops

from transformer_tf.embedding.distance import distance_ahead
from transformer_tf.shapes import check_broadcasts


@keras.saving.register_keras_serializable(package="transformer_tf")
@dataclasses.dataclass(frozen=True, eq=False)
class AttentionMask:
    """Says which query may attend to which key, without materializing every pair.

    Combine two masks with `&`: what both allow is allowed. `render` materializes the
    booleans; memory-efficient attention evaluates one tile of them at a time.

    Args:
        causal: No query attends to a later position.
        window: Sliding window: a query attends only to keys less than `window`
            positions away, itself included. None for any distance.
        key_padding: [batch, key] booleans, True for tokens; None without padding.
        dense: [query, key], [batch, query, key] or [batch, head, query, key] booleans
            (or what broadcasts to them), True where attention is allowed; for what no
            rule can say. None allows everything.
        segments: [batch, length] integers: positions attend within their own segment
            alone (documents packed in one row stay apart). A pair ([batch, query],
            [batch, key]) where queries and keys are two sequences.
        prefix: [batch] integers, an exception from `causal`: every query attends to
            the positions below it (a prefix language model), also in combined masks.

    Raises:
        ValueError: `window` is not positive, or a shape does not fit.
        TypeError: `key_padding` or `dense` is not boolean, `segments` or `prefix` are
            not integers.

    Example:
        >>> mask = AttentionMask(causal=True) & AttentionMask(window=2)
        >>> positions = np.arange(4)
        >>> print(np.array(mask.render(positions, positions), int)[0, 0])
        [[1 0 0 0]
         [1 1 0 0]
         [0 1 1 0]
         [0 0 1 1]]
    """

    causal: bool = False
    window: int | None = None
    key_padding: Any = None
    dense: Any = None
    segments: Any = None
    prefix: Any = None

    def __post_init__(self):
        if not isinstance(self.causal, bool):
            raise TypeError(f"causal must be True or False; got {self.causal!r}")
        if self.window is not None and self.window < 1:
            raise ValueError(f"window must be at least 1; got {self.window}")
        if self.key_padding is not None:
            key_padding = _booleans("key_padding", self.key_padding)
            if len(key_padding.shape) != 2:
                raise ValueError(
                    f"key_padding must be [batch, key]; got {tuple(key_padding.shape)}"
                )
            object.__setattr__(self, "key_padding", key_padding)
        if self.dense is not None:
            object.__setattr__(self, "dense", _four_axes(self.dense))
        # A tuple of pairs: combined masks have several.
        object.__setattr__(self, "segments", _pairs(self.segments))
        if self.prefix is not None:
            prefix = _integers("prefix", self.prefix)
            if len(prefix.shape) != 1:
                raise ValueError(f"prefix must be [batch]; got {tuple(prefix.shape)}")
            object.__setattr__(self, "prefix", prefix)

    @classmethod
    def of(cls, value):
        """The mask that a call was given: None, booleans, or a mask already."""
        if value is None:
            return cls()
        if isinstance(value, cls):
            return value
        value = _booleans("attention_mask", value)
        if len(value.shape) == 3 and value.shape[1] == 1:
            # [batch, 1, key]: the same for every query, so it is about the keys.
            return cls(key_padding=ops.squeeze(value, 1))
        return cls(dense=value)

    def __and__(self, other):
        other = AttentionMask.of(other)
        windows = [w for w in (self.window, other.window) if w is not None]
        return AttentionMask(
            causal=self.causal or other.causal,
            window=min(windows, default=None),
            key_padding=_both(self.key_padding, other.key_padding),
            dense=_both(self.dense, other.dense),
            segments=(self.segments or ()) + (other.segments or ()) or None,
            prefix=self.prefix if other.prefix is None else other.prefix,
        )

    def render(self, query_positions, key_positions):
        """Materializes the mask.

        Args:
            query_positions: [query] or [batch, query] integers.
            key_positions: [key] or [batch, key] integers.

        Returns:
            Booleans that broadcast to [batch, head, query, key], or None where
            everything is allowed.
        """
        allowed = self.by_position(query_positions, key_positions)
        if self.key_padding is not None:
            # [batch, key] -> [batch, 1, 1, key]
            allowed = _both(allowed, self.key_padding[:, None, None, :])
        return _both(_both(allowed, self.by_segment()), self.dense)

    def check_fits(self, batch, heads, queries, keys):
        """Refuses sizes other than those of the attention it is used in.

        Raises:
            ValueError: an axis is neither 1 nor as long as it should be.
        """
        sizes = {"batch": batch, "head": heads, "query": queries, "key": keys}
        if self.key_padding is not None:
            sizes_of_keys = {"batch": batch, "key": keys}
            check_broadcasts("key padding", self.key_padding, sizes_of_keys)
        if self.dense is not None:
            check_broadcasts("attention_mask", self.dense, sizes)
        for of_queries, of_keys in self.segments or ():
            given = {"batch": batch, "query": queries}, {"batch": batch, "key": keys}
            check_broadcasts("segments", of_queries, given[0])
            check_broadcasts("segments", of_keys, given[1])
        if self.prefix is not None:
            check_broadcasts("prefix", self.prefix, {"batch": batch})

    def by_position(self, query_positions, key_positions):
        """What the rules about positions allow: [batch or 1, 1, query, key] or None."""
        if not self.causal and self.window is None:
            return None
        ahead = distance_ahead(query_positions, key_positions)
        allowed = ahead <= 0 if self.causal else None
        if self.causal and self.prefix is not None:
            positions = ops.cast(key_positions, "int32")
            positions = positions[None] if len(positions.shape) == 1 else positions
            # [batch or 1, 1, key] < [batch, 1, 1]
            begins = positions[:, None] < ops.cast(self.prefix, "int32")[:, None, None]
            allowed = ops.logical_or(allowed, begins)
        if self.window is not None:
            allowed = _both(allowed, ops.absolute(ahead) < self.window)
        return ops.expand_dims(allowed, 1)

    def by_segment(self, queries=None, keys=None):
        """What the segments allow.

        Args:
            queries: [query] integers: which queries, counted from the first; all when
                None.
            keys: [key] integers, likewise.

        Returns:
            [batch or 1, 1, query, key] booleans, or None.
        """
        allowed = None
        for of_queries, of_keys in self.segments or ():
            if queries is not None:
                of_queries = ops.take(of_queries, queries, axis=1)
                of_keys = ops.take(of_keys, keys, axis=1)
            same = of_queries[:, None, :, None] == of_keys[:, None, None, :]
            allowed = _both(allowed, same)
        return allowed

    def without_hidden(self, *tensors, training=False):
        """Zeros the keys and values that are masked for every query.

        What stands there, at padding above all, must not matter even where it is no
        number: a weight of 0 times NaN is NaN.

        Args:
            tensors: Each [batch, key_head, key, dim] floats.
            training: Whether they are turned meanwhile, to [..., dim, key]. Their
                gradients then come from products that read the weights as they lie; by
                columns XLA is half as fast.
        """
        visible = self.key_padding
        if self.dense is not None and self.dense.shape[-1] != 1:
            # [batch or 1, head or 1, query or 1, key] -> [batch or 1, key]
            visible = _both(visible, ops.any(self.dense, axis=(1, 2)))
        if visible is None:
            return tensors
        visible = visible[:, None, :, None]
        if training:
            visible = ops.swapaxes(visible, 2, 3)
            tensors = tuple(ops.swapaxes(x, 2, 3) for x in tensors)
        tensors = tuple(ops.where(visible, x, ops.cast(0, x.dtype)) for x in tensors)
        return tuple(ops.swapaxes(x, 2, 3) for x in tensors) if training else tensors

    def get_config(self):
        if any(
            tensor is not None
            for tensor in (self.key_padding, self.dense, self.segments, self.prefix)
        ):
            raise ValueError(
                "a mask that holds tensors cannot be saved as part of a model; pass "
                "the tensors to the model as inputs"
            )
        return {"causal": self.causal, "window": self.window}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _both(one, other):
    """Both conditions, where None stands for no condition."""
    if one is None or other is None:
        return other if one is None else one
    return ops.logical_and(one, other)


def _booleans(name, value):
    value = ops.convert_to_tensor(value)
    if keras.backend.standardize_dtype(value.dtype) != "bool":
        raise TypeError(
            f"{name} must be boolean, True where attention is allowed; got "
            f"{keras.backend.standardize_dtype(value.dtype)}"
        )
    return value


def _integers(name, value):
    value = ops.convert_to_tensor(value)
    dtype = keras.backend.standardize_dtype(value.dtype)
    if not dtype.startswith(("int", "uint")):
        raise TypeError(f"{name} must be integers; got {dtype}")
    return value


def _pairs(segments):
    """Segments in any form -> a tuple of pairs ([batch, query], [batch, key])."""
    if segments is None:
        return None
    if isinstance(segments, tuple) and isinstance(segments[0], tuple):
        return segments  # of a combined mask
    pair = segments if isinstance(segments, tuple) else (segments, segments)
    pair = tuple(_integers("segments", one) for one in pair)
    if len(pair) != 2 or any(len(one.shape) != 2 for one in pair):
        raise ValueError(
            "segments must be [batch, length], or a pair ([batch, query], [batch, "
            f"key]); got shapes {[tuple(one.shape) for one in pair]}"
        )
    return (pair,)


def _four_axes(dense):
    """[query, key], [batch, query, key] or all four axes -> all four axes"""
    dense = _booleans("attention_mask", dense)
    rank = len(dense.shape)
    if rank == 2:
        return dense[None, None]
    if rank == 3:
        return ops.expand_dims(dense, 1)
    if rank == 4:
        return dense
    raise ValueError(
        "attention_mask must be [query, key], [batch, query, key] or [batch, head, "
        f"query, key]; got shape {tuple(dense.shape)}"
    )
