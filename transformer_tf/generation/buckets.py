"""Buckets: the few shapes that generation is compiled for."""

import dataclasses

from transformer_tf.generation.checks import check_at_least


@dataclasses.dataclass(frozen=True)
class Buckets:
    """The sizes that batches, prompts and outputs are rounded up to.

    Each combination of sizes is traced once, so the number of traces never exceeds the
    product of the sizes in use, however varied the prompts are. Above the last size
    they go up in multiples of it.

    Args:
        batch: Numbers of rows, rising.
        prompt: Lengths of prompts (and of source texts), rising.
        new_tokens: Numbers of tokens to generate, rising. Generation stops at the
            asked number all the same: a larger size costs memory and hardly any time.

    Raises:
        ValueError: the sizes of an axis do not rise or are not positive.

    Example:
        >>> buckets = Buckets(batch=(1, 8), prompt=(16, 64, 256), new_tokens=(32, 128))
        >>> buckets.round_up("prompt", 20), buckets.round_up("prompt", 300)
        (64, 512)
    """

    batch: tuple = (1, 4, 8, 16, 32, 64)
    prompt: tuple = (1, 32, 64, 128, 256, 512, 1024, 2048, 4096)
    new_tokens: tuple = (128, 512, 2048)

    def __post_init__(self):
        for axis in ("batch", "prompt", "new_tokens"):
            sizes = tuple(getattr(self, axis))
            for size in sizes:
                check_at_least(f"a size of {axis}", size, 1)
            if not sizes or list(sizes) != sorted(set(sizes)):
                raise ValueError(f"the sizes of {axis} must rise; got {sizes}")
            object.__setattr__(self, axis, sizes)

    def round_up(self, axis, size):
        """The size of a bucket in which `size` fits: `axis` is a field's name."""
        sizes = getattr(self, axis)
        fitting = [one for one in sizes if one >= size]
        return fitting[0] if fitting else -(-size // sizes[-1]) * sizes[-1]
