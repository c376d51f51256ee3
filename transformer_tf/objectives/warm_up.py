"""What the learning-rate schedules share: a rising line, and how far one has come."""

import keras
from keras import ops


class WarmUpSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises in a line, then falls as a subclass's `decay` says.

    The first update is step 1: its rate is peak / warmup_steps, not 0.
    """

    def __init__(
        self, peak: float, warmup_steps: int, total_steps: int, end: float = 0.0
    ):
        super().__init__()
        check_schedule(peak, warmup_steps, total_steps, end)
        self.peak = peak
        self.warmup_steps = warmup_steps
        self.total_steps = total_steps
        self.end = end

    def __call__(self, step):
        update = ops.cast(step, "float32") + 1
        done = progress(update, self.warmup_steps, self.total_steps)
        fall = self.end + (self.peak - self.end) * self.decay(done)
        rise = self.peak * warm_up(update, self.warmup_steps)
        return ops.where(update < self.warmup_steps, rise, fall)

    def decay(self, done):
        """[0, 1] since the warm-up -> the share of the way from `end` to `peak`."""
        raise NotImplementedError

    def get_config(self):
        return {
            "peak": self.peak,
            "warmup_steps": self.warmup_steps,
            "total_steps": self.total_steps,
            "end": self.end,
        }


def warm_up(update, warmup_steps):
    """The share of the peak at this update: 1 at `warmup_steps`."""
    return update / max(warmup_steps, 1)


def progress(update, warmup_steps, total_steps):
    """0 at the end of the warm-up, 1 at `total_steps` and after."""
    return ops.clip((update - warmup_steps) / (total_steps - warmup_steps), 0.0, 1.0)


def check_schedule(peak, warmup_steps, total_steps=None, end=0.0):
    if peak <= 0:
        raise ValueError(f"peak must be above 0; got {peak}")
    if warmup_steps < 0:
        raise ValueError(f"warmup_steps must not be negative; got {warmup_steps}")
    if total_steps is not None and total_steps <= warmup_steps:
        raise ValueError(
            f"total_steps must be above warmup_steps={warmup_steps}; got {total_steps}"
        )
    if not 0 <= end <= peak:
        raise ValueError(f"end must lie between 0 and peak={peak}; got {end}")
