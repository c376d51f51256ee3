"""Text as bytes, each written as one visible character."""

import unicodedata

from course.checks.tokenizers.samples import ALPHABETS, LETTERS, UNIT, drawn_word
from course.examination import Call, Exercise, OneOf, Sizes
from transformer_tf.text.pre_tokenizers.byte_level import byte_characters

ALPHABET = byte_characters()
GPT2 = "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf"


def spell_bytes(text, alphabet):
    """Writes a text as its bytes, one visible character for each.

    Args:
        text: Any string.
        alphabet: A string of 256 characters, all different: the one at place n stands
            for the byte n.

    Returns:
        A string with one character for each byte of the text in UTF-8.
    """
    return "".join(alphabet[byte] for byte in text.encode("utf-8"))


spelling = Exercise(
    "tokenizers.spell_bytes",
    unit=UNIT,
    answer="spell_bytes",
    reference=spell_bytes,
    parts={"plain": 1, "accents": 1, "the_world": 1},
    returns={"spelt": ("byte",)},
    forbidden=(
        f"{__name__}.spell_bytes",
        "transformer_tf.text.pre_tokenizers.byte_level.to_bytes",
        "transformer_tf.text.Tokenizer",
    ),
    hints=3,
    difficulty=1,
    importance=4,
    minutes=6,
    paper=GPT2,
)


def shuffled(rng):
    """Another alphabet: nothing can be learnt by heart."""
    return "".join(ALPHABET[n] for n in rng.permutation(256))


def _word(rng, letters, size):
    return "".join(rng.choice(list(letters), size))


@spelling.probe(part="plain")
def english_words(rng):
    return Call(f"{_word(rng, LETTERS[:26], 5)} {_word(rng, 'ABC', 3)}\n", ALPHABET)


@spelling.probe(part="accents")
def spanish_words(rng):
    return Call(f"¿{_word(rng, 'áéíóúñü', 4)} {_word(rng, 'abc', 3)}?", ALPHABET)


@spelling.probe(part="accents")
def another_alphabet(rng):
    return Call(f"{_word(rng, 'áéíóúñü', 3)}{_word(rng, 'abc', 3)}", shuffled(rng))


@spelling.probe(part="the_world")
def beyond_latin(rng):
    return Call(f"{_word(rng, '日本語漢字', 3)} {_word(rng, '🦔🐢🌍', 2)} ñ", ALPHABET)


@spelling.promise(
    part="the_world",
    letters=OneOf(*ALPHABETS),
    length=Sizes(0, 12),
    alphabet=OneOf("shuffled", "plain"),
)
def any_text(rng, letters, length, alphabet):
    text = drawn_word(rng, letters + " A\n", length)
    return Call(text, shuffled(rng) if alphabet == "shuffled" else ALPHABET)


def _spelt(data, alphabet):
    return "".join(alphabet[byte] for byte in data)


@spelling.misconception
def code_points(text, alphabet):
    return "".join(alphabet[ord(character) % 256] for character in text)


@spelling.misconception
def latin_1(text, alphabet):
    return _spelt(text.encode("latin-1", errors="replace"), alphabet)


@spelling.misconception
def utf_16(text, alphabet):
    return _spelt(text.encode("utf-16"), alphabet)


@spelling.misconception
def ascii_only(text, alphabet):
    return _spelt(text.encode("ascii", errors="ignore"), alphabet)


@spelling.misconception
def accents_removed(text, alphabet):
    bare = unicodedata.normalize("NFD", text)
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    return _spelt(bare.encode(), alphabet)


@spelling.misconception
def only_the_blank(text, alphabet):
    return text.replace(" ", alphabet[ord(" ")])


@spelling.misconception
def bytes_left_as_numbers(text, alphabet):
    return list(text.encode())


@spelling.misconception
def characters_as_they_are(text, alphabet):
    return "".join(c if c in alphabet else _spelt(c.encode(), alphabet) for c in text)


@spelling.misconception
def list_of_characters(text, alphabet):
    return [alphabet[byte] for byte in text.encode()]


@spelling.alternative
def character_by_character(text, alphabet):
    spelt = ""
    for character in text:
        for byte in character.encode():
            spelt += alphabet[byte]
    return spelt


@spelling.alternative
def by_translation(text, alphabet):
    return text.encode().decode("latin-1").translate(dict(enumerate(alphabet)))


@spelling.alternative
def with_a_map(text, alphabet):
    return "".join(map(alphabet.__getitem__, bytes(text, "utf-8")))
