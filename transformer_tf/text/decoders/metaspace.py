"""SentencePiece's spaces, put back."""

from transformer_tf.text.decoders.decoder import Decoder
from transformer_tf.text.pre_tokenizers.metaspace import (
    METASPACE,
    check_metaspace,
    read_metaspace,
)


class MetaspaceDecoder(Decoder, type="Metaspace"):
    """Turns marks back into spaces, and drops those that encoding put in front.

    Args:
        replacement: The mark, one character.
        prepend_scheme: As in `Metaspace`: unless it is "never", the first token loses
            its marks.
        split: Kept for the file only.

    Example:
        >>> MetaspaceDecoder()(["▁low", "▁ti", "de"])
        ['low', ' ti', 'de']
    """

    fields = METASPACE

    def __init__(
        self, replacement: str = "▁", prepend_scheme: str = "always", split: bool = True
    ):
        check_metaspace(replacement, prepend_scheme)
        self.replacement = replacement
        self.prepend_scheme = prepend_scheme
        self.split = split

    def __call__(self, tokens):
        parts = [token.replace(self.replacement, " ") for token in tokens]
        if parts and self.prepend_scheme != "never":
            parts[0] = tokens[0].replace(self.replacement, "")
        return parts

    @classmethod
    def from_json(cls, entry):
        return cls(**read_metaspace(entry))
