"""Truncation: cutting what is too long, without losing it unless asked to."""

from transformer_tf.text.json_values import INTEGER, Field
from transformer_tf.text.preconditions import room_for_text

STRATEGIES = ("longest_first", "only_first", "only_second")
_FILE_NAMES = dict(zip(STRATEGIES, ("LongestFirst", "OnlyFirst", "OnlySecond")))


class Truncation:
    """Cuts encodings to a length; what was cut off comes along as `overflowing`.

    Args:
        max_length: The most tokens that may be left, special tokens included.
        strategy: What is cut of a pair: "longest_first" evens the two out,
            "only_first" and "only_second" cut that one text.
        overlap: Number of tokens that each overflowing part repeats of the one before,
            so that a long document is read in windows.
        side: "right" cuts at the end, "left" at the beginning.

    Call:
        first: `Encoding` of the first text, without special tokens.
        second: `Encoding` of the second, or None.
        added: Number of special tokens that the template will add.

    Returns:
        first, second: The encodings, cut, with `overflowing` set.

    Raises:
        ValueError: Settings that contradict each other, or a text too short for the
            strategy to cut enough of.

    Example:
        >>> tokenizer = CharacterTokenizer.train(["abcdef"])
        >>> tokenizer.truncation = Truncation(max_length=4, overlap=1)
        >>> encoding = tokenizer.encode("abcdef")
        >>> encoding.tokens, [rest.tokens for rest in encoding.overflowing]
        (['a', 'b', 'c', 'd'], [['d', 'e', 'f']])
    """

    def __init__(
        self,
        max_length: int,
        strategy: str = "longest_first",
        overlap: int = 0,
        side: str = "right",
    ):
        if strategy not in STRATEGIES:
            raise ValueError(f"strategy must be one of {STRATEGIES}; got {strategy!r}")
        if side not in ("left", "right"):
            raise ValueError(f'side must be "left" or "right"; got {side!r}')
        if max_length < 0 or overlap < 0:
            raise ValueError(
                f"max_length and overlap must not be negative; got {max_length} and "
                f"{overlap}"
            )
        if overlap and overlap >= max_length:
            raise ValueError(
                f"overlap {overlap} must be smaller than max_length {max_length}"
            )
        self.max_length = max_length
        self.strategy = strategy
        self.overlap = overlap
        self.side = side

    def __call__(self, first, second=None, added=0):
        room = room_for_text(self, added)
        total = len(first) + (0 if second is None else len(second))
        if total <= room:
            return first, second
        if self.strategy == "longest_first":
            kept = self._even_out(
                len(first), None if second is None else len(second), room
            )
            first = self.cut(first, kept[0])
            second = None if second is None else self.cut(second, kept[1])
            return first, second
        cut_first = self.strategy == "only_first"
        target = first if cut_first else second
        if target is None:
            raise ValueError("only_second needs a second text; encode got one text")
        kept = len(target) - (total - room)
        if kept <= 0:
            which = "first" if cut_first else "second"
            raise ValueError(
                f"the {which} text has {len(target)} tokens; {self.strategy} would "
                f"have to cut {total - room} to reach max_length {self.max_length}"
            )
        target = self.cut(target, kept)
        return (target, second) if cut_first else (first, target)

    @staticmethod
    def _even_out(first, second, room):
        """How many tokens of each text stay: the longer one gives way."""
        if second is None:
            return room, None
        shorter = min(first, second)
        longer = max(shorter, room - shorter)
        if shorter + longer > room:
            shorter, longer = room // 2, room - room // 2
        return (shorter, longer) if first <= second else (longer, shorter)

    def cut(self, encoding, length):
        """`encoding` cut to `length` tokens, its other windows as `overflowing`."""
        count = len(encoding)
        if length >= count:
            return encoding
        if length == 0:
            windows = [(0, 0), (0, count)]
        else:
            windows = self._windows(count, length)
        kept, *rest = [encoding.slice(start, end) for start, end in windows]
        kept.overflowing = rest
        return kept

    def _windows(self, count, length):
        step = length - self.overlap
        if step <= 0:
            raise ValueError(
                f"overlap {self.overlap} must be smaller than the {length} tokens "
                "that are left of the text"
            )
        if self.side == "right":
            starts = range(0, count, step)
            windows = [(start, min(start + length, count)) for start in starts]
            last = next(i for i, (_, end) in enumerate(windows) if end == count)
        else:
            ends = range(count, 0, -step)
            windows = [(max(0, end - length), end) for end in ends]
            last = next(i for i, (start, _) in enumerate(windows) if start == 0)
        return windows[: last + 1]

    def to_json(self):
        """What tokenizer.json holds for this truncation."""
        return {
            "direction": self.side.capitalize(),
            "max_length": self.max_length,
            "strategy": _FILE_NAMES[self.strategy],
            "stride": self.overlap,
        }

    @classmethod
    def from_json(cls, entry):
        """The truncation that an entry of a tokenizer.json describes."""
        values = entry.read(_FIELDS)
        names = {file_name: name for name, file_name in _FILE_NAMES.items()}
        return cls(
            values["max_length"],
            names[values["strategy"]],
            values["stride"],
            values["direction"].lower(),
        )


_FIELDS = {
    "direction": Field(lambda value: value.choice("Left", "Right"), "Right"),
    "max_length": INTEGER,
    "strategy": Field(lambda value: value.choice(*_FILE_NAMES.values())),
    "stride": INTEGER,
}
