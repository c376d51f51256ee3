"""Where `tokenizers` sees grapheme clusters, found out by asking it: for generate.py.

No function of the library shows its clusters. But a precompiled map replaces a cluster
of less than six bytes as a whole, so a map made for the purpose tells whether a
cluster begins before a character.
"""

from tokenizers import normalizers

from transformer_tf.text.tables.ranges import write_ranges

CODES = [code for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
SYLLABLES = set(range(0xAC00, 0xAC00 + 11172))
SEEN = "\ue000"
ACCENT = "\u0301"
SIGN, JOINER, NON_JOINER = "©", "\u200d", "\u200c"
KA, VIRAMA = "\u0915", "\u094d"


def clusters():
    """Which characters join others to one grapheme cluster."""
    begins_sign, begins_ka = begins(SIGN), begins(KA)
    follows = normalizers.Precompiled(precompiled_map({"a": SEEN})).normalize_str
    joining = {code for code in CODES if follows("a" + chr(code)) == SEEN}
    extend = {c for c in joining if not begins_sign(SIGN + chr(c) + JOINER)}
    linker = {c for c in joining if not begins_ka(KA + chr(c))}
    prepend = before(begins("e"))
    leading = before(begins("\u1161")) - prepend  # what a Hangul vowel may follow
    trailing = before(begins("\u11a8")) - prepend  # what a final consonant may follow
    special = {ord(JOINER), ord(NON_JOINER)}
    if not linker <= extend or leading & trailing & SYLLABLES == set():
        raise ValueError("clusters follow other rules than those written down here")
    return {
        "CONTROL": write_ranges(set(CODES) - before(begins(ACCENT))),
        "EXTEND": write_ranges(extend - linker - special),
        "SPACING": write_ranges(joining - extend - special),
        "LINKER": write_ranges(linker),
        "PREPEND": write_ranges(prepend),
        "PICTOGRAPH": write_ranges(before(begins_sign, JOINER) - prepend),
        "CONSONANT": write_ranges(before(begins_ka, VIRAMA) - prepend),
        "LEADING": write_ranges(leading - trailing - SYLLABLES),
        "VOWEL": write_ranges((leading & trailing) - SYLLABLES),
        "TRAILING": write_ranges(trailing - leading - SYLLABLES),
    }


def begins(character):
    """text -> whether a cluster begins before `character` when it follows `text`."""
    entry = character + ACCENT
    normalize = normalizers.Precompiled(precompiled_map({entry: SEEN})).normalize_str
    return lambda text: SEEN in normalize(text + entry)


def before(begins_next, between=""):
    """The characters that the next one joins."""
    return {code for code in CODES if not begins_next(chr(code) + between)}


def precompiled_map(entries):
    """{text: replacement} as the bytes of a map: a double-array trie, then texts."""
    root: dict = {}
    replacements = b""
    for text, replacement in entries.items():
        node = root
        for byte in text.encode():
            node = node.setdefault(byte, {})
        node[0] = len(replacements)
        replacements += replacement.encode() + b"\0"
    units, block, waiting = {}, 0, [(root, 0, 0)]
    while waiting:  # every node has a block of 256 units to itself
        node, place, label = waiting.pop()
        block += 256
        units[place] = label | (0 in node) << 8 | (place ^ block) << 10
        for byte, child in node.items():
            if byte == 0:
                units[block] = 1 << 31 | child
            else:
                waiting.append((child, block ^ byte, byte))
    array = b"".join(
        units.get(place, 0).to_bytes(4, "little") for place in range(block + 256)
    )
    return len(array).to_bytes(4, "little") + array + replacements
