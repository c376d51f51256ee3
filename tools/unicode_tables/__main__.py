"""Writes the Unicode tables, from what the `tokenizers` library is seen to do.

Python, `regex`, RE2 and `tokenizers` each carry a Unicode of their own age, and they
disagree on thousands of code points; ids would too. So nothing here asks Python: every
code point is put through the library, and what comes out is written down.

    python -m tools.unicode_tables            writes the tables
    python -m tools.unicode_tables --check    compares them, writes none
"""

import sys
import textwrap
from functools import cmp_to_key
from pathlib import Path

from tokenizers import normalizers, pre_tokenizers

from tools.unicode_tables.clusters import clusters
from tools.unicode_tables.kernels import bert_kernel
from transformer_tf.text import tables
from transformer_tf.text.tables.ranges import write_map, write_ranges

FOLDER = Path(tables.__file__).parent

CHARACTERS = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
HANGUL = range(0xAC00, 0xAC00 + 11172)


def choose(condition):
    """The notation of the characters for which `condition` holds."""
    return write_ranges({ord(c) for c in CHARACTERS if condition(c)})


def find_changed(change, skip=()):
    """{character: what it becomes}, where it becomes something else."""
    results = ((c, change(c)) for c in CHARACTERS if ord(c) not in skip)
    return {c: result for c, result in results if result != c}


def byte_level():
    """What GPT-2's pattern calls a letter, a number, white space."""
    cut = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str

    def stays_with(neighbour):
        return lambda c: len(cut(neighbour + c)) == 1

    letters, numbers, others = map(stays_with, "a1!")
    return {
        "LETTERS": choose(letters),
        "NUMBERS": choose(numbers),
        "SPACES": choose(lambda c: not (letters(c) or numbers(c) or others(c))),
    }


def bert():
    """What BERT's cleaning removes, spaces out, strips and cuts at."""

    def normalizer(**settings):
        names = ("clean_text", "handle_chinese_chars", "strip_accents", "lowercase")
        off = dict.fromkeys(names, False)
        return normalizers.BertNormalizer(**{**off, **settings})

    clean = normalizer(clean_text=True).normalize_str
    chinese = normalizer(handle_chinese_chars=True).normalize_str
    strip = normalizer(strip_accents=True).normalize_str
    cut = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    decompose = normalizers.NFD().normalize_str
    return {
        "REMOVED": choose(lambda c: clean(f"a{c}b") == "ab"),
        "SPACES": choose(lambda c: clean(f"a{c}b") == "a b"),
        "CHINESE": choose(lambda c: chinese(c) == f" {c} "),
        "MARKS": choose(lambda c: decompose(c) == c and strip(c) == ""),
        "PUNCTUATION": choose(lambda c: len(cut(f"a{c}b")) == 3),
        "CUT_SPACES": choose(lambda c: len(cut(f"a{c}b")) == 2),
    }


def classes():
    """What the plain pre-tokenizers and normalizers tell apart."""
    words = pre_tokenizers.Whitespace().pre_tokenize_str
    digits = pre_tokenizers.Digits().pre_tokenize_str
    strip = normalizers.StripAccents().normalize_str
    return {
        "WORDS": choose(lambda c: words(f"a{c}")[0][0] == f"a{c}"),
        "SPACES": choose(lambda c: words(c) == []),
        "DIGITS": choose(lambda c: len(digits(f"a{c}")) == 2),
        "COMBINING": choose(lambda c: strip(c) == ""),
    }


def lower_case():
    """What lower-casing makes of each character, alone."""
    lower = normalizers.Lowercase().normalize_str
    return {"LOWER": write_map(find_changed(lower))}


def unicode_forms():
    """Decompositions, the order of combining marks, and compositions."""
    nfd, nfc = normalizers.NFD().normalize_str, normalizers.NFC().normalize_str
    nfkd = normalizers.NFKD().normalize_str
    canonical = find_changed(nfd, HANGUL)
    compatible = find_changed(nfkd, HANGUL)
    compatible = {c: d for c, d in compatible.items() if canonical.get(c) != d}
    composed = {}
    for whole, parts in canonical.items():
        if len(parts) > 1 and nfc(parts) == whole:
            composed[nfc(parts[:-1]) + parts[-1]] = whole
    return {
        "CANONICAL": write_map(canonical),
        "COMPATIBLE": write_map(compatible),
        "COMPOSED": " ".join(
            f"{ord(pair[0]):x}.{ord(pair[1]):x}={ord(whole):x}"
            for pair, whole in sorted(composed.items())
        ),
        "COMBINING_ORDER": " | ".join(map(write_ranges, combining_order(nfd))),
    }


def combining_order(nfd):
    """Combining marks grouped by class, in the order in which they are sorted."""

    # U+0334 has the lowest class that is not 0, U+0345 the highest.
    def moves(c):
        return nfd(f"\u0345{c}") != f"\u0345{c}" or nfd(f"{c}\u0334") != f"{c}\u0334"

    marks = [c for c in CHARACTERS if nfd(c) == c and moves(c)]

    def compare(one, other):
        if nfd(one + other) != one + other:
            return 1
        return -1 if nfd(other + one) != other + one else 0

    groups: list = []
    for mark in sorted(marks, key=cmp_to_key(compare)):
        if groups and compare(groups[-1][-1], mark) == 0:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return [[ord(mark) for mark in group] for group in groups]


TABLES = {
    "clusters": clusters,
    "byte_level": byte_level,
    "bert": bert,
    "classes": classes,
    "lower_case": lower_case,
    "unicode_forms": unicode_forms,
    "bert_kernel": bert_kernel,
}


def module(make):
    """The Python module that holds a table."""
    lines = [f'"""{make.__doc__}\n\nWritten by tools/unicode_tables.\n"""\n']
    for name, value in make().items():
        first, *rows = textwrap.wrap(value, 80, break_on_hyphens=False)
        if rows or len(first) > 70:
            rows = [f'    "{row} "' for row in (first, *rows)]
            lines += [f"{name} = (", *rows, ")"]
        else:
            lines += [f'{name} = "{first}"']
    return "\n".join(lines) + "\n"


def main(arguments=()):
    """Writes the tables, or compares them; returns the names that differ."""
    stale = []
    for name, make in TABLES.items():
        path = FOLDER / f"{name}.py"
        text = module(make)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8")
    return stale


if __name__ == "__main__":
    stale_tables = main(sys.argv[1:])
    if stale_tables:
        print("stale:" if "--check" in sys.argv else "written:", *stale_tables)
        sys.exit("--check" in sys.argv)
