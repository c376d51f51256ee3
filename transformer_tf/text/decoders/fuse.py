"""All tokens joined into one."""

from transformer_tf.text.decoders.decoder import Decoder


class Fuse(Decoder, type="Fuse"):
    """Joins all tokens into one, so that the next decoder sees the whole text.

    Example:
        >>> Fuse()(["low", " ti", "de"])
        ['low tide']
    """

    def __call__(self, tokens):
        return ["".join(tokens)]
