"""The Transformer's own schedule: warm up, then fall with the root of the step."""

import keras
from keras import ops

from transformer_tf.objectives.warm_up import check_schedule, warm_up


@keras.saving.register_keras_serializable(package="transformer_tf")
class InverseSquareRootSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises in a line, then falls as 1 / sqrt(step).

    The first update is step 1, as in the paper: its rate is peak / warmup_steps, not
    0. `for_dim` gives the paper's own peak.

    Args:
        peak: The highest rate, reached at update `warmup_steps`.
        warmup_steps: Number of rising updates, at least 1.

    Call:
        step: Number of updates made so far, an integer.

    Returns:
        A float32 scalar.

    Raises:
        ValueError: `peak` is not positive, `warmup_steps` below 1.

    Example:
        >>> rate = InverseSquareRootSchedule(peak=1e-3, warmup_steps=10)
        >>> print([round(float(rate(step)), 6) for step in (0, 9, 39, 999)])
        [0.0001, 0.001, 0.0005, 0.0001]
        >>> optimizer = keras.optimizers.Adam(InverseSquareRootSchedule.for_dim(512))

    Source: https://arxiv.org/abs/1706.03762, section 5.3.
    """

    def __init__(self, peak: float, warmup_steps: int):
        super().__init__()
        check_schedule(peak, warmup_steps)
        if warmup_steps < 1:
            raise ValueError(f"warmup_steps must be at least 1; got {warmup_steps}")
        self.peak = peak
        self.warmup_steps = warmup_steps

    @classmethod
    def for_dim(cls, dim, warmup_steps=4000):
        """dim^-0.5 min(step^-0.5, step warmup_steps^-1.5), the paper's equation 3."""
        return cls((dim * warmup_steps) ** -0.5, warmup_steps)

    def __call__(self, step):
        update = ops.cast(step, "float32") + 1
        fall = ops.sqrt(self.warmup_steps / update)
        return self.peak * ops.minimum(warm_up(update, self.warmup_steps), fall)

    def get_config(self):
        return {"peak": self.peak, "warmup_steps": self.warmup_steps}
