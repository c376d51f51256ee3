"""Families from the files they are published with, against what transformers says.

`families/make.py` made the small vocabularies and recorded the answers, in an
environment with transformers 4.57.6 (Transformer-XL's by hand: words between spaces).
"""

import json
import shutil
from pathlib import Path
from unicodedata import is_normalized

import pytest

from transformer_tf.text import BytePairTokenizer, Tokenizer, from_pretrained

FOLDER = Path(__file__).with_name("families")
FAMILIES = sorted(path.parent.name for path in FOLDER.glob("*/expected.json"))
SENTENCE_PIECE = (
    "albert",
    "deberta_v2",
    "llama",
    "marian",
    "mbart",
    "mbart_50",
    "t5",
    "xlm_roberta",
)
# What transformers calls each in tokenizer_config.json decides where contents cannot.
UNDECIDED = ("mbart", "mbart_50", "qwen2", "xlm_roberta")


@pytest.fixture(scope="module", params=FAMILIES)
def family(request):
    if request.param in SENTENCE_PIECE:
        pytest.importorskip("sentencepiece")
    return request.param


def expected(family):
    text = (FOLDER / family / "expected.json").read_text(encoding="utf-8")
    return json.loads(text)


def test_every_family_is_here():
    assert len(FAMILIES) == 22


def assert_as_recorded(tokenizer, rows):
    texts, others = ([row[name] for row in rows] for name in ("text", "other"))
    fast = zip(tokenizer.encode_batch(texts), tokenizer.encode_batch(texts, others))
    for row, (one, two) in zip(rows, fast):
        alone = tokenizer.encode(row["text"])
        pair = tokenizer.encode(row["text"], row["other"])
        assert alone.ids == row["ids"], ascii(row["text"])
        assert pair.ids == row["pair"], ascii(row["text"])
        assert one == alone and two == pair
        if row.get("types"):
            assert pair.type_ids == row["types"]
        # Theirs leave accents out of what is composed, ours take them along.
        if "offsets" in row and is_normalized("NFC", row["text"]):
            assert [list(span) for span in alone.offsets] == row["offsets"]
        if "decoded" in row:  # their slow tokenizers strip what they decode
            decoded = tokenizer.decode(alone.ids)
            assert decoded.strip() == row["decoded"].strip()


def test_ids_offsets_types_pairs_and_text(family):
    assert_as_recorded(from_pretrained(FOLDER / family), expected(family))


def test_contents_decide_where_no_configuration_does(family, tmp_path):
    folder = tmp_path / family
    shutil.copytree(FOLDER / family, folder)
    for name in ("tokenizer_config.json", "config.json"):
        (folder / name).unlink(missing_ok=True)
    if family in UNDECIDED:
        with pytest.raises(ValueError, match="XLM-R, mBART and mBART-50|Qwen 2"):
            from_pretrained(folder)
    else:
        assert_as_recorded(from_pretrained(folder), expected(family)[:20])


def test_a_saved_tokenizer_is_the_same(family, tmp_path):
    tokenizer = from_pretrained(FOLDER / family)
    if family in (*SENTENCE_PIECE, "ctrl"):
        with pytest.raises(ValueError, match=r"tokenizer\.json has no"):
            tokenizer.save(tmp_path / "tokenizer.json")
        return
    tokenizer.save(tmp_path / "tokenizer.json")
    assert_as_recorded(from_pretrained(tmp_path), expected(family)[:20])


