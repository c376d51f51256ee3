"""The tokenizer inside a GGUF file, as llama.cpp keeps it beside the weights."""

import struct
from pathlib import Path

from transformer_tf.text.added_tokens import AddedToken
from transformer_tf.text.decoders.byte_level import ByteLevelDecoder
from transformer_tf.text.models.byte_pair import BytePair
from transformer_tf.text.models.sentence_piece import (
    CONTROL,
    UNKNOWN,
    USER_DEFINED,
    Piece,
)
from transformer_tf.text.models.sentence_piece_pairs import SentencePiecePairs
from transformer_tf.text.normalizers.sentence_piece import SentencePieceNormalizer
from transformer_tf.text.pattern import CL100K, QWEN2, Pattern
from transformer_tf.text.pre_tokenizers.byte_level import ByteLevel
from transformer_tf.text.pre_tokenizers.digits import Digits
from transformer_tf.text.pre_tokenizers.sequence import PreTokenizerSequence
from transformer_tf.text.pre_tokenizers.split import Split
from transformer_tf.text.sentence_piece.steps import sentence_piece_steps
from transformer_tf.text.templates.template import Template
from transformer_tf.text.tokenizer import Tokenizer

# The numbers of value types in the file, and how each is packed.
_NUMBERS = dict(enumerate("BbHhIif?")) | {10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9


def _split(pattern):
    return [Split(Pattern(regex=pattern)), ByteLevel(use_regex=False)]


# How byte-level texts are cut, by the name that llama.cpp has for it. Patterns are
# spelt out when they are asked for: that takes longer than all imports here.
CUTS = {
    "gpt-2": lambda: [ByteLevel()],
    "smollm": lambda: [Digits(individual_digits=True), ByteLevel()],
    "llama-bpe": lambda: _split(CL100K),
    "qwen2": lambda: _split(QWEN2),
}


def from_gguf(path):
    """The tokenizer of a GGUF file; its weights are not read.

    Raises:
        ValueError: The file is no GGUF file, was cut short, or its tokenizer is of a
            kind that is not supported; the message names the kind.

    Source: the format of https://github.com/ggml-org/ggml, `docs/gguf.md`.
    """
    values = read_metadata(path)
    kind = values.get("tokenizer.ggml.model")
    build = {"gpt2": _byte_level, "llama": _sentence_piece}.get(kind)
    if build is None:
        raise ValueError(
            f"{path} has a tokenizer of kind {kind!r}; gpt2 and llama are supported"
        )
    try:
        tokenizer = build(values)
    except KeyError as error:
        raise ValueError(f"{path} lacks the entry {error}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    tokenizer.post_processor = _template(values, kind)
    return tokenizer


def _byte_level(values):
    tokens = values["tokenizer.ggml.tokens"]
    kinds = values.get("tokenizer.ggml.token_type") or [1] * len(tokens)
    cut = values.get("tokenizer.ggml.pre", "gpt-2")
    if cut not in CUTS:
        raise ValueError(f"texts are cut as {cut!r} says; known are {', '.join(CUTS)}")
    merges = [tuple(merge.split(" ")) for merge in values["tokenizer.ggml.merges"]]
    steps = CUTS[cut]()
    return Tokenizer(
        BytePair({token: i for i, token in enumerate(tokens)}, merges),
        pre_tokenizer=steps[0] if len(steps) == 1 else PreTokenizerSequence(steps),
        decoder=ByteLevelDecoder(),
        added_tokens=[
            AddedToken(token, i, special=kind == CONTROL)
            for i, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
            if kind in (CONTROL, USER_DEFINED)
        ],
    )


def _sentence_piece(values):
    names = ("tokens", "scores", "token_type")
    columns = (values[f"tokenizer.ggml.{name}"] for name in names)
    pieces = [Piece(*row) for row in zip(*columns, strict=True)]
    if not any(piece.kind == UNKNOWN for piece in pieces):
        number = values["tokenizer.ggml.unknown_token_id"]
        pieces[number] = pieces[number]._replace(kind=UNKNOWN)
    normalizer = SentencePieceNormalizer(
        add_dummy_prefix=values.get("tokenizer.ggml.add_space_prefix", True),
        remove_extra_whitespaces=False,
        user_defined=[p.piece for p in pieces if p.kind == USER_DEFINED],
    )
    model = SentencePiecePairs(pieces, byte_fallback=True)
    return Tokenizer(**sentence_piece_steps(model, normalizer))


def _template(values, kind):
    """The tokens that the file says belong in front of a text and behind it."""
    tokens, pattern, special = values["tokenizer.ggml.tokens"], [("$A", 0)], {}
    for name, at, default in (("bos", 0, kind == "llama"), ("eos", None, False)):
        number = values.get(f"tokenizer.ggml.{name}_token_id")
        if number is None or not values.get(
            f"tokenizer.ggml.add_{name}_token", default
        ):
            continue
        special[tokens[number]] = number
        pattern.insert(len(pattern) if at is None else at, (tokens[number], 0))
    pair = [*pattern, *(("$B" if name == "$A" else name, 1) for name, _ in pattern)]
    return Template(pattern, pair, special) if special else None


def read_metadata(path):
    """{name: value} of what a GGUF file says about itself, before its tensors."""
    with Path(path).open("rb") as file:

        def take(form):
            form = f"<{form}"
            data = file.read(struct.calcsize(form))
            if len(data) < struct.calcsize(form):
                raise ValueError(f"{path} was cut short")
            return struct.unpack(form, data)[0]

        def text():
            size = take("Q")
            data = file.read(size) if size < 2**31 else b""
            if len(data) < size:
                raise ValueError(f"{path} was cut short")
            return data.decode(errors="replace")

        def value(kind):
            if kind == _STRING:
                return text()
            if kind == _ARRAY:
                inner, count = take("I"), take("Q")
                return [value(inner) for _ in range(count)]
            if kind not in _NUMBERS:
                raise ValueError(f"{path} has a value of the unknown type {kind}")
            return take(_NUMBERS[kind])

        if file.read(4) != b"GGUF":
            raise ValueError(f"{path} is no GGUF file")
        version = take("I")
        if version not in (2, 3):
            raise ValueError(f"{path} is of version {version}; 2 and 3 are supported")
        take("Q")  # how many tensors
        entries = {}
        for _ in range(take("Q")):
            name = text()
            entries[name] = value(take("I"))
        return entries
