"""GGUF, the files of llama.cpp: Llama's weights, often quantized, in one file.

The package `gguf` (an extra) reads the tensors and dequantizes them. What the file says
of the model becomes the config.json that its family would have.
"""

from __future__ import annotations

import importlib
import os
import re
from typing import Any

import numpy as np

from transformer_tf.checkpoints.mapped_file import map_file
from transformer_tf.checkpoints.stored_tensor import DamagedFile, StoredTensor
from transformer_tf.text.families.gguf import read_metadata

# Its own names of Llama's weights -> the published ones; {n} is a layer's number.
NAMES = {
    "token_embd.weight": "embed_tokens.weight",
    "output_norm.weight": "norm.weight",
    "output.weight": "lm_head.weight",
    "blk.{n}.attn_norm.weight": "layers.{n}.input_layernorm.weight",
    "blk.{n}.attn_q.weight": "layers.{n}.self_attn.q_proj.weight",
    "blk.{n}.attn_k.weight": "layers.{n}.self_attn.k_proj.weight",
    "blk.{n}.attn_v.weight": "layers.{n}.self_attn.v_proj.weight",
    "blk.{n}.attn_output.weight": "layers.{n}.self_attn.o_proj.weight",
    "blk.{n}.ffn_norm.weight": "layers.{n}.post_attention_layernorm.weight",
    "blk.{n}.ffn_gate.weight": "layers.{n}.mlp.gate_proj.weight",
    "blk.{n}.ffn_up.weight": "layers.{n}.mlp.up_proj.weight",
    "blk.{n}.ffn_down.weight": "layers.{n}.mlp.down_proj.weight",
}
_SIZES = {
    "hidden_size": "embedding_length",
    "intermediate_size": "feed_forward_length",
    "num_hidden_layers": "block_count",
    "num_attention_heads": "attention.head_count",
    "max_position_embeddings": "context_length",
    "rms_norm_eps": "attention.layer_norm_rms_epsilon",
}
_IDS = {
    "bos_token_id": "bos_token_id",
    "eos_token_id": "eos_token_id",
    "pad_token_id": "padding_token_id",
}


def read_gguf(
    path: str | os.PathLike[str],
) -> tuple[dict[str, Any], dict[str, StoredTensor]]:
    """What a GGUF file of Llama's architecture holds.

    Returns:
        config: What a config.json would say.
        tensors: Every tensor by its published name, dequantized when it is read.

    Raises:
        DamagedFile: The file is damaged or cut short.
        ValueError: It is of another architecture, or scales its positions.
        ImportError: The extra `gguf` is not installed.
    """
    map_file(path)  # says what an empty file is, or one of Git LFS
    try:
        values = read_metadata(path)
    except ValueError as error:
        raise DamagedFile(path, str(error)) from None
    kind = values.get("general.architecture")
    if kind != "llama":
        raise ValueError(f"{path} is of architecture {kind!r}; llama is supported")
    if values.get("llama.rope.scaling.type", "none") != "none":
        raise ValueError(
            f"{path} scales its positions ({values['llama.rope.scaling.type']}), which "
            "is supported in folders with a config.json alone"
        )
    package = _package(path)
    try:
        stored = {tensor.name: tensor for tensor in package.GGUFReader(path).tensors}
    except Exception as error:  # of whatever kind the package meets
        cause = f"{type(error).__name__}: {error!s:.100}"
        raise DamagedFile(path, f"its tensors cannot be read ({cause})") from None
    config = _config(path, values, stored)
    tensors = {}
    for name, tensor in stored.items():
        published, heads = _published_name(name, config)
        shape = tuple(int(size) for size in reversed(tensor.shape))
        view = _Dequantized(package, tensor, shape, heads)
        tensors[published] = StoredTensor(shape, np.dtype("<f4"), view)
    return config, tensors


class _Dequantized:
    """Dequantizes one tensor when it is called.

    llama.cpp rotates neighbouring features, Llama the halves of a head: it keeps the
    rows of each head's query and key interleaved, and here they are put back.
    """

    def __init__(self, package, tensor, shape, heads):
        self.package, self.tensor = package, tensor
        self.shape, self.heads = shape, heads

    def __call__(self) -> np.ndarray:
        data, kind = self.tensor.data, self.tensor.tensor_type
        array = self.package.dequantize(data, kind).reshape(self.shape)
        if self.heads:
            rows = array.reshape(self.heads, -1, 2, self.shape[-1])
            array = rows.swapaxes(1, 2).reshape(self.shape)
        return array


def _config(path, values, stored) -> dict[str, Any]:
    found: dict[str, Any] = {"model_type": "llama", "hidden_act": "silu"}
    for key, name in _SIZES.items():
        if f"llama.{name}" not in values:
            raise DamagedFile(path, f"it does not say llama.{name}")
        found[key] = values[f"llama.{name}"]
    if "token_embd.weight" not in stored:
        raise DamagedFile(path, "it has no token_embd.weight")
    heads = found["num_attention_heads"]
    found |= {
        "architectures": ["LlamaForCausalLM"],
        "vocab_size": int(stored["token_embd.weight"].shape[1]),
        "num_key_value_heads": values.get("llama.attention.head_count_kv", heads),
        "tie_word_embeddings": "output.weight" not in stored,
    }
    if "llama.rope.freq_base" in values:
        found["rope_theta"] = float(values["llama.rope.freq_base"])
    if "llama.attention.key_length" in values:
        found["head_dim"] = values["llama.attention.key_length"]
    for key, name in _IDS.items():
        if f"tokenizer.ggml.{name}" in values:
            found[key] = values[f"tokenizer.ggml.{name}"]
    return found


def _published_name(name: str, config) -> tuple[str, int]:
    """The published name of a tensor, and the number of its interleaved heads."""
    numbered = re.sub(r"^blk\.(\d+)\.", "blk.{n}.", name)
    if numbered not in NAMES:
        return name, 0  # reported as unused
    number = re.findall(r"^blk\.(\d+)\.", name)
    heads = {"attn_q": "num_attention_heads", "attn_k": "num_key_value_heads"}
    count = config[heads[part]] if (part := numbered.split(".")[-2]) in heads else 0
    return NAMES[numbered].replace("{n}", "".join(number)), count


def _package(path) -> Any:
    try:
        return importlib.import_module("gguf")
    except ImportError:
        raise ImportError(
            f"{path} is a GGUF file; to read it install the extra: "
            "pip install 'transformer-tf[gguf]'"
        ) from None
