"""Perplexity: the exponential of the mean cross-entropy."""

from typing import Any

import keras
from keras import ops

from transformer_tf.objectives.targets import IGNORED
from transformer_tf.objectives.token_cross_entropy import TokenCrossEntropy


@keras.saving.register_keras_serializable(package="transformer_tf")
class Perplexity(keras.metrics.Metric):
    """The exponential of the mean surprise per token, over all batches seen.

    1 is certainty; a uniform guess gives the vocabulary's size. Tokens weigh the same
    wherever they stand, so the batching does not matter.

    Args:
        ignored_id: Targets of this value do not count.

    Call:
        y_true: [batch, length] integers.
        y_pred: [batch, length, vocabulary] logits.
        sample_weight: [batch] or [batch, length] floats, optional.

    Returns:
        A scalar, at least 1; 1 when no target counted.

    Raises:
        ValueError: Ranks that do not fit.

    Example:
        >>> metric = Perplexity()
        >>> uniform = np.zeros((1, 3, 8), "float32")  # as likely, all 8 tokens
        >>> print(round(float(metric(np.array([[5, 2, IGNORED]]), uniform)), 3))
        8.0

    Source: https://doi.org/10.1121/1.2016299 (Jelinek and others, 1977).
    """

    def __init__(
        self, ignored_id: int = IGNORED, name: str = "perplexity", dtype: Any = None
    ):
        super().__init__(name=name, dtype=dtype)
        self.ignored_id = ignored_id
        self.surprise = self.add_variable((), "zeros", name="surprise")
        self.tokens = self.add_variable((), "zeros", name="tokens")

    def update_state(self, y_true, y_pred, sample_weight=None):
        loss = TokenCrossEntropy(ignored_id=self.ignored_id, reduction="sum")
        self.surprise.assign_add(loss(y_true, y_pred, sample_weight))
        self.tokens.assign_add(ops.sum(loss.counts(y_true, sample_weight)))

    def result(self):
        return ops.exp(ops.divide_no_nan(self.surprise, self.tokens))

    def get_config(self):
        return {**super().get_config(), "ignored_id": self.ignored_id}
