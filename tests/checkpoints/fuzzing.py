"""Damages files of every form, and reads them: run in a process that may die.

    python -m tests.checkpoints.fuzzing folder first count

The folder holds whole files. Number `first` and those after it each say which file is
damaged and how; a line `number read` or `number refused` follows when that is done, so
that the number that ends the process, or hangs, is known.
"""

import random
import struct
import sys
from pathlib import Path

import numpy as np

from transformer_tf.checkpoints import DamagedFile, read_pytorch, read_safetensors
from transformer_tf.checkpoints.gguf import read_gguf
from transformer_tf.checkpoints.hdf5 import read_hdf5

READERS = {
    ".safetensors": read_safetensors,
    ".bin": read_pytorch,
    ".h5": read_hdf5,
    ".gguf": lambda path: read_gguf(path)[1],
}
# Numbers at which counts and lengths go wrong.
EDGES = (0, 1, 127, 128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63)


def mutated(data, generator):
    """One of the ways in which a file goes wrong."""
    data = bytearray(data)
    for _ in range(generator.choice((1, 1, 2, 5, 30))):
        kind, at = generator.randrange(7), generator.randrange(len(data))
        if kind == 0:
            data[at] = generator.randrange(256)
        elif kind == 1:
            data[at] ^= 1 << generator.randrange(8)
        elif kind == 2 and len(data) > 16:
            del data[at : at + generator.randrange(1, 16)]
        elif kind == 3:
            data[at:at] = generator.randbytes(generator.randrange(1, 16))
        elif kind == 4 and len(data) > 16:
            del data[at:]
        elif kind == 5:
            begin = generator.randrange(len(data))
            data[at:at] = data[begin : begin + 40]
        else:
            edge = struct.pack("<Q", generator.choice(EDGES))
            size = generator.choice((1, 2, 4, 8))
            data[at : at + size] = edge[:size]
        data = data or bytearray(b"\0")
    return bytes(data)


def damage(originals, number):
    """The name of a file, and what it holds in the case of this number."""
    generator = random.Random(number)
    name = sorted(originals)[number % len(originals)]
    return name, mutated(originals[name], generator)


def read(path):
    """Whether a damaged file was read or refused; anything else is raised."""
    try:
        for tensor in READERS[path.suffix](path).values():
            array = tensor.numpy()
            assert array.shape == tensor.shape
            np.sum(array, dtype="float32")  # every number is there
    except DamagedFile as error:
        assert str(error).startswith(str(path)), error
        assert len(str(error)) < len(str(path)) + 600
        return "refused"
    except ValueError as error:  # what is whole, and of no model that is known
        assert str(error).startswith(str(path)), error
        return "refused"
    return "read"


def main(folder, first, count):
    originals = {p.name: p.read_bytes() for p in Path(folder, "whole").iterdir()}
    for number in range(first, first + count):
        name, data = damage(originals, number)
        path = Path(folder, f"{number % 8}-{name}")
        path.write_bytes(data)
        with np.errstate(all="ignore"):
            print(number, read(path), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
