"""What we write is what was read, and what the library of the families reads."""

import json
import os
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import transformer_tf as t
from tests.checkpoints.outputs import CORPUS, FOLDERS, configuration, load
from transformer_tf.checkpoints import read_safetensors, read_weights
from transformer_tf.checkpoints.saving import _bytes, _shards

# What transformers writes although it is computed: tables of sinusoids.
COMPUTED = "embed_positions"
SIZES = {
    "vocabulary_size": 31,
    "dim": 12,
    "num_layers": 2,
    "num_heads": 3,
    "hidden_dim": 20,
    "max_length": 16,
}


def same_weights(model, other):
    for ours, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", FOLDERS)
def test_every_folder_is_written_as_it_was_read(tmp_path, name):
    """Every name, shape and bit of the weights, and the configuration."""
    model = load(CORPUS / name)[0]
    model.save_pretrained(tmp_path / "out")
    before, after = read_weights(CORPUS / name), read_weights(tmp_path / "out")
    wanted = {n for n in before if not ("Marian" in name and COMPUTED in n)}
    assert set(after) == wanted
    for key in wanted:
        np.testing.assert_array_equal(after[key].numpy(), before[key].numpy())
    old, new = configuration(CORPUS / name), configuration(tmp_path / "out")
    told = {"id2label", "label2id"} if name.startswith("BertForNext") else set()
    told |= (
        {"encoder_layers"}
        if name.endswith(("BartForCausalLM", "nForCausalLM"))
        else set()
    )
    assert {k for k in {*old, *new} if old.get(k) != new.get(k)} - told == set()
    other, warned = load(tmp_path / "out")
    assert type(other) is type(model) and warned == []
    same_weights(model, other)


@pytest.mark.parametrize(
    ("model", "architecture"),
    [
        (lambda: t.MaskedLM(t.bert_config(**SIZES)), "BertForMaskedLM"),
        (lambda: t.Encoder(t.bert_config(**SIZES)), "BertModel"),
        (
            lambda: t.SequenceClassifier(t.bert_config(**SIZES), 3),
            "BertForSequenceClassification",
        ),
        (
            lambda: t.TokenClassifier(
                t.albert_config(**SIZES, embedding_dim=8), num_classes=3
            ),
            "AlbertForTokenClassification",
        ),
        (lambda: t.CausalLM(t.gpt2_config(**SIZES)), "GPT2LMHeadModel"),
        (
            lambda: t.CausalLM(
                t.llama_config(**{**SIZES, "dim": 18}, num_key_value_heads=1)
            ),
            "LlamaForCausalLM",
        ),
        (lambda: t.Seq2SeqLM(t.bart_config(**SIZES)), "BartForConditionalGeneration"),
        (
            lambda: t.Seq2SeqLM(t.t5_config(**{**SIZES, "max_length": None})),
            "T5ForConditionalGeneration",
        ),
    ],
)
def test_a_model_built_here(tmp_path, model, architecture):
    model = model()
    model.build()
    t.save_pretrained(model, tmp_path / "out")
    assert configuration(tmp_path / "out")["architectures"] == [architecture]
    other, told = load(tmp_path / "out")
    assert type(other) is type(model) and told == []
    same_weights(model, other)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"positions": "linear"}, "none of them has this configuration"),
        ({"activation": lambda x: x}, "none of them has this configuration"),
        ({"num_key_value_heads": 1}, "none of them has this configuration"),
    ],
)
def test_what_no_family_has_is_refused(tmp_path, changes, message):
    model = t.MaskedLM(t.bert_config(**SIZES).with_changes(**changes))
    with pytest.raises(ValueError, match=message):
        t.save_pretrained(model, tmp_path / "out")
    told = "bert has" if "activation" not in changes else "no published configuration"
    with pytest.raises(ValueError, match=told):
        t.save_pretrained(model, tmp_path / "out", model_type="bert")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", ["quantize", "lora"])
