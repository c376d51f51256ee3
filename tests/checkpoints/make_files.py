"""Writes tests/checkpoints/files: state dictionaries as PyTorch itself saves them.

    pip install torch==2.13.0 numpy safetensors
    python tests/checkpoints/make_files.py

Every file holds the same numbers where it can; `expected.npz` has them from PyTorch.
"""

import collections
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent / "files"


def state():
    """Tensors of every kind that published files hold, all of different shapes."""
    generator = torch.Generator().manual_seed(3)
    table = torch.randn(7, 5, generator=generator)
    storage = torch.randn(40, generator=generator)
    return collections.OrderedDict(
        table=table,
        tied=table,  # the same storage a second time
        transposed=torch.randn(3, 4, generator=generator).t(),
        sliced=storage[11:17],
        strided=storage.view(8, 5)[1::3, ::2],
        scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3),
        half=torch.randn(2, 3, generator=generator).half(),
        brain=torch.randn(3, 2, generator=generator).bfloat16(),
        double=torch.randn(2, generator=generator).double(),
        ids=torch.arange(6).reshape(1, 6),
        short=torch.arange(-2, 2).short(),
        bytes=torch.arange(5).byte(),
        mask=torch.tensor([[True, False, True]]),
    )


def main():
    HERE.mkdir(exist_ok=True)
    tensors = state()
    numbers = {
        name: (t.float() if t.dtype == torch.bfloat16 else t).contiguous().numpy()
        for name, t in tensors.items()
    }
    np.savez_compressed(HERE / "expected.npz", **numbers)
    torch.save(tensors, HERE / "zip.bin")
    torch.save(tensors, HERE / "row.bin", _use_new_zipfile_serialization=False)
    torch.save(tensors, HERE / "protocol_4.bin", pickle_protocol=4)
    parameters = {
        name: torch.nn.Parameter(tensor, requires_grad=tensor.is_floating_point())
        for name, tensor in tensors.items()
    }
    torch.save({"epoch": 3, "state_dict": parameters}, HERE / "parameters.bin")
    torch.save(torch.nn.Linear(2, 3), HERE / "module.bin")
    whole = {name: t.clone().contiguous() for name, t in tensors.items()}
    save_file(whole, HERE / "model.safetensors", {"format": "pt"})


if __name__ == "__main__":
    main()
