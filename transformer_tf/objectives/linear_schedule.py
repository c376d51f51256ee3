"""The schedule BERT was trained and is fine-tuned with: up and down in lines."""

import keras

from transformer_tf.objectives.warm_up import WarmUpSchedule


@keras.saving.register_keras_serializable(package="transformer_tf")
class LinearSchedule(WarmUpSchedule):
    """A learning rate that rises in a line, then falls in a line.

    The first update is step 1: its rate is peak / warmup_steps, not 0.

    Args:
        peak: The highest rate, reached at update `warmup_steps`.
        warmup_steps: Number of rising updates; 0 starts at the peak.
        total_steps: The update at which `end` is reached, and kept from then on.
        end: The last rate, from 0 to `peak`.

    Call:
        step: Number of updates made so far, an integer.

    Returns:
        A float32 scalar.

    Raises:
        ValueError: `peak` is not positive, `end` outside [0, peak], `total_steps` not
            above `warmup_steps`.

    Example:
        >>> rate = LinearSchedule(peak=1e-3, warmup_steps=10, total_steps=100)
        >>> print([round(float(rate(step)), 6) for step in (0, 9, 32, 99)])
        [0.0001, 0.001, 0.000744, 0.0]
        >>> optimizer = keras.optimizers.AdamW(rate)

    Source: https://arxiv.org/abs/1810.04805, appendix A.2.
    """

    def decay(self, done):
        return 1 - done