def test_weights_without_a_published_name_are_refused(tmp_path, change):
    model = load(CORPUS / "BertForMaskedLM")[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if change == "quantize":
            model.quantize("int8")
        else:
            model.body.blocks[0].attention.query_projection.enable_lora(2)
    with pytest.raises(ValueError, match="have no published name"):
        model.save_pretrained(tmp_path / "out")


def test_trained_weights_and_new_labels(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = t.TokenClassifier.from_pretrained(CORPUS / "BertModel", num_classes=7)
    model.body.blocks[0].attention_norm.gamma.assign_add([1.0] * 20)
    model.save_pretrained(tmp_path / "out")
    config = configuration(tmp_path / "out")
    assert config["architectures"] == ["BertForTokenClassification"]
    assert len(config["id2label"]) == len(config["label2id"]) == 7
    other, told = load(tmp_path / "out")
    assert told == []
    same_weights(model, other)


def test_precision_is_kept(tmp_path):
    model = load(CORPUS / "BertForMaskedLM", dtype="bfloat16")[0]
    model.save_pretrained(tmp_path / "out")
    stored = read_safetensors(tmp_path / "out" / "model.safetensors")
    assert {str(tensor.dtype) for tensor in stored.values()} == {"bfloat16"}
    assert configuration(tmp_path / "out")["dtype"] == "bfloat16"
    same_weights(model, load(tmp_path / "out", dtype="bfloat16")[0])


class TestFolders:
    @pytest.fixture
    def model(self, tmp_path):
        """A model with a tokenizer and settings of generation."""
        source = Path(shutil.copytree(CORPUS / "GPT2LMHeadModel", tmp_path / "source"))
        (source / "generation_config.json").write_text('{"max_new_tokens": 3}')
        write_words(source / "tokenizer.json", "abc", "def")
        (source / "tokenizer_config.json").write_text('{"model_max_length": 24}')
        return load(source)[0]

    def test_shards(self, tmp_path, model):
        model.save_pretrained(tmp_path / "out", max_shard_size=9000)
        index = json.loads(
            (tmp_path / "out" / "model.safetensors.index.json").read_text()
        )
        files = sorted(set(index["weight_map"].values()))
        assert files[0] == f"model-00001-of-{len(files):05}.safetensors"
        for file in files:
            tensors = read_safetensors(tmp_path / "out" / file).values()
            size = sum(tensor.numpy().nbytes for tensor in tensors)
            assert size <= 9000 or len(tensors) == 1
        total = sum(x.numpy().nbytes for x in read_weights(tmp_path / "out").values())
        assert index["metadata"]["total_size"] == total
        same_weights(model, load(tmp_path / "out")[0])

    def test_tokenizer_and_settings(self, tmp_path, model):
        model.save_pretrained(tmp_path / "out")
        names = {path.name for path in (tmp_path / "out").iterdir()}
        assert names == {
            *("config.json", "model.safetensors", "generation_config.json"),
            *("tokenizer.json", "tokenizer_config.json"),
        }
        other = load(tmp_path / "out")[0]
        assert other.tokenizer.encode("def abc").ids == [2, 1]
        settings = other.generation_config.settings
        assert settings["max_new_tokens"] == 3

    def test_another_tokenizer_is_written_as_one_file(self, tmp_path, model):
        write_words(tmp_path / "words.json", "the", "cat")
        model.tokenizer = t.Tokenizer.from_file(tmp_path / "words.json")
        model.save_pretrained(tmp_path / "out")
        assert not (tmp_path / "out" / "tokenizer_config.json").exists()
        assert load(tmp_path / "out")[0].tokenizer.encode("the cat").ids == [1, 2]

    def test_what_else_the_folder_holds_stays(self, tmp_path, model):
        out = tmp_path / "out"
        (out / "onnx").mkdir(parents=True)
        (out / "README.md").write_text("mine")
        (out / "onnx" / "a").write_text("mine")
        for old in ("pytorch_model.bin", "model-00001-of-00002.safetensors"):
            (out / old).write_text("old")
        (out / "vocab.txt").write_text("old")
        model.save_pretrained(out)
        names = {path.name for path in out.iterdir()}
        assert {"README.md", "onnx", "model.safetensors"} <= names
        assert not {n for n in names if n.endswith(".bin") or "-of-" in n}
        assert "vocab.txt" not in names
        assert (out / "onnx" / "a").read_text() == "mine"

    def test_saving_where_it_was_loaded_from(self, tmp_path, model):
        before = [weight.copy() for weight in model.get_weights()]
        for _ in range(2):
            model.save_pretrained(tmp_path / "source")
        again = load(tmp_path / "source")[0]
        assert again.tokenizer is not None
        for ours, theirs in zip(again.get_weights(), before, strict=True):
            np.testing.assert_array_equal(ours, theirs)

    def test_a_full_disk_leaves_the_old_folder(self, tmp_path, model, monkeypatch):
        model.save_pretrained(tmp_path / "out")
        before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}

        def full(*arguments, **options):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            model.save_pretrained(tmp_path / "out")
        assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before
        assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "source"]


