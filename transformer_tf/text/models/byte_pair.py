"""Byte-pair encoding: the merges that training found, made again."""

from heapq import heapify, heappop, heappush
from typing import Any

from transformer_tf.text.json_values import Field, JsonError, JsonValue
from transformer_tf.text.models.model import Model, vocabulary_from_json
from transformer_tf.text.pre_tokenizers.byte_level import byte_characters

# Longer pieces than this go through the heap, where a plain loop would be quadratic.
SHORT = 24


class BytePair(Model, type="BPE"):
    """Starts from single characters and merges neighbours, earliest merge first.

    At every step the pair that was merged earliest in training becomes one token (the
    leftmost of several), until no two neighbours have a merge.

    Args:
        vocabulary: {token: id}.
        merges: List of (left, right) tokens in the order training found them.
        unknown_token: What stands for a character without a token. None drops it.
        fuse_unknown: Whether neighbouring unknown characters are one unknown token.
        byte_fallback: Whether a character without a token becomes its UTF-8 bytes,
            <0x00> to <0xFF>, where the vocabulary has those.
        prefix: What a piece starts with that does not start its word ("" for none).
        suffix: What a piece ends with that ends its word ("" for none).
        whole_first: Whether a piece that is a token is left whole, merges or not.

    Raises:
        ValueError: A merge names a piece that the vocabulary does not have.

    Example:
        >>> vocabulary = {"l": 0, "o": 1, "w": 2, "lo": 3, "low": 4}
        >>> model = BytePair(vocabulary, merges=[("l", "o"), ("lo", "w")])
        >>> [token for _, token, _, _ in model.tokenize("lowlo")]
        ['low', 'lo']

    Source: https://arxiv.org/abs/1508.07909.
    """

    fields = {
        "dropout": Field(JsonValue.number, None, null=True),
        "unk_token": Field(JsonValue.string, None, null=True),
        "continuing_subword_prefix": Field(JsonValue.string, None, null=True),
        "end_of_word_suffix": Field(JsonValue.string, None, null=True),
        "fuse_unk": Field(JsonValue.boolean, False),
        "byte_fallback": Field(JsonValue.boolean, False),
        "ignore_merges": Field(JsonValue.boolean, False),
        "vocab": Field(vocabulary_from_json),
        "merges": Field(lambda value: merges_from_json(value)),
    }

    def __init__(
        self,
        vocabulary: Any,
        merges: Any,
        unknown_token: str | None = None,
        fuse_unknown: bool = False,
        byte_fallback: bool = False,
        prefix: str = "",
        suffix: str = "",
        whole_first: bool = False,
    ):
        super().__init__(vocabulary, unknown_token)
        self.merges = [tuple(merge) for merge in merges]
        self.fuse_unknown = fuse_unknown
        self.byte_fallback = byte_fallback
        self.prefix = prefix
        self.suffix = suffix
        self.whole_first = whole_first
        self._ranks = {}
        for rank, merge in enumerate(self.merges):
            if len(merge) != 2:
                raise ValueError(f"merge {rank} must name two pieces; got {merge}")
            left, right = merge
            if not right.startswith(prefix):
                raise ValueError(
                    f"merge {rank} ({left!r} {right!r}) needs a right piece that "
                    f"begins with the prefix {prefix!r}"
                )
            whole = left + right.removeprefix(prefix)
            for piece in (left, right, whole):
                if piece not in vocabulary:
                    raise ValueError(
                        f"merge {rank} ({left!r} {right!r}) needs {piece!r}, which "
                        "the vocabulary does not have"
                    )
            pair = vocabulary[left], vocabulary[right]
            self._ranks[pair] = (rank, vocabulary[whole])
        self._simple = not (prefix or suffix or byte_fallback or whole_first)

    def hide(self, tokens):
        hidden = super().hide(tokens)
        numbers = {self.vocabulary[token] for token in hidden.hidden}
        if not numbers.isdisjoint(whole for _, whole in self._ranks.values()):
            hidden._ranks = {
                pair: found
                for pair, found in self._ranks.items()
                if found[1] not in numbers
            }
        hidden._simple = self._simple and not any(len(t) == 1 for t in hidden.hidden)
        return hidden

    @property
    def library_offsets(self) -> bool:  # type: ignore[override]
        # Where characters become bytes, or are dropped, the library loses count.
        if self.byte_fallback:
            return False
        return self.unknown_token is not None or all(
            byte in self.vocabulary for byte in byte_characters()
        )

    def tokenize(self, text):
        whole = self.find(text) if self.whole_first else None
        if whole is not None:
            return [(whole, text, 0, len(text))]
        ids, ends = self.symbols(text)
        # Characters that were dropped belong to no token.
        dropped = self._drop(text) if len(ids) < len(text) else ()
        merge = merge_short if len(ids) <= SHORT else merge_long
        ids, ends = merge(ids, ends, self._ranks)
        pieces, start, tokens = [], 0, self._tokens
        for number, end in zip(ids, ends):
            while start in dropped:
                start += 1
            pieces.append((number, tokens[number], min(start, end - 1), end))
            start = end
        return pieces

    def can_find(self, token):
        whole = self.vocabulary[token]
        is_symbol = len(token.removeprefix(self.prefix).removesuffix(self.suffix)) == 1
        is_made = any(whole == made for _, made in self._ranks.values())
        return is_made or is_symbol or self.whole_first

    def find_lost(self, text):
        places = sorted(self._drop(text))
        starts = [place for place in places if place - 1 not in places]
        ends = [place + 1 for place in places if place + 1 not in places]
        return list(zip(starts, ends))

    def _drop(self, text):
        """The places of characters that have no token, and nothing in its place."""
        if self.unknown_token is not None:
            return ()
        return {
            i
            for i, piece in enumerate(self._spelt(text))
            if self.find(piece) is None and not self._fallback(piece)[0]
        }

    def _spelt(self, text):
        """The characters of a text as the vocabulary writes them in their places."""
        last = len(text) - 1
        return [
            (self.prefix if i else "") + character + (self.suffix if i == last else "")
            for i, character in enumerate(text)
        ]

    def symbols(self, text):
        """The ids that merging starts from, and where in `text` each one ends."""
        vocabulary = self.vocabulary
        if self._simple:
            try:
                return [vocabulary[c] for c in text], list(range(1, len(text) + 1))
            except KeyError:
                pass
        ids: list = []
        ends: list = []
        unknown_before = False
        for i, piece in enumerate(self._spelt(text)):
            number = self.find(piece)
            if number is not None:
                found, unknown = [number], False
            else:
                found, unknown = self._fallback(piece)
                if unknown and unknown_before and self.fuse_unknown:
                    ends[-1] = i + 1
                    continue
            ids += found
            ends += [i + 1] * len(found)
            unknown_before = unknown
        return ids, ends

    def _fallback(self, piece):
        """Ids for a character without a token, and whether it stayed unknown."""
        if self.byte_fallback:
            names = [f"<0x{byte:02X}>" for byte in piece.encode()]
            if all(name in self.vocabulary for name in names):
                return [self.vocabulary[name] for name in names], False
        if self.unknown_token is None:
            return [], False
        return [self.unknown_id], True

    def to_json(self):
        return {
            "type": self.type,
            "dropout": None,
            "unk_token": self.unknown_token,
            "continuing_subword_prefix": self.prefix or None,
            "end_of_word_suffix": self.suffix or None,
            "fuse_unk": self.fuse_unknown,
            "byte_fallback": self.byte_fallback,
            "ignore_merges": self.whole_first,
            "vocab": self.vocabulary,
            "merges": [list(merge) for merge in self.merges],
        }

    @classmethod
    def from_json(cls, entry):
        values = entry.read(cls.fields, ["type"])
        if values["dropout"]:
            raise JsonError(f"{entry.place}: dropout is not supported")
        return cls(
            values["vocab"],
            values["merges"],
            values["unk_token"],
            values["fuse_unk"],
            values["byte_fallback"],
            values["continuing_subword_prefix"] or "",
            values["end_of_word_suffix"] or "",
            values["ignore_merges"],
        )


