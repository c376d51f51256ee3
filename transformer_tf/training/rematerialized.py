"""A layer that trades computation for memory."""

import keras

from transformer_tf.training.recomputed_call import recomputed_call


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

    Source: https://arxiv.org/abs/1604.06174; see `recomputed_call`.
    """

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        self.supports_masking = layer.supports_masking

    def call(self, x, *arguments, training=None, **options):
        return recomputed_call(
            self.layer, x, *arguments, training=bool(training), **options
        )

    def compute_mask(self, x, previous_mask):
        return self.layer.compute_mask(x, previous_mask)
