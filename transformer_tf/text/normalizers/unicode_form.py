"""Unicode's four normal forms: one spelling for what looks the same."""

from functools import cache

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.normalizers.normalizer import Normalizer
from transformer_tf.text.tables import unicode_forms
from transformer_tf.text.tables.ranges import parse_map, parse_set

_SYLLABLES, _LEADS, _VOWELS, _TAILS = 0xAC00, 0x1100, 0x1161, 0x11A7


class _UnicodeForm(Normalizer):
    library_offsets = False
    compatible = False
    composes = False

    def __call__(self, text):
        if text.text.isascii():
            return text
        parts = _decompose(text.text, _decompositions(self.compatible))
        return _compose(text, *parts) if self.composes else _rebuild(text, *parts)


class NFD(_UnicodeForm, type="NFD"):
    """Letters and their accents apart: é is e and a combining acute accent.

    Example:
        >>> len("café"), len(NFD()(AlignedText("café")).text)
        (4, 5)

    Source: Unicode Standard Annex 15.
    """


class NFC(_UnicodeForm, type="NFC"):
    """Letters and their accents together where one character holds both.

    Example:
        >>> text = NFD()(AlignedText("café"))
        >>> len(text.text), len(NFC()(text).text)
        (5, 4)

    Source: Unicode Standard Annex 15.
    """

    composes = True


class NFKD(_UnicodeForm, type="NFKD"):
    """As NFD, and look-alikes become plain: the ligature ﬁ is f and i.

    Example:
        >>> NFKD()(AlignedText("ﬁne Ａ²")).text
        'fine A2'

    Source: Unicode Standard Annex 15.
    """

    compatible = True


class NFKC(_UnicodeForm, type="NFKC"):
    """As NFC, and look-alikes become plain: a full-width Ａ is A.

    Example:
        >>> NFKC()(AlignedText("ﬁne Ａ²")).text
        'fine A2'

    Source: Unicode Standard Annex 15.
    """

    compatible = True
    composes = True


@cache
def _decompositions(compatible):
    """{character: its parts}, for the canonical form or the compatible one."""
    table = parse_map(unicode_forms.CANONICAL)
    if compatible:
        table.update(parse_map(unicode_forms.COMPATIBLE))
    return table


@cache
def combining_order():
    """{mark: rank}: marks of different ranks are sorted, of the same rank never."""
    groups = unicode_forms.COMBINING_ORDER.split("|")
    return {
        mark: rank for rank, group in enumerate(groups, 1) for mark in parse_set(group)
    }


@cache
def _compositions():
    """{two characters: the one that holds both}."""
    table = {}
    for entry in unicode_forms.COMPOSED.split():
        pair, _, whole = entry.partition("=")
        first, _, second = pair.partition(".")
        table[chr(int(first, 16)) + chr(int(second, 16))] = chr(int(whole, 16))
    return table


def _decompose(text, table):
    """The parts of every character, marks in order: characters and their sources."""
    order = combining_order()
    characters, sources = [], []
    for source, character in enumerate(text):
        for part in table.get(character) or _jamo(character):
            characters.append(part)
            sources.append(source)
    position, count = 0, len(characters)
    while position < count:
        end = position
        while end < count and characters[end] in order:
            end += 1
        if end - position > 1:
            run = sorted(
                zip(characters[position:end], sources[position:end]),
                key=lambda item: order[item[0]],
            )
            characters[position:end] = [character for character, _ in run]
            sources[position:end] = [source for _, source in run]
        position = end + 1
    return characters, sources


def _jamo(character):
    """A Korean syllable as its letters; any other character as itself."""
    index = ord(character) - _SYLLABLES
    if not 0 <= index < 11172:
        return character
    lead, rest = divmod(index, 588)
    vowel, tail = divmod(rest, 28)
    letters = chr(_LEADS + lead) + chr(_VOWELS + vowel)
    return letters + chr(_TAILS + tail) if tail else letters


def _rebuild(text, characters, sources):
    """The decomposed text; sorted marks share the span of all that were sorted."""
    starts = [text.starts[source] for source in sources]
    ends = [text.ends[source] for source in sources]
    for i in range(1, len(sources)):
        ends[i] = max(ends[i], ends[i - 1])
    for i in range(len(sources) - 1, 0, -1):
        starts[i - 1] = min(starts[i - 1], starts[i])
    return AlignedText("".join(characters), starts, ends)


def _compose(text, characters, sources):
    """Characters put together again; each stands for all that went into it."""
    order, pairs = combining_order(), _compositions()
    done: list = []
    spans: list = []
    starter: int | None = None
    last_rank = 0
    for character, source in zip(characters, sources):
        rank = order.get(character, 0)
        whole = None
        adjacent = starter is not None and starter == len(done) - 1
        if starter is not None and (last_rank < rank or (adjacent and not rank)):
            whole = _join(done[starter] + character, pairs)
        if whole is not None and starter is not None:
            done[starter] = whole
            spans[starter].append(source)
            continue
        if rank == 0:
            starter, last_rank = len(done), 0
        else:
            last_rank = rank
        done.append(character)
        spans.append([source])
    starts = [text.starts[min(span)] for span in spans]
    ends = [text.ends[max(span)] for span in spans]
    return AlignedText("".join(done), starts, ends)


def _join(pair, pairs):
    """The one character that holds both of a pair, Korean by rule; or None."""
    first, second = ord(pair[0]), ord(pair[1])
    if _LEADS <= first < _LEADS + 19 and _VOWELS <= second < _VOWELS + 21:
        return chr(_SYLLABLES + ((first - _LEADS) * 21 + second - _VOWELS) * 28)
    index = first - _SYLLABLES
    if 0 <= index < 11172 and index % 28 == 0 and _TAILS < second < _TAILS + 28:
        return chr(first + second - _TAILS)
    return pairs.get(pair)
