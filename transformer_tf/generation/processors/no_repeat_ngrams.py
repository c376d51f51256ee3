"""No repeated n-grams: nothing is said twice in the same n words."""

import dataclasses

from keras import ops

from transformer_tf.generation.checks import check_at_least
from transformer_tf.generation.history import mark_ids
from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor


@dataclasses.dataclass(frozen=True, eq=False)
class NoRepeatNgrams(LogitsProcessor):
    """Forbids each id that would complete an n-gram already in the text.

    The prompt counts as text.

    Args:
        n: Length of the n-grams, at least 1; 1 forbids every id seen so far.

    Raises:
        ValueError: `n` is below 1.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=16, **sizes))
        >>> [written] = generate(model, [[3, 4]], 6, processors=[NoRepeatNgrams(1)])
        >>> len({3, 4, *written})  # no id comes twice
        8

    Source: https://arxiv.org/abs/1705.04304, section 2.5.
    """

    n: int

    def __post_init__(self):
        check_at_least("n", self.n, 1)

    def __call__(self, logits, history):
        starts = history.tokens.shape[1] - self.n + 1
        if starts < 1:
            return logits
        slot = ops.arange(starts, dtype="int32")[None]
        # An n-gram that begins at `slot` counts where the text holds the whole of it.
        matches = (slot >= history.start[:, None]) & (
            slot + self.n <= history.end[:, None]
        )
        last = history.last(self.n - 1)
        for offset in range(self.n - 1):
            window = history.tokens[:, offset : offset + starts]
            matches = matches & (window == last[:, offset : offset + 1])
        completions = history.tokens[:, self.n - 1 :]
        banned = mark_ids(completions, matches, logits.shape[-1])
        return ops.where(banned, FORBIDDEN, logits)
