"""What every logits processor is: a small value that edits the next token's logits."""

import copy
import dataclasses
from typing import ClassVar

from transformer_tf.logits import MASKED_LOGIT

FORBIDDEN = MASKED_LOGIT
"""The logit of an id that must not be chosen; finite, so that softmax stays finite."""


@dataclasses.dataclass(frozen=True, eq=False)
class LogitsProcessor:
    """Edits the logits of the next token; processors run in the order they are given.

    A processor is called inside the compiled loop. What it names in `tensors` is passed
    to the loop as an argument, so that another value needs no other trace; every other
    field is part of the trace. One that leaves the program for a Python function says
    so by `calls_python`.

    Call:
        logits: [rows, vocabulary] float32.
        history: A `History`, the text of every row.

    Returns:
        [rows, vocabulary] float32.

    Example:
        >>> class EvenIdsOnly(LogitsProcessor):
        ...     def __call__(self, logits, history):
        ...         is_even = ops.arange(logits.shape[-1]) % 2 == 0
        ...         return ops.where(is_even, logits, -1e30)
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=16, **sizes))
        >>> [written] = generate(model, [[3, 4]], 5, processors=[EvenIdsOnly()])
        >>> all(number % 2 == 0 for number in written)
        True
    """

    tensors: ClassVar[tuple[str, ...]] = ()
    calls_python: ClassVar[bool] = False

    def __call__(self, logits, history):
        raise NotImplementedError(f"{type(self).__name__} must define __call__")

    def tensor_values(self, vocabulary):
        """The arguments of the trace by name, for a model with `vocabulary` ids.

        Raises:
            ValueError: the processor does not fit this vocabulary.
        """
        return {name: getattr(self, name) for name in self.tensors}

    def with_tensors(self, values):
        """The same processor with the traced `values` in place of its own."""
        twin = copy.copy(self)
        for name, value in values.items():
            object.__setattr__(twin, name, value)
        return twin

    def trace_key(self):
        """What a trace depends on: the class and every field that is not a tensor."""
        names = [field.name for field in dataclasses.fields(self)]
        return type(self), tuple(
            (name, getattr(self, name)) for name in names if name not in self.tensors
        )
