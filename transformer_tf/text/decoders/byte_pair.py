"""The suffix that ends a word back to a space."""

from transformer_tf.text.decoders.decoder import Decoder
from transformer_tf.text.json_values import STRING


class BPEDecoder(Decoder, type="BPEDecoder"):
    """Turns the suffix that ends a word into a space.

    Args:
        suffix: What the last piece of a word ends with.

    Example:
        >>> BPEDecoder()(["low", "er</w>", "tide</w>"])
        ['low', 'er ', 'tide']
    """

    fields = {"suffix": STRING}

    def __init__(self, suffix: str = "</w>"):
        self.suffix = suffix

    def __call__(self, tokens):
        last = len(tokens) - 1
        return [
            token.replace(self.suffix, "" if i == last else " ")
            for i, token in enumerate(tokens)
        ]
