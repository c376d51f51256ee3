"""The tokenizer of a GGUF file is that of the files it was converted from."""

import struct

import pytest

from tests.text.test_families import FOLDER, assert_as_recorded, expected
from transformer_tf.text import from_pretrained
from transformer_tf.text.families.gguf import CUTS


def packed(value):
    """(type, bytes) of a value as the format writes it."""
    if isinstance(value, bool):
        return 7, struct.pack("<?", value)
    if isinstance(value, int):
        return 4, struct.pack("<I", value)
    if isinstance(value, float):
        return 6, struct.pack("<f", value)
    if isinstance(value, str):
        return 8, struct.pack("<Q", len(value.encode())) + value.encode()
    items = [packed(item) for item in value]
    head = struct.pack("<IQ", items[0][0], len(items))
    return 9, head + b"".join(data for _, data in items)


def written(path, **values):
    """A GGUF file that holds a tokenizer and no tensors."""
    data = b"GGUF" + struct.pack("<IQQ", 3, 0, len(values) + 1)
    entries = {"general.architecture": "llama"}
    entries.update({f"tokenizer.ggml.{name}": v for name, v in values.items()})
    for name, value in entries.items():
        kind, packed_value = packed(value)
        data += packed(name)[1] + struct.pack("<I", kind) + packed_value
    path.write_bytes(data)
    return path


def gpt2_values(cut="gpt-2"):
    source = from_pretrained(FOLDER / "gpt2")
    tokens = sorted(source.vocabulary, key=source.vocabulary.get)
    return {
        "model": "gpt2",
        "pre": cut,
        "tokens": tokens,
        "token_type": [3 if token == "<|endoftext|>" else 1 for token in tokens],
        "merges": [" ".join(merge) for merge in source.model.merges],
    }


def test_byte_level(tmp_path):
    tokenizer = from_pretrained(written(tmp_path / "a.gguf", **gpt2_values()))
    rows = [{**row, "offsets": None} for row in expected("gpt2")]
    for row in rows:
        row.pop("offsets")
    assert_as_recorded(tokenizer, rows)


@pytest.mark.parametrize("cut", CUTS)
def test_cuts(cut, tmp_path):
    tokenizer = from_pretrained(written(tmp_path / "a.gguf", **gpt2_values(cut)))
    text = "It'S 12345  the\n\n people"
    words = {"gpt-2": " 12345", "smollm": "1", "llama-bpe": "123", "qwen2": "1"}
    pieces = [piece for piece, _ in tokenizer.pieces(text)]
    assert words[cut].replace(" ", "Ġ") in [piece.text for piece in pieces]
    assert tokenizer.decode(tokenizer.encode(text).ids) == text
    assert tokenizer.encode_batch([text])[0] == tokenizer.encode(text)


def test_llama(tmp_path):
    pytest.importorskip("sentencepiece")
    source = from_pretrained(FOLDER / "llama")
    pieces = source.model.pieces
    tokenizer = from_pretrained(
        written(
            tmp_path / "a.gguf",
            model="llama",
            tokens=[piece.piece for piece in pieces],
            scores=[float(piece.score) for piece in pieces],
            token_type=[piece.kind for piece in pieces],
            bos_token_id=1,
            eos_token_id=2,
            add_bos_token=True,
            add_eos_token=False,
        )
    )
    assert_as_recorded(tokenizer, [{**row, "types": None} for row in expected("llama")])


@pytest.mark.parametrize(
    "values, message",
    [
        ({"model": "bert"}, "of kind 'bert'"),
        ({"model": "gpt2"}, "lacks the entry 'tokenizer.ggml.tokens'"),
        ({**gpt2_values(), "pre": "odd"}, "cut as 'odd' says"),
    ],
)
def test_what_is_not_supported(values, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        from_pretrained(written(tmp_path / "a.gguf", **values))


@pytest.mark.parametrize("size", [3, 20, 60, 500])
def test_files_that_were_cut(size, tmp_path):
    path = written(tmp_path / "a.gguf", **gpt2_values())
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match="cut short|no GGUF"):
        from_pretrained(path)
