"""Texts that somebody may put where a submission holds text, drawn at random."""

_PIECES = (
    lambda chance: chr(chance.randrange(0xD800, 0xE000)),
    lambda chance: chr(chance.randrange(0x20)),
    lambda chance: chr(chance.randrange(0x7F, 0xA0)),
    lambda chance: chance.choice(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    ),
    lambda chance: chance.choice(
        "\u200b\u200c\u200d\u200e\u200f\u061c\ufeff\u2028\u2029"
    ),
    lambda chance: chr(chance.choice([0xFFFE, 0x1FFFF, 0xFDD0, 0x10FFFF, 0xE0041])),
    lambda chance: chr(chance.randrange(0x110000)),
    lambda chance: "e" + "\u0301" * chance.randrange(40),
    lambda chance: chance.choice(
        ["<script>", "</td>", "&#0;", "]]>", "<!--", '"', "'"]
    ),
    lambda chance: chance.choice(
        ["=1+1", "@x", ";", ",", "\t", "\r\n", "\r", "\n\n", "|"]
    ),
    lambda chance: chance.choice(
        ["\x1b[31m", "\x1b]0;t\x07", "\x08\x08", "\x1b[", "\x9b1m"]
    ),
    lambda chance: chance.choice(
        ["../", "\\", "%s", "{name}", "{}", "$x$", "`", "*", "#"]
    ),
    lambda chance: chance.choice(["Ω", "李", "שלום", "سلام", "😀", "é", "plain words"]),
    lambda chance: bytes(chance.randrange(256) for _ in range(4)).decode(
        "utf-8", "surrogateescape"
    ),
)


def random_text(chance, most=30):
    """A str of at most about `most` pieces; now and then one long line."""
    if chance.random() < 0.01:
        return chance.choice(_PIECES)(chance) * 1_000_000
    pieces = [chance.choice(_PIECES)(chance) for _ in range(chance.randrange(most))]
    return "".join(pieces)


def random_name(chance):
    """Bytes that a directory entry may have, often as many as it may."""
    name = random_text(chance, 12).encode("utf-8", "surrogatepass")[:300]
    name = name.translate(None, b"\0/") or b"x"
    return (name * 255 if chance.random() < 0.2 else name)[:255]