FILES = [path for name in FAMILIES for path in sorted((FOLDER / name).glob("voc*"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_a_file_in_the_folder_opens_the_same(path):
    if path.parent.name in SENTENCE_PIECE:
        pytest.importorskip("sentencepiece")
    assert_as_recorded(from_pretrained(path), expected(path.parent.name)[:10])


def test_sentinels_are_in_published_order():
    pytest.importorskip("sentencepiece")
    tokenizer = from_pretrained(FOLDER / "t5")
    assert tokenizer.token_to_id("<extra_id_0>") == len(tokenizer) - 1
    assert tokenizer.token_to_id("<extra_id_99>") == len(tokenizer) - 100
    taken = tokenizer.encode("a <extra_id_0> b", take_special=True)
    assert len(tokenizer) - 1 in taken.ids


def test_language_codes_of_marian_and_mbart():
    pytest.importorskip("sentencepiece")
    tokenizer = from_pretrained(FOLDER / "marian")
    code = tokenizer.token_to_id(">>fra<<")
    for encoding in (
        tokenizer.encode(">>fra<< the people"),
        *tokenizer.encode_batch([">>fra<< the people"]),
    ):
        assert encoding.ids == [code, *tokenizer.encode("the people").ids]
    target = from_pretrained(FOLDER / "marian" / "target.spm")
    assert target.vocabulary == tokenizer.vocabulary
    assert from_pretrained(FOLDER / "mbart").encode("a").tokens[-1] == "es_XX"


def changed(family, tmp_path, name, change):
    """A family's folder with one file changed."""
    folder = tmp_path / family
    shutil.copytree(FOLDER / family, folder)
    path = folder / name
    path.write_bytes(change(path.read_bytes()))
    return folder


@pytest.mark.parametrize("family", ["gpt2", "roberta", "gpt", "ctrl"])
@pytest.mark.parametrize("lines", [0, 1, 40, -1])
def test_merges_that_were_cut_are_refused(family, lines, tmp_path):
    def cut(data):
        return b"".join(data.splitlines(keepends=True)[:lines])

    with pytest.raises(ValueError, match=r"merges\.txt (was cut|holds no merges)"):
        from_pretrained(changed(family, tmp_path, "merges.txt", cut))


@pytest.mark.parametrize("family", ["bert", "bert_cased", "transfo_xl"])
def test_a_byte_order_mark_is_no_part_of_a_token(family, tmp_path):
    folder = changed(family, tmp_path, "vocab.txt", lambda data: b"\xef\xbb\xbf" + data)
    assert_as_recorded(from_pretrained(folder), expected(family)[:10])


@pytest.mark.parametrize(
    "files, message",
    [
        ({}, "cannot tell the format"),
        ({"vocab.bin": b"\x80\x04."}, "is a pickle"),
        ({"vocab.txt": b"a\nb\n"}, "tells no family"),
        ({"merges.txt": b"a b\n"}, "needs vocab.json or encoder.json beside it"),
        ({"vocab.json": b'{"a": 0}'}, "needs merges.txt or vocab.bpe beside it"),
        ({"tokenizer.json": b'{"a": 0}'}, 'object with a "model"'),
        ({"vocab.txt": b"[UNK]\n", "tokenizer_config.json": b"[1]"}, "an object"),
        ({"config.json": b'{"model_type": "xlnet"}'}, "the family is 'xlnet'"),
        ({"a.tiktoken": b"IQ== 0\n"}, "cannot tell the format"),
    ],
)
def test_what_tells_no_family_is_refused(files, message, tmp_path):
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=message):
        from_pretrained(tmp_path)


def test_no_folder():
    with pytest.raises(FileNotFoundError, match="does not exist"):
        from_pretrained(FOLDER / "nowhere")


def test_pairs_that_are_not_of_bytes_are_refused_by_their_reader():
    paths = FOLDER / "gpt" / "vocab.json", FOLDER / "gpt" / "merges.txt"
    with pytest.raises(ValueError, match="not byte-level"):
        BytePairTokenizer.from_files(*paths)


def test_a_tiktoken_file(tmp_path):
    import base64

    from transformer_tf.text.families.tiktoken import from_tiktoken
    from transformer_tf.text.pre_tokenizers.byte_level import byte_characters

    source = from_pretrained(FOLDER / "gpt2")
    byte_of = {shown: byte for byte, shown in enumerate(byte_characters())}
    made = [left + right for left, right in source.model.merges]
    tokens = [bytes(byte_of[c] for c in t) for t in (*byte_characters(), *made)]
    path = tmp_path / "small.tiktoken"
    lines = (b"%s %d\n" % (base64.b64encode(t), rank) for rank, t in enumerate(tokens))
    path.write_bytes(b"".join(lines))
    with pytest.raises(ValueError, match="give from_tiktoken the pattern"):
        from_pretrained(path)
    gpt2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    tokenizer = from_tiktoken(path, gpt2, {"<|endoftext|>": 500})
    assert isinstance(tokenizer, Tokenizer) and len(tokenizer) == 501
    for row in expected("gpt2"):
        encoding, known = tokenizer.encode(row["text"]), source.encode(row["text"])
        assert encoding.tokens == known.tokens
        assert tokenizer.encode_batch([row["text"]])[0] == encoding


class TestAddedTokens:
    """tokenizer_config.json and added_tokens.json name tokens beside a vocabulary."""

    def test_both_files(self, tmp_path):
        folder = tmp_path / "gpt2"
        shutil.copytree(FOLDER / "gpt2", folder)
        size = len(from_pretrained(folder))
        listed = {str(size): {"content": "<|user|>", "special": True, "rstrip": True}}
        settings = {"tokenizer_class": "GPT2Tokenizer", "added_tokens_decoder": listed}
        (folder / "tokenizer_config.json").write_text(json.dumps(settings))
        (folder / "added_tokens.json").write_text(json.dumps({"<pad>": size + 1}))
        added = from_pretrained(folder).added_tokens
        found = {token.content: token for token in added}
        assert found["<|user|>"].id == size and found["<|user|>"].rstrip
        assert found["<pad>"].id == size + 1 and not found["<pad>"].rstrip

    @pytest.mark.parametrize(
        "listed",
        [
            {"x": {"content": "a"}},
            {"500": {"content": 3}},
            {"500": "a"},
            {"500": {}},
            {"500": {"content": "a", "lstrip": "no"}},
            ["a"],
            "a",
        ],
    )
    def test_what_is_no_token(self, listed, tmp_path):
        folder = tmp_path / "gpt2"
        shutil.copytree(FOLDER / "gpt2", folder)
        settings = {"tokenizer_class": "GPT2Tokenizer", "added_tokens_decoder": listed}
        (folder / "tokenizer_config.json").write_text(json.dumps(settings))
        with pytest.raises(ValueError, match="names the added token"):
            from_pretrained(folder)

    def test_an_id_that_is_taken(self, tmp_path):
        folder = tmp_path / "gpt2"
        shutil.copytree(FOLDER / "gpt2", folder)
        (folder / "added_tokens.json").write_text(json.dumps({"<new>": 3}))
        with pytest.raises(ValueError, match="cannot be added with id 3"):
            from_pretrained(folder)
