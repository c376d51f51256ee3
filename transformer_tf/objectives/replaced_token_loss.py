"""Binary cross-entropy: was this token replaced?"""

import keras
from keras import ops

from transformer_tf.objectives.token_loss import TokenLoss


@keras.saving.register_keras_serializable(package="transformer_tf")
class ReplacedTokenLoss(TokenLoss):
    """How wrong a model is about which tokens were replaced, in nats per token.

    ELECTRA trains generator and discriminator on
    `TokenCrossEntropy() + 50 * ReplacedTokenLoss()`.

    Args:
        ignored_id: Labels of this value do not count.
        reduction: "mean_with_sample_weight" divides by the tokens that count; "sum"
            and None as in `keras.losses.Loss`.

    Call:
        y_true: [batch, length] integers from `replace_tokens`: 1 replaced, 0 not.
        y_pred: [batch, length] or [batch, length, 1] logits.
        sample_weight: [batch] or [batch, length] floats, optional.

    Returns:
        A scalar; 0 when no label counts.

    Raises:
        ValueError: Shapes that do not fit.

    Example:
        >>> labels = np.array([[0, 1, 0, IGNORED]])
        >>> unsure, right = np.zeros((1, 4)), np.array([[-9.0, 9.0, -9.0, 0.0]])
        >>> loss = ReplacedTokenLoss()
        >>> print([round(float(loss(labels, logits)), 3) for logits in (unsure, right)])
        [0.693, 0.0]

    Source: https://arxiv.org/abs/2003.10555, section 2.
    """

    def call(self, y_true, y_pred):
        if len(y_pred.shape) == len(y_true.shape) + 1 and y_pred.shape[-1] == 1:
            y_pred = ops.squeeze(y_pred, -1)
        if len(y_true.shape) != len(y_pred.shape):
            raise ValueError(
                "y_true must be [batch, length] and y_pred the same, or with a last "
                f"axis of 1; got shapes {tuple(y_true.shape)} and {tuple(y_pred.shape)}"
            )
        # -log sigmoid(logit) for a label of 1, -log sigmoid(-logit) for 0
        losses = ops.softplus(ops.where(ops.equal(y_true, 1), -y_pred, y_pred))
        return ops.where(ops.equal(y_true, self.ignored_id), 0, losses)