def write_words(path, *words):
    """A tokenizer.json of whole words."""
    ids = {word: number for number, word in enumerate(["[UNK]", *words])}
    model = {"type": "WordLevel", "vocab": ids, "unk_token": "[UNK]"}
    cut = {"type": "Whitespace"}
    path.write_text(
        json.dumps({"version": "1.0", "model": model, "pre_tokenizer": cut})
    )


KILLED = """
import os, signal, sys
from transformer_tf.checkpoints import replacing
from transformer_tf import from_pretrained
model = from_pretrained(sys.argv[1])
model.save_pretrained(sys.argv[2])
count = 0
def kill_at_the(number):
    def watch(frame, event, argument):
        global count
        if event == "line" and "checkpoints" in frame.f_code.co_filename:
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)
        return watch
    return watch
for number in map(int, sys.argv[3:]):
    count, child = 0, os.fork()
    if child == 0:
        sys.settrace(kill_at_the(number))
        model.save_pretrained(sys.argv[2])
        os._exit(0)
    os.waitpid(child, 0)
    from_pretrained(sys.argv[2])
    print(number, flush=True)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="renameat2 of Linux")
def test_a_killed_save_leaves_a_whole_folder(tmp_path):
    """Killed at any line, there is a folder that loads."""
    moments = [str(n) for n in (1, 60, 200, 500, 900, 1400, 2000, 2700, 3500, 5000)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED, CORPUS / "GPT2LMHeadModel"]
        + [tmp_path / "out", *moments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == moments, done.stderr[-2000:]
    assert done.returncode == 0 != signal.SIGKILL


def test_sizes_of_shards():
    arrays = {name: np.zeros(n, "int8") for name, n in zip("abcd", (5, 5, 11, 1))}
    assert list(_shards(arrays, 10)) == [["a", "b"], ["c"], ["d"]]
    assert list(_shards({}, 10)) == [[]]
    assert (_bytes("2MB"), _bytes("5 GB"), _bytes(7)) == (2_000_000, 5_000_000_000, 7)
    for wrong in ("5 TB", 0, "MB", True, 1.5):
        with pytest.raises(ValueError, match="max_shard_size must be bytes"):
            _bytes(wrong)


PEER = os.environ.get("PEER_PYTHON")


@pytest.mark.full
@pytest.mark.skipif(not PEER, reason="PEER_PYTHON names no Python with transformers")
def test_transformers_computes_the_same_from_what_we_write(tmp_path):
    # The library has no such class any more.
    names = [name for name in FOLDERS if name != "LEDForSequenceClassification"]
    for name in names:
        load(CORPUS / name)[0].save_pretrained(tmp_path / name)
    script = Path(__file__).parent / "peer_outputs.py"
    done = subprocess.run(
        [PEER, script, tmp_path, CORPUS], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found) == set(names)
    for name, difference in found.items():
        assert isinstance(difference, float) and difference < 2e-5, (name, difference)
