"""What a decoder is: tokens in, the stretches of text they stand for out."""

from transformer_tf.text.component import Component


class Decoder(Component, role="decoder"):
    """Turns tokens back into text.

    Call:
        tokens: List of strings, as the vocabulary writes them.

    Returns:
        parts: List of strings; joined without anything between, they are the text.
    """

    def __call__(self, tokens):
        raise NotImplementedError(f"{type(self).__name__} must define __call__")
