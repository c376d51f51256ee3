"""The schedule of the GPT family: up in a line, down along half a cosine."""

import math

import keras
from keras import ops

from transformer_tf.objectives.warm_up import WarmUpSchedule


@keras.saving.register_keras_serializable(package="transformer_tf")
class CosineSchedule(WarmUpSchedule):
    """A learning rate that rises in a line, then falls gently, fast, and gently.

    The first update is step 1: its rate is peak / warmup_steps, not 0.

    Args:
        peak: The highest rate, reached at update `warmup_steps`.
        warmup_steps: Number of rising updates; 0 starts at the peak.
        total_steps: The update at which `end` is reached, and kept from then on.
        end: The last rate, from 0 to `peak`; GPT-3 ends at a tenth of the peak.

    Call:
        step: Number of updates made so far, an integer.

    Returns:
        A float32 scalar.

    Raises:
        ValueError: `peak` is not positive, `end` outside [0, peak], `total_steps` not
            above `warmup_steps`.

    Example:
        >>> rate = CosineSchedule(peak=1e-3, warmup_steps=10, total_steps=100)
        >>> print([round(float(rate(step)), 6) for step in (0, 9, 32, 99)])
        [0.0001, 0.001, 0.000847, 0.0]
        >>> optimizer = keras.optimizers.AdamW(rate)

    Source: https://arxiv.org/abs/1608.03983, equation 5, without restarts; with a
    warm-up in https://arxiv.org/abs/2005.14165, appendix B.
    """

    def decay(self, done):
        return (1 + ops.cos(math.pi * done)) / 2
