"""Offsets of byte-level tokens, without the space that a token begins with."""

from transformer_tf.text.encoding import join
from transformer_tf.text.json_values import BOOLEAN, Field, JsonValue
from transformer_tf.text.tables.classes import SPACES
from transformer_tf.text.tables.ranges import parse_set
from transformer_tf.text.templates.post_processor import PostProcessor

_BLANK = "Ġ" + "".join(sorted(parse_set(SPACES)))


class ByteLevelOffsets(PostProcessor, type="ByteLevel"):
    """Makes the offsets of a token point at its word, not at the space before it.

    Args:
        trim_offsets: Whether anything is done at all.
        add_prefix_space: Whether the pre-tokenizer added a space to the text: then the
            first token's space is not in the text, and nothing is trimmed for it.
        use_regex: Kept for the file; nothing uses it.

    Example:
        >>> tokenizer = BytePairTokenizer.train(["low tide"] * 9, vocabulary_size=266)
        >>> tokenizer.post_processor = None
        >>> tokenizer.encode("low tide").offsets[-1]
        (3, 8)
        >>> tokenizer.post_processor = ByteLevelOffsets()
        >>> tokenizer.encode("low tide").offsets[-1]
        (4, 8)
    """

    fields = {
        "add_prefix_space": BOOLEAN,
        "trim_offsets": BOOLEAN,
        "use_regex": Field(JsonValue.boolean, True),
    }

    def __init__(
        self,
        add_prefix_space: bool = True,
        trim_offsets: bool = True,
        use_regex: bool = True,
    ):
        self.add_prefix_space = add_prefix_space
        self.trim_offsets = trim_offsets
        self.use_regex = use_regex

    def adjust(self, encoding):
        """The encoding with its offsets trimmed."""
        if not self.trim_offsets:
            return encoding
        encoding = encoding.copy()
        offsets = zip(encoding.tokens, encoding.offsets)
        encoding.offsets = [
            self._trim(i, token, *span) for i, (token, span) in enumerate(offsets)
        ]
        return encoding

    def _trim(self, position, token, start, end):
        leading = len(token) - len(token.lstrip(_BLANK))
        trailing = len(token) - len(token.rstrip(_BLANK))
        if leading:
            first = position == 0 or start == 0
            if first and self.add_prefix_space and leading == 1:
                leading = 0
            start = min(start + leading, end)
        if trailing and end >= trailing:
            end = max(end - trailing, start)
        return start, end

    def __call__(self, first, second=None, special_tokens=True):
        second = None if second is None else self.adjust(second)
        return join(self.adjust(first), second)
