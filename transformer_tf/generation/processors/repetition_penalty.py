"""Repetition penalty: what the text already holds becomes less likely."""

import dataclasses
from typing import Any, ClassVar

from keras import ops

from transformer_tf.arguments import check_number
from transformer_tf.generation.processors.base import LogitsProcessor


@dataclasses.dataclass(frozen=True, eq=False)
class RepetitionPenalty(LogitsProcessor):
    """Divides the positive logits of the ids seen so far, multiplies the negative ones.

    The prompt counts as seen.

    Args:
        penalty: A number above 0; 1 changes nothing, above 1 repeats less.

    Raises:
        ValueError: `penalty` is not positive.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=16, **sizes))
        >>> [written] = generate(model, [[3]], 6, processors=[RepetitionPenalty(1e6)])
        >>> len(set(written))  # so high a penalty: no id comes twice
        6

    Source: https://arxiv.org/abs/1909.05858, section 4.1.
    """

    penalty: Any
    tensors: ClassVar[tuple[str, ...]] = ("penalty",)

    def __post_init__(self):
        check_number("penalty", self.penalty)
        if not self.penalty > 0:
            raise ValueError(f"penalty must be above 0; got {self.penalty}")

    def __call__(self, logits, history):
        penalised = ops.where(logits > 0, logits / self.penalty, logits * self.penalty)
        return ops.where(history.seen_ids(logits.shape[-1]), penalised, logits)
