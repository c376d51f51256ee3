"""Byte-pair encoding: the merges that training found, made again."""

from heapq import heapify, heappop, heappush

from transformer_tf.text.models.model import Model

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

    Source: https://arxiv.org/abs/1508.07909.
    """

    def __init__(
        self,
        vocabulary,
        merges,
        unknown_token=None,
        fuse_unknown=False,
        byte_fallback=False,
        prefix="",
        suffix="",
        whole_first=False,
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

    @property
    def library_offsets(self):
        # Where characters are split into bytes, the library loses count of them.
        return not self.byte_fallback

    def tokenize(self, text):
        if self.whole_first and text in self.vocabulary:
            return [(self.vocabulary[text], text, 0, len(text))]
        ids, ends = self.symbols(text)
        merge = merge_short if len(ids) <= SHORT else merge_long
        ids, ends = merge(ids, ends, self._ranks)
        pieces, start, tokens = [], 0, self._tokens
        for number, end in zip(ids, ends):
            pieces.append((number, tokens[number], min(start, end - 1), end))
            start = end
        return pieces

    def symbols(self, text):
        """The ids that merging starts from, and where in `text` each one ends."""
        vocabulary = self.vocabulary
        if self._simple:
            try:
                return [vocabulary[c] for c in text], list(range(1, len(text) + 1))
            except KeyError:
                pass
        ids, ends, unknown_before = [], [], False
        last = len(text) - 1
        for i, character in enumerate(text):
            piece = (self.prefix if i else "") + character
            piece += self.suffix if i == last else ""
            if piece in vocabulary:
                found, unknown = [vocabulary[piece]], False
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
    def from_json(cls, values):
        values = dict(values)
        if values.pop("dropout", None):
            raise ValueError("model BPE with dropout is not supported")
        merges = [
            merge.split(" ") if isinstance(merge, str) else merge
            for merge in values.pop("merges")
        ]
        arguments = {
            "unknown_token": values.pop("unk_token", None),
            "prefix": values.pop("continuing_subword_prefix", None) or "",
            "suffix": values.pop("end_of_word_suffix", None) or "",
            "fuse_unknown": values.pop("fuse_unk", False),
            "byte_fallback": values.pop("byte_fallback", False),
            "whole_first": values.pop("ignore_merges", False),
        }
        vocabulary = values.pop("vocab")
        if values:
            raise ValueError(f"model BPE has fields not supported: {sorted(values)}")
        return cls(vocabulary, merges, **arguments)


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
