"""What the processors share that keep ids by a share p of the probability."""

import dataclasses
from typing import Any, ClassVar

from transformer_tf.arguments import check_number
from transformer_tf.generation.processors.base import LogitsProcessor


@dataclasses.dataclass(frozen=True, eq=False)
class ProbabilityShare(LogitsProcessor):
    """A processor with one number, p in (0, 1]."""

    p: Any
    tensors: ClassVar[tuple[str, ...]] = ("p",)

    def __post_init__(self):
        check_number("p", self.p)
        if not 0 < self.p <= 1:
            raise ValueError(f"p must be in (0, 1]; got {self.p}")
