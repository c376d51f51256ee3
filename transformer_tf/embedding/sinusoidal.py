"""Sinusoidal positions: a clock with dim / 2 hands, read at every position."""

import keras
from keras import ops

from transformer_tf.arguments import check_flag, check_number
from transformer_tf.layer import Layer
from transformer_tf.shapes import check_axes, check_positions


@keras.saving.register_keras_serializable(package="transformer_tf")
class SinusoidalPositions(Layer):
    """Adds to each position a fixed pattern of sines and cosines that identifies it.

    Args:
        max_wavelength: Wavelengths grow from 2 pi towards 2 pi * max_wavelength
            positions, one per pair of features.
        interleaved: Whether sine and cosine of one wavelength are neighbours, as in the
            paper; else sines fill the first half of dim and cosines the second, a mere
            permutation of features.

    Call:
        x: [batch, length, dim] floats; dim is even.
        positions: [length] or [batch, length] integers; 0, 1, 2... when left out.

    Returns:
        [batch, length, dim] floats: x plus the pattern, which lies in [-1, 1].

    Raises:
        ValueError: dim is odd, or `max_wavelength` is not above 1.

    Example:
        >>> pattern = SinusoidalPositions()(ops.zeros((1, 3, 4)))
        >>> print(np.round(pattern[0], 2))
        [[ 0.    0.    1.    1.  ]
         [ 0.84  0.01  0.54  1.  ]
         [ 0.91  0.02 -0.42  1.  ]]

    Source: https://arxiv.org/abs/1706.03762, section 3.5.
    """

    def __init__(
        self, max_wavelength: float = 10_000, interleaved: bool = False, **kwargs
    ):
        super().__init__(**kwargs)
        self.max_wavelength = check_number("max_wavelength", max_wavelength)
        if self.max_wavelength <= 1:
            raise ValueError(f"max_wavelength must be above 1; got {max_wavelength}")
        self.interleaved = check_flag("interleaved", interleaved)
        self.supports_masking = True

    def build(self, x_shape, positions_shape=None):
        if x_shape[-1] % 2:
            raise ValueError(f"dim must be even; got {x_shape[-1]}")

    def call(self, x, positions=None):
        check_axes("x", x, "batch", "length", "dim")
        check_positions(positions, x.shape[1])
        length, dim = ops.shape(x)[1], x.shape[-1]
        if positions is None:
            positions = ops.arange(length)
        # Angles in float32 whatever x is: bfloat16 cannot tell 8,191 from 8,192.
        exponent = ops.arange(0, dim, 2, dtype="float32") / dim
        frequency = ops.power(ops.cast(self.max_wavelength, "float32"), -exponent)
        # [..., length, 1] * [dim / 2] -> [..., length, dim / 2]
        radians = ops.expand_dims(ops.cast(positions, "float32"), -1) * frequency
        if self.interleaved:
            pattern = ops.stack([ops.sin(radians), ops.cos(radians)], axis=-1)
            pattern = ops.reshape(pattern, (*ops.shape(radians)[:-1], dim))
        else:
            pattern = ops.concatenate([ops.sin(radians), ops.cos(radians)], axis=-1)
        return x + ops.cast(pattern, x.dtype)

    def compute_output_shape(self, x_shape, positions_shape=None):
        return tuple(x_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "max_wavelength": self.max_wavelength,
            "interleaved": self.interleaved,
        }
