"""From the visible characters of bytes back to text."""

from course.checks.tokenizers.samples import ALPHABETS, UNIT, drawn_word
from course.checks.tokenizers.spelling import ALPHABET, GPT2, shuffled
from course.examination import Call, Exercise, OneOf, Sizes


def read_bytes(pieces, alphabet):
    """Turns pieces made of visible bytes back into text.

    Args:
        pieces: List of strings; each character stands for one byte. A character of the
            text may begin in one piece and end in the next.
        alphabet: A string of 256 characters: the one at place n stands for the byte n.

    Returns:
        The text: all the bytes together, read as UTF-8. Where they are no UTF-8, the
        text has the replacement character U+FFFD, as `bytes.decode` puts it with
        errors="replace".
    """
    byte_of = {character: byte for byte, character in enumerate(alphabet)}
    data = bytes(byte_of[character] for piece in pieces for character in piece)
    return data.decode("utf-8", errors="replace")


reading = Exercise(
    "tokenizers.read_bytes",
    unit=UNIT,
    answer="read_bytes",
    reference=read_bytes,
    parts={"text": 2, "across": 2, "broken": 1},
    returns={"text": ("character",)},
    forbidden=(
        f"{__name__}.read_bytes",
        "transformer_tf.text.ByteLevelDecoder",
        "transformer_tf.text.Tokenizer",
    ),
    hints=4,
    difficulty=2,
    importance=4,
    minutes=12,
    paper=GPT2,
)


def _pieces(data, *cuts, alphabet=ALPHABET):
    """The bytes of a text as pieces, cut at these places."""
    spelt = "".join(alphabet[byte] for byte in data)
    ends = [0, *cuts, len(spelt)]
    return [spelt[start:end] for start, end in zip(ends, ends[1:])]


def _drawn(rng, characters):
    return str(rng.choice(list(characters)))


@reading.probe(part="text")
def blanks_and_lines(rng):
    text = f" a{_drawn(rng, 'bcdf')} {_drawn(rng, 'xyzw')}a b\n"
    return Call(_pieces(text.encode(), 3, 5), ALPHABET)


@reading.probe(part="text")
def accents(rng):
    text = f" ma{_drawn(rng, 'ñç')}ana s{_drawn(rng, 'íú')}"
    return Call(_pieces(text.encode(), 3, 6), ALPHABET)


@reading.probe(part="across")
def cut_inside_characters(rng):
    text = f"a{_drawn(rng, 'áéíóú')}b{_drawn(rng, '🦔🐢🌍')}c"
    return Call(_pieces(text.encode(), 2, 6, 7), ALPHABET)


@reading.probe(part="across")
def another_alphabet(rng):
    alphabet = shuffled(rng)
    text = f"{_drawn(rng, '日本語')}a {_drawn(rng, 'áéíóú')}"
    return Call(_pieces(text.encode(), 1, 6, alphabet=alphabet), alphabet)


@reading.probe(part="broken")
def half_a_character(rng):
    data = f"a{_drawn(rng, 'bcdf')} {_drawn(rng, '🦔🐢🌍')}".encode()[:-1]
    return Call(_pieces(data + b" b", 2), ALPHABET)


@reading.promise(
    part="across", letters=OneOf(*ALPHABETS), length=Sizes(0, 9), pieces=Sizes(1, 6)
)
def any_pieces(rng, letters, length, pieces):
    data = drawn_word(rng, letters + " \0\1\n", length).encode()
    cuts = sorted(rng.integers(0, len(data) + 1, size=pieces - 1).tolist())
    alphabet = shuffled(rng)
    return Call(_pieces(data, *cuts, alphabet=alphabet), alphabet)


@reading.promise(part="broken", length=Sizes(1, 9))
def any_bytes(rng, length):
    data = bytes([0, 255, 1, *rng.integers(256, size=length).tolist()])
    return Call(_pieces(data, length // 2), ALPHABET)


def _data(pieces, alphabet):
    return bytes(alphabet.index(c) for c in "".join(pieces))


@reading.misconception
def piece_by_piece(pieces, alphabet):
    return "".join(_data(p, alphabet).decode(errors="replace") for p in pieces)


@reading.misconception
def broken_left_out(pieces, alphabet):
    return _data(pieces, alphabet).decode(errors="ignore")


@reading.misconception
def byte_by_byte(pieces, alphabet):
    return "".join(chr(byte) for byte in _data(pieces, alphabet))


@reading.misconception
def only_joined(pieces, alphabet):
    return "".join(pieces)


@reading.misconception
def only_the_blank(pieces, alphabet):
    return "".join(pieces).replace(alphabet[ord(" ")], " ")


@reading.misconception
def blanks_trimmed(pieces, alphabet):
    return _data(pieces, alphabet).decode(errors="replace").strip()


@reading.misconception
def blanks_between_pieces(pieces, alphabet):
    return " ".join(_data(p, alphabet).decode(errors="replace") for p in pieces)


@reading.misconception
def still_bytes(pieces, alphabet):
    return _data(pieces, alphabet)


@reading.alternative
def with_index(pieces, alphabet):
    data = bytearray()
    for piece in pieces:
        for character in piece:
            data.append(alphabet.index(character))
    return data.decode("utf-8", "replace")


@reading.alternative
def by_translation(pieces, alphabet):
    table = {ord(character): byte for byte, character in enumerate(alphabet)}
    return "".join(pieces).translate(table).encode("latin-1").decode(errors="replace")


@reading.alternative
def as_str(pieces, alphabet):
    byte_of = dict(zip(alphabet, range(256)))
    return str(bytes(map(byte_of.get, "".join(pieces))), "utf-8", "replace")
