"""Tokens that say whether their word goes on, back to text."""

from transformer_tf.text.decoders.decoder import Decoder


class ContinuedDecoder(Decoder):
    """Joins a token whose word goes on to the next, and puts spaces between words.

    Args:
        mark: What such a token ends with.
    """

    def __init__(self, mark="@@"):
        self.mark = mark

    def __call__(self, tokens):
        text = " ".join(tokens).replace(f"{self.mark} ", "").strip()
        return [text]