def merges_from_json(value):
    """List of (left, right) of a `JsonValue`: pairs, or strings with one space."""
    merges = []
    for item in value.items():
        if isinstance(item.value, str):
            merge = tuple(item.value.split(" "))
            if len(merge) != 2:
                raise item.error("two pieces with a space between")
        else:
            merge = tuple(piece.string() for piece in item.items(2))
        merges.append(merge)
    return merges


def merge_short(ids, ends, ranks):
    """The plain loop: look at every pair, merge the best, look again.

    Args:
        ids: The ids of the symbols, in order.
        ends: Where each symbol ends.
        ranks: {(left id, right id): (rank, id of both)}.

    Returns:
        ids, ends: The same when nothing can be merged any more.
    """
    ids, ends = list(ids), list(ends)
    while len(ids) > 1:
        best, place, whole = None, 0, 0
        for i in range(len(ids) - 1):
            found = ranks.get((ids[i], ids[i + 1]))
            if found is not None and (best is None or found[0] < best):
                best, whole = found
                place = i
        if best is None:
            break
        ids[place] = whole
        ends[place] = ends[place + 1]
        del ids[place + 1], ends[place + 1]
    return ids, ends


def merge_long(ids, ends, ranks):
    """The same result in n log n: a heap of pairs, symbols in a linked list.

    A heap entry is one number, rank and place together: the earliest merge comes first,
    and of several the leftmost.
    """
    ids, ends = list(ids), list(ends)
    count = len(ids)
    after = list(range(1, count + 1))
    before = list(range(-1, count - 1))
    heap = []
    for i, pair in enumerate(zip(ids, ids[1:])):
        if pair in ranks:
            heap.append(ranks[pair][0] * count + i)
    heapify(heap)
    while heap:
        rank, i = divmod(heappop(heap), count)
        j = after[i]
        found = ranks.get((ids[i], ids[j])) if j < count else None
        # An entry is stale when either symbol of its pair has been merged since.
        if found is None or found[0] != rank:
            continue
        whole = found[1]
        ids[i], ends[i], ids[j] = whole, ends[j], None
        j = after[i] = after[j]
        if j < count:
            before[j] = i
            found = ranks.get((whole, ids[j]))
            if found is not None:
                heappush(heap, found[0] * count + i)
        j = before[i]
        if j >= 0:
            found = ranks.get((ids[j], whole))
            if found is not None:
                heappush(heap, found[0] * count + j)
    kept = [i for i in range(count) if ids[i] is not None]
    return [ids[i] for i in kept], [ends[i] for i in kept]
