"""Text that remembers where each of its characters came from."""

from typing import Any


class AlignedText:
    """A text after some steps, each character with its place in the source.

    Normalizers rewrite text; offsets must still point into what the user gave.
    So each character carries the span of source characters it stands for.

    Args:
        text: The characters as they are now.
        starts: For each of them, the first source character it stands for.
        ends: One past the last source character it stands for.

    Every step makes a new `AlignedText`; none changes one in place.

    Example:
        >>> text = NFKC()(AlignedText("ﬁn"))  # the first two letters were one
        >>> text.text, text.starts, text.ends
        ('fin', [0, 0, 1], [1, 1, 2])
    """

    __slots__ = ("text", "starts", "ends")

    def __init__(self, text: str, starts: Any = None, ends: Any = None):
        self.text = text
        # Ranges cost nothing to slice: most text is never rewritten.
        self.starts = range(len(text)) if starts is None else starts
        self.ends = range(1, len(text) + 1) if ends is None else ends

    def __len__(self):
        return len(self.text)

    def __repr__(self):
        return f"AlignedText({self.text!r}, {[*self.starts]}, {[*self.ends]})"

    def slice(self, start, end):
        """The characters from `start` up to `end`, with their places."""
        return AlignedText(
            self.text[start:end], self.starts[start:end], self.ends[start:end]
        )

    def rewrite(self, text, sources):
        """The text rewritten: character i of `text` stands for ours at `sources[i]`."""
        starts, ends = self.starts, self.ends
        return AlignedText(
            text, [starts[i] for i in sources], [ends[i] for i in sources]
        )

    def replace(self, replacements):
        """Every character replaced by the string that {character: string} has for it.

        An empty string drops the character; all of a longer one stands for it.
        """
        text = self.text
        if replacements.keys().isdisjoint(text):
            return self
        parts = [replacements.get(character, character) for character in text]
        if all(len(part) == 1 for part in parts):
            return AlignedText("".join(parts), self.starts, self.ends)
        sources = [i for i, part in enumerate(parts) for _ in part]
        return self.rewrite("".join(parts), sources)
