"""Writes tests/checkpoints/corpus_with_memory, as `make_corpus.py` the other one.

    pip install torch==2.13.0 transformers==4.57.6
    python tests/checkpoints/make_transformer_xl_corpus.py

That is the last release that has the family. Two segments are read, the second behind
the memory of the first.
"""

import shutil

import numpy as np
import torch
import transformers
from make_corpus import FOLDER, VOCABULARY, scatter
from safetensors.torch import save_file

# The family calls `x.type_as(dtype=...)`, which torch refuses; meant is `x.to(dtype)`.
_type_as = torch.Tensor.type_as
torch.Tensor.type_as = lambda self, other=None, dtype=None: (
    _type_as(self, other) if dtype is None else self.to(dtype)
)

_SIZES = {
    "vocab_size": VOCABULARY,
    "cutoffs": [11, 24],
    "d_model": 20,
    "d_embed": 20,
    "n_head": 4,
    "d_head": 6,
    "d_inner": 36,
    "div_val": 2,
    "n_layer": 2,
    "mem_len": 5,
    "clamp_len": 9,
    "eos_token_id": 2,
}
ROWS = (
    ("TransfoXLModel", "TransfoXLModel", _SIZES),
    ("TransfoXLLMHeadModel", "TransfoXLLMHeadModel", _SIZES),
    (
        "transfo_xl_one_table",
        "TransfoXLLMHeadModel",
        {**_SIZES, "div_val": 1, "d_embed": 12, "same_length": False},
    ),
    (
        "transfo_xl_no_memory",
        "TransfoXLLMHeadModel",
        {
            **_SIZES,
            **{"mem_len": 0, "same_length": False, "clamp_len": -1},
            **{"untie_r": False, "pre_lnorm": True},
        },
    ),
    (
        "TransfoXLForSequenceClassification",
        "TransfoXLForSequenceClassification",
        {**_SIZES, "num_labels": 5, "pad_token_id": 1},
    ),
)


def make(folder, kind, arguments, seed):
    shutil.rmtree(folder, ignore_errors=True)
    generator = np.random.default_rng(seed)
    model = getattr(transformers, kind)(transformers.TransfoXLConfig(**arguments))
    scatter(model, generator)
    model.config.architectures = [kind]
    model.config.save_pretrained(folder)
    state = model.state_dict()
    first = {tensor.data_ptr(): name for name, tensor in reversed(state.items())}
    own = {n: t.clone() for n, t in state.items() if first[t.data_ptr()] == n}
    save_file(own, folder / "model.safetensors", {"format": "pt"})
    model.eval()
    arrays, memory = {}, None
    for prefix, length in (("", 7), ("second_", 4)):
        ids = generator.integers(4, VOCABULARY, (3, length))
        with torch.no_grad():
            output = model(torch.tensor(ids), mems=memory, return_dict=True)
        memory = output.mems
        arrays[f"in_{prefix}input_ids"] = ids
        for name in ("last_hidden_state", "prediction_scores", "logits"):
            # Not by attribute: the language model's scores are a property too.
            if name in dict(output) and output[name] is not None:
                arrays[f"out_{prefix}{name}"] = output[name].numpy()
    np.savez_compressed(folder / "expected.npz", **arrays)


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    for seed, (name, kind, arguments) in enumerate(ROWS):
        make(FOLDER.with_name("corpus_with_memory") / name, kind, arguments, seed)
        print(name, flush=True)
