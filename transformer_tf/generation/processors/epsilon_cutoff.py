"""Epsilon cutoff: ids below a fixed probability leave the draw."""

import dataclasses

from keras import ops

from transformer_tf.generation.processors.epsilon_threshold import EpsilonThreshold
from transformer_tf.generation.processors.smallest_set import exact


@dataclasses.dataclass(frozen=True, eq=False)
class EpsilonCutoff(EpsilonThreshold):
    """Keeps the ids whose probability is at least epsilon, and always the likeliest.

    Args:
        epsilon: A number in (0, 1); published values lie between 3e-4 and 9e-4.

    Raises:
        ValueError: `epsilon` is not in (0, 1).

    Example:
        >>> logits = np.log([[0.9, 0.0996, 0.0004]])
        >>> print(np.array(EpsilonCutoff(5e-4)(logits, None)) > -100)  # what is kept
        [[ True  True False]]

    Source: https://arxiv.org/abs/2210.15191, section 4.
    """

    def log_threshold(self, log_probability):
        return ops.log(exact(self.epsilon))
