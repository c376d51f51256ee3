"""The schedule BERT was trained and is fine-tuned with: up and down in lines."""

import keras
from keras import ops

from transformer_tf.objectives.warm_up import check_schedule, progress, warm_up


@keras.saving.register_keras_serializable(package="transformer_tf")
class LinearSchedule(keras.optimizers.schedules.LearningRateSchedule):
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

    Source: https://arxiv.org/abs/1810.04805, appendix A.2.
    """

    def __init__(self, peak, warmup_steps, total_steps, end=0.0):
        super().__init__()
        check_schedule(peak, warmup_steps, total_steps, end)
        self.peak = peak
        self.warmup_steps = warmup_steps
        self.total_steps = total_steps
        self.end = end

    def __call__(self, step):
        update = ops.cast(step, "float32") + 1
        done = progress(update, self.warmup_steps, self.total_steps)
        fall = self.peak + (self.end - self.peak) * done
        rise = self.peak * warm_up(update, self.warmup_steps)
        return ops.where(update < self.warmup_steps, rise, fall)

    def get_config(self):
        return {
            "peak": self.peak,
            "warmup_steps": self.warmup_steps,
            "total_steps": self.total_steps,
            "end": self.end,
        }
