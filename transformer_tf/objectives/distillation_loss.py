"""Distillation: a small model learns from a large one's doubts."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="transformer_tf")
class DistillationLoss(keras.losses.Loss):
    """How far a student's predictions are from its teacher's, in nats.

    The divergence from teacher to student, both softened by a temperature and times
    its square, so that gradients keep their size at any temperature. Add a
    `TokenCrossEntropy` on the true tokens for what the teacher does not know.

    Args:
        temperature: Above 0; what both logits are divided by. High ones show what the
            teacher thinks of the unlikely tokens.
        reduction: "mean_with_sample_weight" divides by the sum of the weights; "sum"
            and None as in `keras.losses.Loss`.

    Call:
        y_true: [..., vocabulary] logits of the teacher. No gradient flows to them.
        y_pred: [..., vocabulary] logits of the student.
        sample_weight: [...] floats or booleans; 0 where there is padding.

    Returns:
        A scalar, 0 when both agree.

    Raises:
        ValueError: `temperature` is not positive, shapes that do not fit.

    Example:
        >>> teacher = np.array([[[4.0, 1.0, 0.0], [0.0, 3.0, 2.0]]])
        >>> student = np.array([[[3.0, 1.0, 0.0], [1.0, 2.0, 2.0]]])
        >>> print(round(float(DistillationLoss()(teacher, student)), 3))
        0.185
        >>> print(round(float(DistillationLoss()(teacher, teacher)), 3))
        0.0

    Source: https://arxiv.org/abs/1503.02531, section 2.
    """

    def __init__(
        self,
        temperature: float = 2.0,
        reduction: Any = "mean_with_sample_weight",
        name: str = "distillation_loss",
        dtype: Any = None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        if temperature <= 0:
            raise ValueError(f"temperature must be above 0; got {temperature}")
        self.temperature = temperature

    def call(self, y_true, y_pred):
        if len(y_true.shape) != len(y_pred.shape) or (
            y_true.shape[-1] != y_pred.shape[-1]
        ):
            raise ValueError(
                "teacher and student logits must have one shape; got "
                f"{tuple(y_true.shape)} and {tuple(y_pred.shape)}"
            )
        teacher = ops.log_softmax(ops.stop_gradient(y_true) / self.temperature)
        student = ops.log_softmax(y_pred / self.temperature)
        divergence = ops.sum(ops.exp(teacher) * (teacher - student), axis=-1)
        return self.temperature**2 * divergence

    def __call__(self, y_true, y_pred, sample_weight=None):
        if sample_weight is not None:
            # What weighs nothing may be anything: 0 times NaN would be NaN.
            counts = ops.convert_to_tensor(sample_weight) != 0
            teacher, student = map(ops.convert_to_tensor, (y_true, y_pred))
            while len(counts.shape) < len(student.shape):
                counts = ops.expand_dims(counts, -1)
            y_true = ops.where(counts, teacher, ops.cast(0, teacher.dtype))
            y_pred = ops.where(counts, student, ops.cast(0, student.dtype))
        return super().__call__(y_true, y_pred, sample_weight)

    def get_config(self):
        return {**super().get_config(), "temperature": self.temperature}
