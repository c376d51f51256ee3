"""The chain of logits processors, and where a text stops: the rules of one call."""

from typing import Any, NamedTuple

from keras import ops


class DecodingRules(NamedTuple):
    """What holds for every step of one call of `generate`.

    Attributes:
        processors: The logits processors, in order.
        stops: [states, vocabulary] int32, the automaton of `stop_table`.
        limit: A scalar int32: how many tokens to generate at most.
        padding_id: A scalar int32: what fills a row after its end.
    """

    processors: Any
    stops: Any
    limit: Any
    padding_id: Any

    def process(self, logits, history):
        """[rows, vocabulary] logits -> float32 logits after every processor."""
        logits = ops.cast(logits, "float32")
        for processor in self.processors:
            logits = processor(logits, history)
        return logits

    def next_state(self, state, token):
        """The automaton's state after one more token: [rows] int32."""
        vocabulary = self.stops.shape[1]
        flat = ops.reshape(self.stops, (-1,))
        return ops.take(flat, state * vocabulary + token)

    def has_ended(self, state):
        """[rows] booleans: a stop id or a stop string has been completed."""
        return state == self.stops.shape[0] - 1
