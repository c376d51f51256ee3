"""Buckets: the few shapes that generation is compiled for."""

import dataclasses

from transformer_tf.generation.checks import check_at_least


@dataclasses.dataclass(frozen=True)
class Ladder:
    """The sizes that batches, prompts and outputs are rounded up to.

    Each combination of rungs is traced once, so the number of traces never exceeds the
    product of the rungs in use, however varied the prompts are. Above the last rung
    sizes go up in multiples of it.

    Args:
        batch: Numbers of rows, rising.
        prompt: Lengths of prompts (and of source texts), rising.
        new_tokens: Numbers of tokens to generate, rising. Generation stops at the
            asked number all the same: a higher rung costs memory and hardly any time.

    Raises:
        ValueError: the rungs of an axis do not rise or are not positive.
    """

    batch: tuple = (1, 4, 8, 16, 32, 64)
    prompt: tuple = (1, 32, 64, 128, 256, 512, 1024, 2048, 4096)
    new_tokens: tuple = (128, 512, 2048)

    def __post_init__(self):
        for axis in ("batch", "prompt", "new_tokens"):
            rungs = tuple(getattr(self, axis))
            for rung in rungs:
                check_at_least(f"a rung of {axis}", rung, 1)
            if not rungs or list(rungs) != sorted(set(rungs)):
                raise ValueError(f"the rungs of {axis} must rise; got {rungs}")
            object.__setattr__(self, axis, rungs)

    def rung(self, axis, size):
        """The size that `size` is rounded up to: `axis` is a field's name."""
        rungs = getattr(self, axis)
        fitting = [rung for rung in rungs if rung >= size]
        return fitting[0] if fitting else -(-size // rungs[-1]) * rungs[-1]
