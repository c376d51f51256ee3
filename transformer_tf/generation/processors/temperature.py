"""Temperature: how far sampling follows the model's preferences."""

import dataclasses
from typing import Any, ClassVar

import numpy as np

from transformer_tf.arguments import check_number
from transformer_tf.generation.processors.base import LogitsProcessor


@dataclasses.dataclass(frozen=True, eq=False)
class Temperature(LogitsProcessor):
    """Divides the logits: below 1 the likely become likelier, above 1 less so.

    Args:
        temperature: A number above 0; 1 changes nothing.

    Raises:
        ValueError: `temperature` is not positive (choose `Greedy()` for the limit 0),
            or infinite.

    Example:
        >>> logits = np.log([[0.6, 0.3, 0.1]])
        >>> sharper = ops.softmax(Temperature(0.5)(logits, None))
        >>> print(np.round(sharper, 2))
        [[0.78 0.2  0.02]]
    """

    temperature: Any
    tensors: ClassVar[tuple[str, ...]] = ("temperature",)

    def __post_init__(self):
        check_number("temperature", self.temperature)
        if not np.float32(self.temperature) > 0:
            raise ValueError(
                f"temperature must be above 0; got {self.temperature}. "
                "The limit 0 is the strategy Greedy()"
            )

    def __call__(self, logits, history):
        return logits / self.temperature
