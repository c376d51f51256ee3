"""How a stack is called: how many tokens at once, and what stands before them."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Reading:
    """One call of a stack of blocks.

    Args:
        batch: Number of texts.
        length: Number of tokens in each.
        source: Number of tokens that cross-attention sees.
        capacity: Slots of a key-value cache that the tokens are appended to; None for
            a whole text at once.
        dtype: In which the layers compute.
        global_positions: Positions of each text that see every other (Longformer).
    """

    batch: int
    length: int
    source: int = 0
    capacity: int | None = None
    dtype: str = "float32"
    global_positions: int = 0

    @property
    def tokens(self) -> int:
        return self.batch * self.length

    @property
    def half(self) -> bool:
        """Whether numbers have 16 bits."""
        return self.dtype.endswith("16")

    def behind(self, capacity: int) -> Reading:
        """The same on a cache with so many slots."""
        return dataclasses.replace(self, capacity=capacity)
