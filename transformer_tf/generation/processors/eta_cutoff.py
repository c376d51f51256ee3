"""Eta cutoff: the less certain the model, the less likely ids may stay in the draw."""

import dataclasses

from keras import ops

from transformer_tf.generation.processors.epsilon_threshold import EpsilonThreshold
from transformer_tf.generation.processors.smallest_set import exact
from transformer_tf.generation.processors.typical_p import entropy_of


@dataclasses.dataclass(frozen=True, eq=False)
class EtaCutoff(EpsilonThreshold):
    """Keeps the ids whose probability is at least eta, and always the likeliest.

    eta = min(epsilon, sqrt(epsilon) * exp(-entropy)), with the entropy of the
    probabilities in nats: where many ids are likely, each may be less so.

    Args:
        epsilon: A number in (0, 1); published values lie between 3e-4 and 4e-3.

    Raises:
        ValueError: `epsilon` is not in (0, 1).

    Example:
        >>> logits = np.log([[0.9, 0.0996, 0.0004]])
        >>> print(np.array(EtaCutoff(1e-3)(logits, None)) > -100)  # what is kept
        [[ True  True False]]

    Source: https://arxiv.org/abs/2210.15191, section 4.
    """

    def log_threshold(self, log_probability):
        log_epsilon = ops.log(exact(self.epsilon))
        entropy = entropy_of(-log_probability)
        return ops.minimum(log_epsilon, log_epsilon / 2 - entropy)
