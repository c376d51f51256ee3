"""Word pieces put together into words, words into sentences."""

from transformer_tf.text.decoders.decoder import Decoder
from transformer_tf.text.json_values import BOOLEAN, STRING

_CLEANED = (
    (" .", "."),
    (" ?", "?"),
    (" !", "!"),
    (" ,", ","),
    (" ' ", "'"),
    (" n't", "n't"),
    (" 'm", "'m"),
    (" do not", " don't"),
    (" 's", "'s"),
    (" 've", "'ve"),
    (" 're", "'re"),
)


class WordPieceDecoder(Decoder, type="WordPiece"):
    """Joins pieces that continue a word to it, and words with spaces.

    Args:
        prefix: What a continuing piece starts with.
        cleanup: Whether the space before punctuation and in English contractions is
            taken out. It is a guess: " do not" becomes " don't".

    Example:
        >>> WordPieceDecoder()(["un", "##do", "it", "!"])
        ['un', 'do', ' it', '!']
    """

    fields = {"prefix": STRING, "cleanup": BOOLEAN}

    def __init__(self, prefix: str = "##", cleanup: bool = True):
        self.prefix = prefix
        self.cleanup = cleanup

    def __call__(self, tokens):
        parts = []
        for i, token in enumerate(tokens):
            if i > 0 and token.startswith(self.prefix):
                part = token.removeprefix(self.prefix)
            else:
                part = f" {token}" if i > 0 else token
            parts.append(_clean(part) if self.cleanup else part)
        return parts


def _clean(part):
    for spaced, plain in _CLEANED:
        part = part.replace(spaced, plain)
    return part
