"""What Transformer-XL remembers of the segments before: every layer's inputs."""

from typing import Any, NamedTuple

from keras import ops


class SegmentMemory(NamedTuple):
    """The last positions read, as many as the config's `memory_length`.

    All fields are tensors with a row for each text, so that a memory can travel through
    compiled loops, and its rows be chosen.

    Attributes:
        states: A list with one [batch, memory, dim] a layer: what it read.
        valid_mask: [batch, memory] booleans: where something was read.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 2, "num_heads": 2, "cutoffs": None}
        >>> config = transformer_xl_config(vocabulary_size=9, memory_length=6, **sizes)
        >>> model = TransformerXL(config)
        >>> output, memory = model(np.array([[5, 3, 2, 7]]), cache=model.empty_cache(1))
        >>> print(len(memory.states), memory.states[0].shape)
        2 (1, 6, 8)
        >>> print(np.array(memory.valid_mask, int))
        [[0 0 1 1 1 1]]
    """

    states: Any
    valid_mask: Any

    @classmethod
    def empty(cls, rows, length, layers, dim, dtype):
        """A memory of nothing."""
        states = [ops.zeros((rows, length, dim), dtype) for _ in range(layers)]
        return cls(states, ops.zeros((rows, length), "bool"))

    def update(self, states, valid_mask):
        """The memory after one more segment; no gradient goes back into it.

        Args:
            states: A list with one [batch, length, dim] a layer.
            valid_mask: [batch, length] booleans, False for padding.
        """
        length = ops.shape(self.valid_mask)[1]
        kept = [
            ops.stop_gradient(_last(before, ops.cast(state, before.dtype), length))
            for before, state in zip(self.states, states)
        ]
        return SegmentMemory(kept, _last(self.valid_mask, valid_mask, length))


def _last(before, after, length):
    """[batch, memory, ...] and [batch, length, ...] -> the last of both."""
    both = ops.concatenate([before, after], axis=1)
    return both[:, ops.shape(both)[1] - length :]
