"""Cross-entropy of the next, masked or missing token."""

from typing import Any

import keras
from keras import ops

from transformer_tf.objectives.targets import IGNORED
from transformer_tf.objectives.token_loss import TokenLoss


@keras.saving.register_keras_serializable(package="transformer_tf")
class TokenCrossEntropy(TokenLoss):
    """How surprised a model is by the tokens it had to predict, in nats per token.

    Args:
        label_smoothing: Share of the target's probability spread evenly over the
            whole vocabulary, in [0, 1).
        ignored_id: Targets of this value do not count.
        reduction: "mean_with_sample_weight" divides by the tokens that count; "sum"
            and None as in `keras.losses.Loss`.

    Call:
        y_true: [batch, length] integers; other values than `ignored_id` lie in
            [0, vocabulary). Unchecked under XLA.
        y_pred: [batch, length, vocabulary] logits of any float type; the loss is
            computed in float32.
        sample_weight: [batch] or [batch, length] floats, optional.

    Returns:
        A scalar; 0 when no target counts.

    Raises:
        ValueError: `label_smoothing` outside [0, 1), ranks that do not fit.

    Example:
        >>> targets = np.array([[5, 2, IGNORED]])
        >>> logits = np.zeros((1, 3, 8), "float32")
        >>> print(round(float(TokenCrossEntropy()(targets, logits)), 3))  # ln 8
        2.079

    Source: label smoothing, https://arxiv.org/abs/1512.00567, section 7.
    """

    def __init__(
        self,
        label_smoothing: float = 0.0,
        ignored_id: int = IGNORED,
        reduction: Any = "mean_with_sample_weight",
        name: str = "token_cross_entropy",
        dtype: Any = None,
    ):
        super().__init__(ignored_id, reduction, name, dtype)
        if not 0 <= label_smoothing < 1:
            raise ValueError(
                f"label_smoothing must be at least 0 and below 1; got {label_smoothing}"
            )
        self.label_smoothing = label_smoothing

    def call(self, y_true, y_pred):
        check_shapes(y_true, y_pred)
        counts = ops.not_equal(y_true, self.ignored_id)
        targets = ops.cast(ops.where(counts, y_true, 0), "int32")
        losses = ops.sparse_categorical_crossentropy(targets, y_pred, from_logits=True)
        if self.label_smoothing:
            # The cross-entropy to an even distribution over the vocabulary.
            even = ops.logsumexp(y_pred, axis=-1) - ops.mean(y_pred, axis=-1)
            losses += self.label_smoothing * (even - losses)
        return ops.where(counts, losses, 0)

    def get_config(self):
        return {**super().get_config(), "label_smoothing": self.label_smoothing}


def check_shapes(targets, predictions):
    """[batch, length] against [batch, length, vocabulary], where sizes are known."""
    pairs = list(zip(targets.shape, predictions.shape))
    if len(predictions.shape) != len(targets.shape) + 1 or any(
        target != prediction
        for target, prediction in pairs
        if None not in (target, prediction)
    ):
        raise ValueError(
            "y_true must be [batch, length] and y_pred [batch, length, vocabulary]; "
            f"got shapes {tuple(targets.shape)} and {tuple(predictions.shape)}"
        )
