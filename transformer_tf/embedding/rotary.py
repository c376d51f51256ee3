"""Rotary positions: queries and keys are rotated by angles that grow with position."""

from typing import Any

import keras
from keras import ops

from transformer_tf.arguments import check_flag, check_number, optional_size
from transformer_tf.embedding.rotary_scaling import (
    check_scaling,
    depends_on_length,
    inverse_frequencies,
)
from transformer_tf.layer import Layer
from transformer_tf.shapes import check_axes, check_positions


@keras.saving.register_keras_serializable(package="transformer_tf")
class RotaryPositions(Layer):
    """Rotates each pair of features by its position, at a frequency of its own.

    The product of a rotated query and a rotated key depends only on how far apart they
    are. Pass the layer to `MultiHeadAttention` as `rotary`, or call it.

    Args:
        base: Wavelengths grow from 2 pi towards 2 pi * base positions.
        interleaved: Whether neighbours form a pair, as in the paper; else feature i
            pairs with feature i + head_dim / 2 (the layout of Llama's checkpoints).
        dim: Number of features that are rotated, the first ones; all when None, or the
            share that the scaling's `partial_rotary_factor` says.
        scaling: None, or a dictionary that stretches the positions, as published
            configurations hold it: see `inverse_frequencies`. A `rope_theta` in it goes
            before `base`.
        max_length: The longest sequence of the model, for scalings that refer to it
            (`max_position_embeddings`).

    Call:
        x: [batch, length, head, head_dim] floats.
        positions: [length] or [batch, length] integers; 0, 1, 2... when left out.

    Returns:
        [batch, length, head, head_dim] floats.

    Raises:
        ValueError: an odd number of features to rotate, or the scaling is of an
            unknown kind, holds an unknown key or misses a number.

    Example:
        >>> rotary = RotaryPositions()
        >>> x = rotary(ops.ones((1, 5, 1, 8)))[0, :, 0]  # the same vector, 5 times
        >>> print(np.allclose(ops.dot(x[1], x[0]), ops.dot(x[4], x[3])))  # distance 1
        True
        >>> print(np.allclose(ops.dot(x[1], x[0]), ops.dot(x[4], x[0])))
        False

    Source: https://arxiv.org/abs/2104.09864, section 3.2.
    """

    def __init__(
        self,
        base: float = 10_000,
        interleaved: bool = False,
        dim: int | None = None,
        scaling: Any = None,
        max_length: int | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.base = check_number("base", base)
        if self.base <= 1:
            raise ValueError(f"base must be above 1; got {base}")
        self.interleaved = check_flag("interleaved", interleaved)
        self.dim = optional_size("dim", dim)
        if self.dim is not None and self.dim % 2:
            raise ValueError(f"dim must be even and at least 2; got {dim}")
        self.max_length = optional_size("max_length", max_length)
        if scaling is not None:
            check_scaling(scaling, self.max_length)
        self.scaling = scaling
        self.supports_masking = True

    def build(self, x_shape, positions_shape=None):
        self._check_dim(x_shape[-1])

    def call(self, x, positions=None):
        check_axes("x", x, "batch", "length", "head", "head_dim")
        # [batch, length, head, head_dim] <-> [batch, head, length, head_dim]
        x = self.rotate(ops.swapaxes(x, 1, 2), positions)
        return ops.swapaxes(x, 1, 2)

    def rotate(self, x, positions=None):
        """Rotates heads that stand before the positions, as attention keeps them.

        Args:
            x: [batch, head, length, head_dim] floats.
            positions: [length] or [batch, length] integers; 0, 1, 2... when None.

        Returns:
            [batch, head, length, head_dim] floats.
        """
        rotated = self._check_dim(x.shape[-1])
        check_positions(positions, x.shape[2])
        if positions is None:
            positions = ops.arange(ops.shape(x)[2])
        cosine, sine = self._angles(positions, rotated, x.dtype)
        rest = x[..., rotated:]
        x = x[..., :rotated]
        if self.interleaved:
            one, other = x[..., ::2], x[..., 1::2]
        else:
            one, other = ops.split(x, 2, axis=-1)
        pair = one * cosine - other * sine, other * cosine + one * sine
        if self.interleaved:
            x = ops.reshape(ops.stack(pair, axis=-1), ops.shape(x))
        else:
            x = ops.concatenate(pair, axis=-1)
        return ops.concatenate([x, rest], axis=-1) if rest.shape[-1] else x

    def _angles(self, positions, rotated, dtype):
        """Cosines and sines: [batch or 1, 1, length, rotated / 2] floats each."""
        length = None
        if depends_on_length(self.scaling):
            length = ops.max(positions) + 1
        frequencies, magnitude = inverse_frequencies(
            rotated, self.base, self.scaling, self.max_length, length
        )
        # Angles in float32 whatever x is: bfloat16 cannot tell 8,191 from 8,192.
        positions = ops.cast(positions, "float32")
        if len(positions.shape) == 1:
            positions = ops.expand_dims(positions, 0)
        frequencies = ops.cast(frequencies, "float32")
        # [batch or 1, 1, length, 1] * [rotated / 2]
        radians = positions[:, None, :, None] * frequencies
        return (
            ops.cast(ops.cos(radians) * magnitude, dtype),
            ops.cast(ops.sin(radians) * magnitude, dtype),
        )

    def _check_dim(self, head_dim):
        rotated = self.dim or self._share(head_dim)
        if rotated % 2 or rotated > head_dim:
            raise ValueError(
                f"{rotated} of {head_dim} features cannot be rotated in pairs; dim "
                "must be even and no larger than head_dim"
            )
        return rotated

    def _share(self, head_dim):
        """Number of features that the scaling rotates."""
        scaling = self.scaling or {}
        if scaling.get("rope_type", scaling.get("type")) == "proportional":
            return head_dim  # the pairs that stay have frequency 0
        return int(head_dim * (scaling.get("partial_rotary_factor") or 1))

    def compute_output_shape(self, x_shape, positions_shape=None):
        return tuple(x_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "base": self.base,
            "interleaved": self.interleaved,
            "dim": self.dim,
            "scaling": self.scaling,
            "max_length": self.max_length,
        }
