"""Sequence bias: words of one or several ids made more or less likely."""

import dataclasses
from typing import Any, ClassVar

import numpy as np
from keras import ops

from transformer_tf.arguments import check_number
from transformer_tf.generation.processors.base import LogitsProcessor
from transformer_tf.generation.processors.sequences import (
    about_to_complete,
    check_sequences,
    flush_right,
    sum_by_id,
)


@dataclasses.dataclass(frozen=True, eq=False)
class SequenceBias(LogitsProcessor):
    """Adds a bias to the logit of each id that would complete a sequence.

    The beginning of a sequence may stand in the prompt. A sequence of one id has its
    bias at every step. Where several sequences end with the same id their biases add
    up.

    Args:
        biases: A dict from sequences, tuples of ids, to their biases: above 0 makes a
            sequence likelier, below 0 less likely.

    Raises:
        ValueError: no sequence, an empty one, an id outside the vocabulary, a bias that
            is not finite.
        TypeError: something else than a dict from ids to numbers.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=16, **sizes))
        >>> bias = SequenceBias({(7, 5): 100.0, (5, 7): 100.0})
        >>> generate(model, [[7]], 4, processors=[bias])
        [[5, 7, 5, 7]]
    """

    biases: Any
    tensors: ClassVar[tuple[str, ...]] = ("biases",)

    def __post_init__(self):
        if not isinstance(self.biases, dict):
            raise TypeError(
                "biases must be a dict from tuples of ids to numbers; got "
                f"{self.biases!r}"
            )
        check_sequences("biases", self.biases)
        for bias in self.biases.values():
            try:
                check_number("a bias", bias)
            except ValueError as error:
                forbid = "to forbid a sequence use ForbiddenSequences"
                raise ValueError(f"{error}; {forbid}") from None

    def tensor_values(self, vocabulary):
        sequences = check_sequences("biases", self.biases)
        return {
            "biases": {
                "sequences": flush_right("biases", sequences, vocabulary),
                "values": np.asarray(list(self.biases.values()), "float32"),
            }
        }

    def __call__(self, logits, history):
        sequences, values = self.biases["sequences"], self.biases["values"]
        completes = about_to_complete(sequences, history)
        bias = ops.where(completes, ops.cast(values, logits.dtype)[None], 0)
        return logits + sum_by_id(bias, sequences[:, -1], logits.shape[-1])
