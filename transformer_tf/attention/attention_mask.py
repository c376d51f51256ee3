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
    """Says which query may look at which key, without writing every pair down.

    Combine two masks with `&`: what both allow is allowed. `render` writes the pairs
    out as booleans; blockwise attention asks for one tile of them at a time.

    Args:
        causal: No query looks at a later position.
        window: How many positions a query sees, itself included: only keys less than
            `window` positions away. None sees any distance.
        key_padding: [batch, key] booleans, True for real keys; None when all are real.
        dense: [query, key], [batch, query, key] or [batch, head, query, key] booleans
            (or what broadcasts to them), True where looking is allowed; for what no
            rule can say. None allows everything.

    Raises:
        ValueError: `window` is not positive, or a shape does not fit.
        TypeError: `key_padding` or `dense` is not boolean.
    """

    causal: bool = False
    window: int | None = None
    key_padding: Any = None
    dense: Any = None

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
        )

    def render(self, query_positions, key_positions):
        """Writes out the pairs.

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
        return _both(allowed, self.dense)

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

    def by_position(self, query_positions, key_positions):
        """What the rules about positions allow: [batch or 1, 1, query, key] or None."""
        if not self.causal and self.window is None:
            return None
        ahead = distance_ahead(query_positions, key_positions)
        allowed = ahead <= 0 if self.causal else None
        if self.window is not None:
            allowed = _both(allowed, ops.absolute(ahead) < self.window)
        return ops.expand_dims(allowed, 1)

    def get_config(self):
        if self.key_padding is not None or self.dense is not None:
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
            f"{name} must be boolean, True where looking is allowed; got "
            f"{keras.backend.standardize_dtype(value.dtype)}"
        )
    return value


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
