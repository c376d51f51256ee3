"""Padding: making the rows of a batch equally long."""

from transformer_tf.text.encoding import Encoding, concatenate
from transformer_tf.text.json_values import INTEGER, STRING, Field


class Padding:
    """Lengthens encodings with padding tokens, which the attention mask leaves out.

    Args:
        length: The length to reach; None pads to the longest of the batch.
        multiple_of: Rounds that length up to a multiple of this number, or None.
        side: "right" pads at the end, "left" (for generation) at the beginning.
        token: The padding token.
        id: Its id.
        type_id: The type id that padding gets.

    Call:
        encodings: List of `Encoding`.

    Returns:
        encodings: List of `Encoding`, all of one length unless one was longer than
            `length`; what overflowed is padded alike.

    Example:
        >>> tokenizer = CharacterTokenizer.train(["abc"])
        >>> tokenizer.padding = Padding(multiple_of=4, side="left")
        >>> [encoding.tokens for encoding in tokenizer.encode_batch(["a", "cab"])]
        [['[PAD]', '[PAD]', '[PAD]', 'a'], ['[PAD]', 'c', 'a', 'b']]
    """

    def __init__(
        self,
        length: int | None = None,
        multiple_of: int | None = None,
        side: str = "right",
        token: str = "[PAD]",
        id: int = 0,
        type_id: int = 0,
    ):
        if side not in ("left", "right"):
            raise ValueError(f'side must be "left" or "right"; got {side!r}')
        if multiple_of is not None and multiple_of < 1:
            raise ValueError(f"multiple_of must be at least 1; got {multiple_of}")
        if length is not None and length < 0:
            raise ValueError(f"length must not be negative; got {length}")
        self.length = length
        self.multiple_of = multiple_of
        self.side = side
        self.token = token
        self.id = id
        self.type_id = type_id

    def target(self, longest):
        """The length that a batch with a row of `longest` tokens is padded to."""
        length = longest if self.length is None else self.length
        if self.multiple_of is not None:
            length = -(-length // self.multiple_of) * self.multiple_of
        return length

    def __call__(self, encodings):
        target = self.target(max(map(len, encodings), default=0))
        return [self._pad(encoding, target) for encoding in encodings]

    def _pad(self, encoding, length):
        missing = length - len(encoding)
        overflowing = [self._pad(part, length) for part in encoding.overflowing]
        if missing > 0:
            one = Encoding.special(self.id, self.token, self.type_id, attended=0)
            padding = [one] * missing
            order = (
                [*padding, encoding] if self.side == "left" else [encoding, *padding]
            )
            encoding = concatenate(order)
        elif overflowing:
            encoding = encoding.slice(0, len(encoding))  # the caller's stays as it is
        encoding.overflowing = overflowing
        return encoding

    def to_json(self):
        """What tokenizer.json holds for this padding."""
        return {
            "strategy": "BatchLongest"
            if self.length is None
            else {"Fixed": self.length},
            "direction": self.side.capitalize(),
            "pad_to_multiple_of": self.multiple_of,
            "pad_id": self.id,
            "pad_type_id": self.type_id,
            "pad_token": self.token,
        }

    @classmethod
    def from_json(cls, entry):
        """The padding that an entry of a tokenizer.json describes."""
        values = entry.read(_FIELDS)
        return cls(
            values["strategy"],
            values["pad_to_multiple_of"],
            values["direction"].lower(),
            values["pad_token"],
            values["pad_id"],
            values["pad_type_id"],
        )


def _length_from_json(value):
    if value.value == "BatchLongest":
        return None
    entries = value.entries() if isinstance(value.value, dict) else {}
    if set(entries) != {"Fixed"}:
        raise value.error('"BatchLongest" or an object with "Fixed"')
    return entries["Fixed"].integer()


_FIELDS = {
    "strategy": Field(_length_from_json),
    "direction": Field(lambda value: value.choice("Left", "Right")),
    "pad_to_multiple_of": Field(lambda value: value.integer(1), null=True),
    "pad_id": INTEGER,
    "pad_type_id": INTEGER,
    "pad_token": STRING,
}
