"""Allowed sequences: the generated text must be one of a list."""

import dataclasses
from typing import Any, ClassVar

import numpy as np
from keras import ops

from transformer_tf.generation.checks import check_below, check_ids
from transformer_tf.generation.history import mark_ids
from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor
from transformer_tf.generation.processors.sequences import check_sequences


@dataclasses.dataclass(frozen=True, eq=False)
class AllowedSequences(LogitsProcessor):
    """Leaves those ids possible that continue the text to one of the sequences.

    What counts is the generated text, from its first token on. Where it is a whole
    sequence the stop id may follow, so that one sequence may be the beginning of
    another. (Entities of a catalogue, labels, the moves of a game.)

    Args:
        sequences: A list of lists of ids, without the stop id.
        stop_id: The id that ends a text. Name it among the `stop_ids` of `generate`
            too: what follows it is not constrained.

    Raises:
        ValueError: no sequence, an empty one, an id outside the vocabulary.
        TypeError: something else than lists of ids.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=16, **sizes))
        >>> labels = AllowedSequences([[3, 4], [5, 6, 7]], stop_id=2)
        >>> written = generate(model, [[8]], 6, processors=[labels], stop_ids=[2])
        >>> written[0] in ([3, 4, 2], [5, 6, 7, 2])
        True

    Source: https://arxiv.org/abs/2010.00904, section 3.2.
    """

    sequences: Any
    stop_id: Any
    tensors: ClassVar[tuple[str, ...]] = ("sequences", "stop_id")

    def __post_init__(self):
        checked = check_sequences("sequences", self.sequences)
        object.__setattr__(self, "sequences", checked)
        check_ids("stop_id", [self.stop_id])

    def tensor_values(self, vocabulary):
        check_below("stop_id", [self.stop_id], vocabulary)
        longest = max(map(len, self.sequences))
        table = np.full((len(self.sequences), longest + 1), -1, "int32")
        for row, sequence in zip(table, self.sequences):
            check_below("sequences", sequence, vocabulary)
            row[: len(sequence)] = sequence
            row[len(sequence)] = self.stop_id
        return {"sequences": table, "stop_id": np.int32(self.stop_id)}

    def __call__(self, logits, history):
        table = self.sequences
        length, new = table.shape[1], history.new_tokens[:, None]
        place = ops.arange(length, dtype="int32")[None]
        slot = history.end[:, None] - new + place
        slot = ops.clip(slot, 0, history.tokens.shape[1] - 1)
        generated = ops.take_along_axis(history.tokens, slot, axis=1)  # [rows, length]
        agrees = generated[:, None] == table[None]
        agrees = agrees | (place >= new)[:, None]  # not generated yet
        # [rows, sequence]: the id that follows where the text began like the sequence
        following = ops.take(table, ops.minimum(new[:, 0], length - 1), axis=1)
        following = ops.transpose(following)
        continues = ops.all(agrees, axis=-1) & (new < length) & (following >= 0)
        allowed = mark_ids(ops.maximum(following, 0), continues, logits.shape[-1])
        is_constrained = ops.any(continues, axis=-1, keepdims=True)
        forbidden = ops.logical_and(is_constrained, ops.logical_not(allowed))
        return ops.where(forbidden, FORBIDDEN, logits)
