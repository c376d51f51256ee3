"""A layer that trades computation for memory."""

import keras

from transformer_tf import fast_form
from transformer_tf.blocks.recompute_call import recompute_call


@keras.saving.register_keras_serializable(package="transformer_tf")
class Rematerialized(keras.layers.Wrapper):
    """Computes a layer twice, so that its intermediate results need not be kept.

    Wrap the blocks of a deep stack: of each only the input stays in memory until the
    gradient has passed. The numbers do not change, dropout included.

    Args:
        layer: The layer, for example an `EncoderBlock`; built already, unless it can be
            built from the shape of its first argument alone.

    Call:
        *arguments, **options: As the layer takes them; the first is a tensor.

    Returns:
        What the layer returns.

    Example:
        >>> block = EncoderBlock(num_heads=2, hidden_dim=16)
        >>> x = keras.random.normal((1, 5, 8))
        >>> output = block(x)
        >>> print(np.allclose(Rematerialized(block)(x, training=True), output))
        True

    Source: https://arxiv.org/abs/1604.06174; see `recompute_call`.
    """

    def __init__(self, layer: keras.layers.Layer, **kwargs):
        super().__init__(layer, **kwargs)
        self.supports_masking = layer.supports_masking
        # Keras takes **options for one argument, which may not hold tensors beside
        # other values; here they are those of the layer.
        self._call_signature = layer._call_signature

    def build(self, x_shape, *shapes):
        if not self.layer.built:
            self.layer.build(x_shape, *shapes)

    def call(self, x, *arguments, training=None, **options):
        return recompute_call(
            self.layer, x, *arguments, training=bool(training), **options
        )

    def compute_mask(self, x, previous_mask):
        return self.layer.compute_mask(x, previous_mask)

    def project(self, memory):
        """As the layer's own: what a decoder block computes once of its memory."""
        return self.layer.project(memory)

    def empty_cache(self, batch_size, capacity):
        """As the layer's own: a cache to read a sequence piece by piece."""
        return self.layer.empty_cache(batch_size, capacity)

    def prepare(self, *arguments):
        """As the layer's own; a step of decoding has no gradient to save memory for."""
        return fast_form.prepare(self.layer, *arguments)

    def step(self, *arguments, **options):
        """As the layer's own."""
        return self.layer.step(*arguments, **options)
