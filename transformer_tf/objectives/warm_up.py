"""What the learning-rate schedules share: a rising line, and how far one has come."""

from keras import ops


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
