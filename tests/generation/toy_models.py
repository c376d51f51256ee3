"""Models whose every probability can be computed by hand."""

import numpy as np
from keras import ops


class TrigramModel:
    """The next token depends on the last two; before the first stands id 0.

    Args:
        logits: [vocabulary, vocabulary, vocabulary]: of the next id, given the one
            before the last and the last.
    """

    reads_source = False
    max_length = None
    variables = ()
    padding_id = None

    def __init__(self, logits):
        self.logits = np.asarray(logits, "float32")
        self.vocabulary_size = self.logits.shape[-1]

    def prepare(self, source, source_mask, copies):
        return ()

    def empty_cache(self, rows, capacity):
        """The token before the last one, [rows]."""
        return ops.zeros((rows,), "int32")

    def step(self, tokens, positions, cache, keep, prepared, padding_mask=None):
        tokens = ops.where(positions < 0, 0, tokens)
        before = ops.concatenate([cache[:, None], tokens[:, :-1]], axis=1)
        pair = before * self.vocabulary_size + tokens
        flat = ops.reshape(
            ops.convert_to_tensor(self.logits), (-1, self.logits.shape[-1])
        )
        return ops.take(flat, pair[:, -keep:], axis=0), tokens[:, -1]


class BigramModel(TrigramModel):
    """The next token depends on the last one: logits [vocabulary, vocabulary]."""

    def step(self, tokens, positions, cache, keep, prepared, padding_mask=None):
        tokens = ops.where(positions < 0, 0, tokens)
        logits = ops.convert_to_tensor(self.logits)
        return ops.take(logits, tokens[:, -keep:], axis=0), tokens[:, -1]


def log_softmax(logits):
    logits = np.asarray(logits, "float64")
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
