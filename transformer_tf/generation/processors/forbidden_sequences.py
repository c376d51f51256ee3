"""Forbidden sequences: words of several ids that must never be generated."""

import dataclasses
from typing import Any, ClassVar

from keras import ops

from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor
from transformer_tf.generation.processors.sequences import (
    about_to_complete,
    check_sequences,
    flush_right,
    sum_by_id,
)


@dataclasses.dataclass(frozen=True, eq=False)
class ForbiddenSequences(LogitsProcessor):
    """Forbids each id that would complete one of the sequences.

    The beginning of a sequence may stand in the prompt. A sequence of one id forbids it
    at every step.

    Args:
        sequences: A list of lists of ids, such as
            `[tokenizer.encode(word).ids for word in words]`. (Many tokenizers write a
            word with a space before it in other ids: name both.)

    Raises:
        ValueError: no sequence, an empty one, an id outside the vocabulary.
        TypeError: something else than lists of ids.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=3, max_length=16, **sizes))
        >>> rules = [ForbiddenSequences([[0], [1, 1], [2, 2]])]  # no 0, no repetition
        >>> generate(model, [[1]], 4, processors=rules)
        [[2, 1, 2, 1]]
    """

    sequences: Any
    tensors: ClassVar[tuple[str, ...]] = ("sequences",)

    def __post_init__(self):
        checked = check_sequences("sequences", self.sequences)
        object.__setattr__(self, "sequences", checked)

    def tensor_values(self, vocabulary):
        return {"sequences": flush_right("sequences", self.sequences, vocabulary)}

    def __call__(self, logits, history):
        completes = ops.cast(about_to_complete(self.sequences, history), "int32")
        count = sum_by_id(completes, self.sequences[:, -1], logits.shape[-1])
        return ops.where(count > 0, FORBIDDEN, logits)
