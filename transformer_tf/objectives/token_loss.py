"""What the losses over tokens share: targets that do not count."""

import keras
from keras import ops

from transformer_tf.attention.implicit_mask import implicit_mask
from transformer_tf.objectives.targets import IGNORED
from transformer_tf.shapes import refuse_ragged


class TokenLoss(keras.losses.Loss):
    """A loss over tokens, averaged over those whose target counts.

    Padding weighs nothing, not even in the number divided by: a batch with more
    padding has the same loss, and a prediction there may be anything, even NaN.
    Subclasses give a loss per token in `call`, 0 where the target is `ignored_id`.

    Args:
        ignored_id: Targets of this value do not count.
        reduction: "mean_with_sample_weight" divides by the tokens that count (or by
            the sum of their weights); "sum" and None as in `keras.losses.Loss`.
    """

    def __init__(
        self,
        ignored_id=IGNORED,
        reduction="mean_with_sample_weight",
        name=None,
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.ignored_id = ignored_id

    def counts(self, y_true, sample_weight=None):
        """[batch, length] floats: how much each target weighs, 0 where ignored."""
        targets = ops.convert_to_tensor(y_true)
        counts = ops.cast(ops.not_equal(targets, self.ignored_id), self.dtype)
        if sample_weight is None:
            return counts
        weight = ops.convert_to_tensor(sample_weight, dtype=self.dtype)
        if len(weight.shape) == len(counts.shape) - 1:
            weight = ops.expand_dims(weight, -1)  # one a sequence
        return counts * weight

    def __call__(self, y_true, y_pred, sample_weight=None):
        given = {"y_true": y_true, "y_pred": y_pred, "sample_weight": sample_weight}
        refuse_ragged(given, f"to_tensor({self.ignored_id})")
        targets, predictions = map(ops.convert_to_tensor, (y_true, y_pred))
        counts = self.counts(targets, sample_weight)
        valid_mask = implicit_mask(predictions)
        if valid_mask is not None and len(valid_mask.shape) == len(counts.shape):
            counts = counts * ops.cast(valid_mask, counts.dtype)
        # What weighs nothing is ignored: 0 times NaN would be NaN.
        if keras.backend.is_int_dtype(targets.dtype):
            targets = ops.cast(targets, "int32")  # it may be unsigned
        ignored = ops.cast(self.ignored_id, targets.dtype)
        targets = ops.where(counts == 0, ignored, targets)
        return super().__call__(targets, predictions, counts)

    def get_config(self):
        return {**super().get_config(), "ignored_id": self.ignored_id}
