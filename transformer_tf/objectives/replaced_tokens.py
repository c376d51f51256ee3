"""Replaced tokens: a small model writes the fakes, a second one finds them."""

import keras
from keras import ops

from transformer_tf.annotations import Tensor
from transformer_tf.objectives.targets import IGNORED


def replace_tokens(
    ids: Tensor,
    targets: Tensor,
    generator_logits: Tensor,
    seed: Tensor,
    padding_id: int = 0,
):
    """Fills the hidden places with what a generator would write there.

    Args:
        ids: [batch, length] integers: the original text.
        targets: [batch, length] integers from `mask_tokens`: `IGNORED` at all places
            but the hidden ones.
        generator_logits: [batch, length, vocabulary] floats, read off the corrupted
            text. No gradient flows back to them.
        seed: An integer or a `keras.random.SeedGenerator`.
        padding_id: The id whose places get no label; None when there is no padding.

    Returns:
        replaced: [batch, length] integers: what the second model reads.
        labels: [batch, length] integers: 1 where a token was replaced by another, 0
            where it stands (also where the generator happened to write it again),
            `IGNORED` at padding.

    Raises:
        ValueError: Shapes that do not fit one another.

    Example:
        >>> ids = np.array([[5, 6, 7, 0]])
        >>> targets = np.array([[IGNORED, 6, IGNORED, IGNORED]])
        >>> logits = np.zeros((1, 4, 9))
        >>> logits[:, :, 3] = 100.0  # a generator that always writes 3
        >>> replaced, labels = replace_tokens(ids, targets, logits, seed=0)
        >>> print(np.array(replaced), np.array(labels))
        [[5 3 7 0]] [[   0    1    0 -100]]

    Source: https://arxiv.org/abs/2003.10555, section 2.
    """
    ids = ops.convert_to_tensor(ids)
    targets = ops.cast(targets, ids.dtype)
    logits = ops.stop_gradient(ops.convert_to_tensor(generator_logits))
    if len(logits.shape) != 3 or not ids.shape == targets.shape == logits.shape[:2]:
        raise ValueError(
            "ids and targets must be [batch, length] and generator_logits [batch, "
            f"length, vocabulary]; got shapes {tuple(ids.shape)}, "
            f"{tuple(targets.shape)} and {tuple(logits.shape)}"
        )
    flat = ops.reshape(logits, (-1, logits.shape[-1]))
    drawn = keras.random.categorical(ops.cast(flat, "float32"), 1, seed=seed)
    drawn = ops.cast(ops.reshape(drawn, ops.shape(ids)), ids.dtype)
    replaced = ops.where(ops.not_equal(targets, IGNORED), drawn, ids)
    labels = ops.cast(ops.not_equal(replaced, ids), ids.dtype)
    if padding_id is not None:
        labels = ops.where(ops.equal(ids, padding_id), IGNORED, labels)
    return replaced, labels
