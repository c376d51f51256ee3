"""What a normalizer is: text in, cleaner text out, places kept."""

from transformer_tf.text.component import Component


class Normalizer(Component, role="normalizer"):
    """Rewrites a text before it is cut into pieces.

    Call:
        text: An `AlignedText`.

    Returns:
        text: Another `AlignedText`, each character still knowing its source.
    """

    def __call__(self, text):
        raise NotImplementedError(f"{type(self).__name__} must define __call__")
