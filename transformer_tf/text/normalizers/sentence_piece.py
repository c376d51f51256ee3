"""SentencePiece's own normalization: the longest entry of a map, spaces as marks."""

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.normalizers.normalizer import Normalizer
from transformer_tf.text.normalizers.precompiled import read_map

MARK = "▁"


class SentencePieceNormalizer(Normalizer):
    """Makes of a text what SentencePiece cuts into pieces.

    From left to right, a user-defined piece stays as it is; else the longest entry of
    the map that begins there is replaced; else the character is kept. So an accent that
    stands apart joins its letter (which the `tokenizers` library's reading of the same
    map, `Precompiled`, does only for some). Spaces become marks, and a text gets one in
    front (or behind). tokenizer.json has no form for it.

    Args:
        packed: The precompiled map, bytes; b"" changes no character.
        add_dummy_prefix: Whether a text gets a mark.
        remove_extra_whitespaces: Whether spaces at the ends go, and repeated ones.
        escape_whitespaces: Whether spaces become marks.
        mark_behind: Whether the mark that a text gets stands at its end.
        user_defined: Pieces that are kept as they are.

    Raises:
        ValueError: `packed` is no such map.

    Source: https://arxiv.org/abs/1808.06226, section 3.2, and the library's
    `normalizer.cc` for what happens to spaces.
    """

    library_offsets = False

    def __init__(
        self,
        packed=b"",
        add_dummy_prefix=True,
        remove_extra_whitespaces=True,
        escape_whitespaces=True,
        mark_behind=False,
        user_defined=(),
    ):
        self.packed = packed
        self.add_dummy_prefix = add_dummy_prefix
        self.remove_extra_whitespaces = remove_extra_whitespaces
        self.escape_whitespaces = escape_whitespaces
        self.mark_behind = mark_behind
        self.user_defined = frozenset(user_defined)
        try:
            entries = dict(read_map(packed)) if packed else {}
        except (ValueError, IndexError) as error:
            raise ValueError(f"this is no precompiled map: {error}") from None
        entries.update({piece: piece for piece in self.user_defined})
        self._entries = entries
        lengths: dict = {}
        for entry in entries:
            lengths.setdefault(entry[0], set()).add(len(entry))
        self._lengths = {
            first: sorted(found, reverse=True) for first, found in lengths.items()
        }

    def __call__(self, text):
        written, sources = self._rewrite(text.text)

        def edge(place):
            return text.starts[place] if place < len(text) else text.ends[-1]

        if not written:
            return AlignedText("", [], [])
        edges = [edge(place) for place in sources]
        return AlignedText("".join(written), edges[:-1], edges[1:])

    def _rewrite(self, text):
        """The characters, and the place in `text` where each begins; one place more."""
        mark = MARK if self.escape_whitespaces else " "
        parts = self._parts(text)
        done = 0
        if self.remove_extra_whitespaces:
            while done < len(parts) and parts[done][1] == " ":
                done += 1
        if done == len(parts):
            return [], []
        written: list = []
        sources: list = []
        if self.add_dummy_prefix and not self.mark_behind:
            written.append(mark)
            sources.append(parts[done][0])
        after_space = self.remove_extra_whitespaces
        for place, part in parts[done:]:
            if after_space:
                part = part.lstrip(" ")
            if part:
                after_space = self.remove_extra_whitespaces and part[-1] == " "
                written += part.replace(" ", mark)
                sources += [place] * len(part)
        end = len(text)
        if self.remove_extra_whitespaces:
            while written and written[-1] == mark:
                written.pop()
                end = sources.pop()
        if self.add_dummy_prefix and self.mark_behind:
            written.append(mark)
            sources.append(end)
        return written, [*sources, end]

    def _parts(self, text):
        """List of (place, what stands there afterwards), from left to right."""
        parts, place = [], 0
        lengths, entries = self._lengths, self._entries
        while place < len(text):
            part, size = text[place], 1
            for length in lengths.get(part, ()):
                found = text[place : place + length]
                if found in entries:
                    part, size = self._choose(text, place, found)
                    break
            parts.append((place, part))
            place += size
        return parts

    def _choose(self, text, place, found):
        """A user-defined piece goes before any entry of the map, however long."""
        for length in self._lengths[found[0]]:
            piece = text[place : place + length]
            if piece in self.user_defined:
                return piece, len(piece)
        return self._entries[found], len(found)

    def __repr__(self):
        return f"SentencePieceNormalizer(<{len(self._entries)} entries>)"

    def __eq__(self, other):
        return type(self) is type(other) and all(
            getattr(self, name) == getattr(other, name)
            for name in vars(self)
            if not name.startswith("_")
        )

    __hash__ = object.__hash__
