"""GGUF files of Llama, written by the format's own package from published weights."""

import contextlib
import sys

import numpy as np
import pytest

from tests.checkpoints.outputs import CORPUS, TOLERANCE, arrays_of, configuration, pairs
from transformer_tf import CausalLM, Decoder, from_pretrained
from transformer_tf.checkpoints import DamagedFile, read_safetensors
from transformer_tf.checkpoints.gguf import NAMES

gguf = pytest.importorskip("gguf")
# Published name, without the prefix -> that of llama.cpp.
BACK = {published: name for name, published in NAMES.items()}


def interleaved(rows, heads):
    """[heads * width, dim]: llama.cpp's order of the rows of a query or a key."""
    halves = rows.reshape(heads, 2, -1, rows.shape[-1])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def write(path, name="LlamaForCausalLM", kind=None, says_base=True, **changes):
    """A GGUF file of a folder's model; `changes` are entries of its own, None none."""
    config = configuration(CORPUS / name)
    entries = {
        "embedding_length": config["hidden_size"],
        "feed_forward_length": config["intermediate_size"],
        "block_count": config["num_hidden_layers"],
        "attention.head_count": config["num_attention_heads"],
        "attention.head_count_kv": config["num_key_value_heads"],
        "context_length": config["max_position_embeddings"],
        **changes,
    }
    writer = gguf.GGUFWriter(path, changes.pop("architecture", "llama"))
    for key, value in entries.items():
        if key != "architecture" and value is not None:
            add = writer.add_string if isinstance(value, str) else writer.add_uint32
            add(f"llama.{key}", value)
    epsilon = config["rms_norm_eps"]
    writer.add_float32("llama.attention.layer_norm_rms_epsilon", epsilon)
    if says_base:
        base = config["rope_parameters"]["rope_theta"]
        writer.add_float32("llama.rope.freq_base", base)
    writer.add_tokenizer_model("gpt2")
    tokens = [chr(0x100 + n) for n in range(config["vocab_size"])]
    tokens[-1] = tokens[0] + tokens[1]
    writer.add_token_list(tokens)
    writer.add_token_merges([f"{tokens[0]} {tokens[1]}"])
    writer.add_eos_token_id(7)
    for published, tensor in read_safetensors(
        CORPUS / name / "model.safetensors"
    ).items():
        published, array = published.removeprefix("model."), np.array(tensor.numpy())
        for part, count in (("q_proj", "num_attention_heads"), ("k_proj", "_")):
            if part in published:
                array = interleaved(array, config.get(count) or 2)
        numbers = [part for part in published.split(".") if part.isdigit()]
        pattern = (
            published.replace(f".{numbers[0]}.", ".{n}.") if numbers else published
        )
        own = BACK[pattern].replace("{n}", "".join(numbers))
        if kind is not None and array.ndim == 2 and array.shape[1] % 32 == 0:
            data = gguf.quantize(array, kind)
            writer.add_tensor(own, data, raw_dtype=kind)
        else:
            writer.add_tensor(own, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("name", ["LlamaForCausalLM", "llama_untied"])
def test_the_same_numbers_as_the_folder(tmp_path, name):
    model = from_pretrained(write(tmp_path / "model.gguf", name))
    assert type(model) is CausalLM
    assert model.checkpoint.new == model.checkpoint.unused == ()
    for ours, expected in pairs(model, arrays_of(CORPUS / name)):
        np.testing.assert_allclose(ours, expected, atol=TOLERANCE, rtol=0)
    assert model.generation_config.stop_ids == (7,)
    assert len(model.tokenizer) == 61


def test_the_base_of_the_rotations_is_llama_s_unless_the_file_says_another(tmp_path):
    model = from_pretrained(write(tmp_path / "model.gguf", says_base=False))
    assert model.body.config.rotary_base == 10_000


def test_quantized_weights_are_near(tmp_path):
    kind = gguf.GGMLQuantizationType.Q8_0
    model = Decoder.from_pretrained(write(tmp_path / "model.gguf", "LlamaModel", kind))
    for ours, expected in pairs(model, arrays_of(CORPUS / "LlamaModel")):
        wrong = np.abs(ours - expected)
        assert wrong.max() > 1e-4 and wrong.mean() < 0.02


def test_saved_it_is_a_folder_like_any(tmp_path):
    model = from_pretrained(write(tmp_path / "model.gguf"))
    model.save_pretrained(tmp_path / "out")
    other = from_pretrained(tmp_path / "out")
    for ours, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert len(other.tokenizer) == len(model.tokenizer) == 61


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"architecture": "qwen2"}, "architecture 'qwen2'; llama is supported"),
        ({"block_count": None}, "does not say llama.block_count"),
        ({"rope.scaling.type": "yarn"}, "scales its positions"),
        ({"feed_forward_length": 40}, "look at intermediate_size"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        from_pretrained(write(tmp_path / "model.gguf", **changes))


def test_damaged_files_are_refused(tmp_path):
    """Cut short anywhere, or with bytes changed: an error of the file, or none."""
    whole = write(tmp_path / "model.gguf").read_bytes()
    path = tmp_path / "damaged.gguf"
    generator = np.random.default_rng(0)
    for length in (0, 1, 9, 100, 700, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(DamagedFile):
            from_pretrained(path)
    for _ in range(60):
        damaged = bytearray(whole)
        for place in generator.integers(0, 2500, 3):
            damaged[place] = generator.integers(0, 256)
        path.write_bytes(bytes(damaged))
        with contextlib.suppress(ValueError, TypeError):
            from_pretrained(path)


def test_without_the_package(tmp_path, monkeypatch):
    path = write(tmp_path / "model.gguf")
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(ImportError, match=r"pip install 'transformer-tf\[gguf\]'"):
        from_pretrained(path)
