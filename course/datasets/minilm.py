"""all-MiniLM-L6-v2 as its makers published it, from an ordinary package.

The package holds the model as ONNX, with kernels [in, out] and names of the exporter.
`published_folder` writes the same numbers as the published file has them: [out, in],
under BERT's names. Source: https://arxiv.org/abs/2002.10957 and
https://www.sbert.net (Apache-2.0).
"""

import importlib.metadata
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from course import errors
from course.datasets.corpus import cache_folder
from course.datasets.onnx_file import read_onnx
from course.datasets.real_vectors import PACKAGE
from course.files import write_atomically
from transformer_tf.checkpoints.safetensors import write_safetensors
from transformer_tf.text import Tokenizer

CONFIG = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "vocab_size": 30522,
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "pad_token_id": 0,
}
LONGEST = 128  # tokens: of a longer text the model was never shown the rest

TABLES = {
    "embeddings.word_embeddings": "embeddings.word_embeddings",
    "embeddings.position_embeddings": "embeddings.position_embeddings",
    "embeddings.token_type_embeddings": "embeddings.token_type_embeddings",
    "layers.-1.embeddings_norm_layernorm": "embeddings.LayerNorm",
}
PARTS = {
    "attn.q_proj": "attention.self.query",
    "attn.k_proj": "attention.self.key",
    "attn.v_proj": "attention.self.value",
    "attn.o_proj": "attention.output.dense",
    "attention_output_norm_layernorm": "attention.output.LayerNorm",
    "mlp.fc1": "intermediate.dense",
    "mlp.fc2": "output.dense",
    "mlp_output_norm_layernorm": "output.LayerNorm",
}


def published_folder() -> Path:
    """A folder with config.json, model.safetensors and vocab.txt; made once.

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    folder = cache_folder() / "all-MiniLM-L6-v2"
    weights = folder / "model.safetensors"
    if not weights.is_file():
        path = published_file("model.onnx")
        folder.mkdir(parents=True, exist_ok=True)
        ids = tokenizer().vocabulary
        words = sorted(ids, key=ids.__getitem__)
        write_atomically(folder / "config.json", json.dumps(CONFIG, indent=2))
        write_atomically(folder / "vocab.txt", "\n".join(words) + "\n")
        write_safetensors(weights, _name_weights(read_onnx(path)), {"format": "pt"})
    return folder


def tokenizer() -> Tokenizer:
    """The published tokenizer, without padding, cut at `LONGEST` tokens."""
    found = Tokenizer.from_file(published_file("tokenizer.json"))
    found.padding = None
    return found


def reference_vectors(texts: Sequence[str]) -> np.ndarray:
    """[text, 384] float32: the vectors as another program computes them, ONNX Runtime.

    The mean of the last hidden states over the tokens of a text, divided by its length.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(published_file("model.onnx")), options)
    reader, rows = tokenizer(), []
    for text in texts:
        ids = np.array([reader.encode(text).ids], "int64")
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        (states,) = session.run(None, given | {"token_type_ids": np.zeros_like(ids)})
        mean = states[0].mean(axis=0)
        rows.append(mean / np.linalg.norm(mean))
    return np.stack(rows)


def _name_weights(constants: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights under the names of the published file, kernels [out, in]."""
    found = {}
    for name, values in constants.items():
        kind = name.rpartition(".")[2]  # weight or bias
        found[f"{_home(name)}.{kind}"] = values.T if "MatMul" in name else values
    return found


def _home(name: str) -> str:
    """model.layers.3.mlp.fc1.MatMul.weight -> encoder.layer.3.intermediate.dense."""
    for theirs, published in TABLES.items():
        if theirs in name:
            return published
    number, part = name.removeprefix("model.layers.").split(".", 1)
    published = next(PARTS[start] for start in PARTS if part.startswith(start))
    return f"encoder.layer.{number}.{published}"


def published_file(name: str) -> Path:
    """One file of the package, such as model.onnx.

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise errors.error("model_missing", package=PACKAGE) from error
    return Path(str(next(f for f in files if f.name == name).locate()))
