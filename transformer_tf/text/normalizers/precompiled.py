"""SentencePiece's normalization: a map from characters to characters, in one file."""

import base64
import binascii
from collections import defaultdict
from functools import lru_cache
from typing import Any

import numpy as np

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.clusters import clusters
from transformer_tf.text.json_values import STRING
from transformer_tf.text.normalizers.normalizer import Normalizer


class Precompiled(Normalizer, type="Precompiled"):
    """Replaces characters as a map says that was compiled when a model was trained.

    T5's map turns look-alikes into one form: wide letters into plain ones, ligatures
    into their letters, exotic spaces into spaces; control characters vanish. An
    accent is looked up together with its letter: a grapheme cluster of less than six
    bytes that begins with an entry is replaced whole, even by less than it holds.
    Longer clusters are replaced character by character. (So do `tokenizers`;
    SentencePiece itself takes the longest entry instead, and so differs.)

    Args:
        precompiled_charsmap: The map as tokenizer.json holds it, base64.

    Raises:
        ValueError: It is no such map.

    Example:
        >>> import base64
        >>> packed = sentence_piece_normalizer("nmt_nfkc").packed
        >>> normalizer = Precompiled(base64.b64encode(packed).decode())
        >>> normalizer(AlignedText("ﬁne Ａ")).text
        'fine A'

    Source: the `Darts-clone` double-array trie, https://github.com/s-yata/darts-clone.
    """

    fields = {"precompiled_charsmap": STRING}
    library_offsets = False

    def __init__(self, precompiled_charsmap: Any):
        self.precompiled_charsmap = precompiled_charsmap
        try:
            packed = base64.b64decode(precompiled_charsmap, validate=True)
            self.replacements = shortest(read_map(packed))
        except (binascii.Error, TypeError, ValueError, IndexError) as error:
            raise ValueError(
                f"this is not a precompiled character map ({error}); it should be the "
                "base64 text of a trie and its replacements"
            ) from None
        # A text with none of these stays as it is: what is looked up ends in one.
        self._last = frozenset(entry[-1] for entry in self.replacements)

    def __call__(self, text):
        if self._last.isdisjoint(text.text):
            return text
        characters, starts, ends = [], [], []
        for first, last in self._parts(text.text):
            part = text.text[first:last]
            replacement = self._replacement(part)
            if replacement is None:
                replacement = part
            characters.append(replacement)
            starts += [text.starts[first]] * len(replacement)
            ends += [text.ends[last - 1]] * len(replacement)
        return AlignedText("".join(characters), starts, ends)

    def _parts(self, text):
        """The spans that are looked up: whole clusters, or their characters."""
        for first, last in clusters(text):
            cluster = text[first:last]
            is_short = len(cluster) > 1 and len(cluster.encode()) < 6
            if is_short and self._replacement(cluster) is not None:
                yield first, last
            else:
                yield from ((place, place + 1) for place in range(first, last))

    def _replacement(self, part):
        """What stands for the shortest entry that `part` begins with, or None."""
        for end in range(1, len(part) + 1):
            if part[:end] in self.replacements:
                return self.replacements[part[:end]]
        return None


_LONGEST = 256  # bytes of an entry; a damaged map may go round in circles


@lru_cache(maxsize=8)
def read_map(packed):
    """{entry: replacement} of a packed map.

    The file is a number, so many bytes of a trie, and the replacements, each ended by
    a zero byte. The trie is an array of units of 32 bits. A unit holds the byte that
    leads to it (bits 0-7), whether an entry ends there (bit 8), and an offset (the
    rest): the child for a byte is at its own place xor offset xor byte. Where an entry
    ends, the child for byte 0 holds the place of its replacement.
    """
    size = int.from_bytes(packed[:4], "little")
    if size % 4 or not 1024 <= size <= len(packed) - 4:
        raise ValueError(f"{len(packed)} bytes cannot hold a trie of {size}")
    units, texts = np.frombuffer(packed[4 : 4 + size], "<u4"), packed[4 + size :]
    below_of, units = _siblings(units), units.tolist()
    replacements = {}
    waiting = [(b"", _children(0, units[0]))]
    while waiting:
        entry, children = waiting.pop()
        if children | 255 >= len(units):
            raise ValueError(f"a unit at {children} in a trie of {len(units)}")
        for byte, place in below_of[children]:
            unit = units[place]
            below = _children(place, unit)
            longer = entry + bytes([byte])
            if len(longer) > _LONGEST:
                raise ValueError(f"an entry of more than {_LONGEST} bytes")
            if unit >> 8 & 1:
                begin = units[below] & 0x7FFFFFFF
                replacement = texts[begin : texts.index(b"\0", begin)]
                replacements[longer.decode()] = replacement.decode()
            waiting.append((longer, below))
    return replacements


def _siblings(units):
    """{where children are, but for their byte: their (byte, place)}"""
    bytes_to = units & 0x800000FF  # a unit that holds a value has the highest bit
    places = np.flatnonzero((bytes_to > 0) & (bytes_to < 256))
    found = defaultdict(list)
    for byte, place in zip(bytes_to[places].tolist(), places.tolist()):
        found[place ^ byte].append((byte, place))
    return found


def shortest(replacements):
    """The entries that begin with no other."""
    return {
        entry: replacement
        for entry, replacement in replacements.items()
        if not any(entry[:end] in replacements for end in range(1, len(entry)))
    }


def _children(place, unit):
    """Where the children of the unit at `place` are, but for their byte."""
    return place ^ (unit >> 10 << (unit >> 6 & 8))
