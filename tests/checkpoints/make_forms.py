"""Writes tests/checkpoints/forms: checkpoints of the corpus as PyTorch saves them.

    pip install torch==2.13.0 safetensors
    python tests/checkpoints/make_forms.py

Each folder is named after a form, and holds weights of the folder of the corpus that
`source` names; tests put that folder's config.json beside them. The folders without
`source` carry their own config.json and expected.npz: h5_* were made once by the
TensorFlow classes of transformers 4.57.6 (with tf_keras 2.21), which was the last to
have them, and t5_v1_1_saved_by_5 by transformers 5.24.
"""

import json
import shutil
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import load_file

HERE = Path(__file__).parent
BERT, GPT2 = "BertForMaskedLM", "GPT2LMHeadModel"


def of(source):
    return load_file(HERE / "corpus" / source / "model.safetensors")


def write(form, source, state, file="pytorch_model.bin", **options):
    folder = HERE / "forms" / form
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source").write_text(source)
    torch.save(state, folder / file, **options)
    return folder


def shards():
    names = sorted(of(BERT))
    parts = [names[n::3] for n in range(3)]
    files = [f"pytorch_model-{n + 1:05}-of-00003.bin" for n in range(3)]
    for part, file in zip(parts, files):
        folder = write("sharded", BERT, {n: of(BERT)[n] for n in part}, file)
    index = {n: file for part, file in zip(parts, files) for n in part}
    path = folder / "pytorch_model.bin.index.json"
    path.write_text(json.dumps({"metadata": {}, "weight_map": index}))


def of_2018():
    """gamma and beta, a buffer, and the heads of pretraining."""
    state = OrderedDict()
    for name, tensor in of("BertForPreTraining").items():
        for new, old in (("LayerNorm.weight", "gamma"), ("LayerNorm.bias", "beta")):
            name = name.replace(new, f"LayerNorm.{old}")
        state[name] = tensor
    state["bert.embeddings.position_ids"] = torch.arange(24)[None]
    return state


def as_views():
    """Transposed, sliced from one storage, and one storage for two names."""
    state = OrderedDict(
        (
            name,
            tensor.t().contiguous().t()
            if tensor.ndim == 2
            else torch.cat([torch.zeros(3), tensor])[3:],
        )
        for name, tensor in of(GPT2).items()
    )
    state["lm_head.weight"] = state["transformer.wte.weight"]
    return state


def main():
    for source in (HERE / "forms").glob("*/source"):
        shutil.rmtree(source.parent)
    shards()
    for name in ("float16", "bfloat16"):
        dtype = getattr(torch, name)
        write(name, BERT, {n: t.to(dtype) for n, t in of(BERT).items()})
    old = of_2018()
    write("names_of_2018", "BertForPreTraining", old)
    write(
        "before_zip",
        "BertForPreTraining",
        old,
        _use_new_zipfile_serialization=False,
    )
    body = {f"bert.{name}": tensor for name, tensor in of("BertModel").items()}
    more = {n: t for n, t in of("BertForPreTraining").items() if n.startswith("cls.")}
    write("body_with_heads_beside", "BertModel", {**body, **more})
    bare = {n.removeprefix("transformer."): t for n, t in of(GPT2).items()}
    for n in range(2):
        mask = torch.tril(torch.ones(24, 24, dtype=torch.uint8))
        bare |= {f"h.{n}.attn.bias": mask[None, None]}
        bare |= {f"h.{n}.attn.masked_bias": torch.tensor(-1e4)}
    write("head_from_a_bare_file", GPT2, bare)
    write("views", GPT2, as_views())
    parameters = {n: torch.nn.Parameter(t) for n, t in of(GPT2).items()}
    whole = {"epoch": None, "state_dict": OrderedDict(parameters)}
    write("parameters_in_a_state_dict", GPT2, whole)
    t5 = "T5ForConditionalGeneration"
    cross = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"
    more = {"lm_head.weight": of(t5)["shared.weight"], cross: torch.randn(8, 4)}
    write("t5_as_published", t5, {**of(t5), **more})
    bart = "BartForConditionalGeneration"
    state = {n: t for n, t in of(bart).items() if n != "final_logits_bias"}
    state |= {f"model.{side}.version": torch.ones(1) for side in ("encoder", "decoder")}
    write("bart_as_published", bart, state)


if __name__ == "__main__":
    main()
