"""What a pre-tokenizer is: one text in, the pieces a model sees out."""

from transformer_tf.text.component import Component


class PreTokenizer(Component, role="pre_tokenizer"):
    """Cuts a text into pieces; no token ever crosses a cut.

    Call:
        text: An `AlignedText`.

    Returns:
        pieces: List of `AlignedText`, none empty, in order. What belongs to no piece
            (the spaces between words, say) is dropped.
    """

    def __call__(self, text):
        raise NotImplementedError(f"{type(self).__name__} must define __call__")
