"""What transformers computes from folders that we wrote: run by its own interpreter.

    python peer_outputs.py saved expected

Each folder of `saved` bears the name of one in `expected`, whose expected.npz holds
inputs and outputs. Prints one JSON object: name -> the largest difference of an output.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
import transformers

WANTED = (
    *("logits", "last_hidden_state", "pooler_output", "start_logits", "end_logits"),
    *("prediction_logits", "seq_relationship_logits", "sop_logits"),
)


def difference(saved, expected):
    """The largest difference of one model's outputs; its real tokens alone count."""
    config = json.loads((saved / "config.json").read_text())
    kind = getattr(transformers, config["architectures"][0])
    model, told = kind.from_pretrained(
        saved, output_loading_info=True, attn_implementation="eager"
    )
    strange = [*told["unexpected_keys"], *told["mismatched_keys"]]
    strange += [k for k in told["missing_keys"] if "embed_positions" not in k]
    assert not strange, strange
    arrays = np.load(expected / "expected.npz")
    inputs = {k[3:]: torch.tensor(arrays[k]) for k in arrays if k.startswith("in_")}
    inputs = {k: v for k, v in inputs.items() if not k.startswith("left_")}
    with torch.no_grad():
        output = model.eval()(**inputs)
    worst = 0.0
    for name in WANTED:
        if name in output and f"out_{name}" in arrays:
            wrong = np.abs(output[name].numpy() - arrays[f"out_{name}"])
            for mask in ("attention_mask", "decoder_attention_mask"):
                real = arrays.get(f"in_{mask}")
                if real is not None and wrong.shape[:2] == real.shape:
                    wrong = wrong[real.astype(bool)]
            worst = max(worst, float(wrong.max()))
    return worst


def main():
    transformers.logging.set_verbosity_error()
    saved, expected = map(Path, sys.argv[1:])
    found = {}
    for folder in sorted(saved.iterdir()):
        try:
            found[folder.name] = difference(folder, expected / folder.name)
        except Exception as error:
            found[folder.name] = f"{type(error).__name__}: {error}"[:300]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
