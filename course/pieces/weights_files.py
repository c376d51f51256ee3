"""Reading the files of a checkpoint, as functions (unit 11)."""

import json
import re

import numpy as np

from course.pieces.half_precision import read_bfloat16 as widen


def read_safetensors(data):
    """Every tensor of a safetensors file.

    Args:
        data: bytes: the whole file. Eight bytes, the lowest first, say how long the
            header is; then comes the header in JSON, and behind it the numbers. By
            name, the header has the `dtype`, the `shape` and the `data_offsets` of
            each tensor: [begin, end] counted from the end of the header. What stands
            under "__metadata__" is no tensor.

    Returns:
        {name: array}: BF16 becomes float32, every other dtype stays what it is.
    """
    dtypes = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "U8": "u1"}
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        first, last = entry["data_offsets"]
        part = data[begin + first : begin + last]
        if entry["dtype"] == "BF16":
            numbers = widen(part)
        else:
            numbers = np.frombuffer(part, dtypes[entry["dtype"]])
        tensors[name] = numbers.reshape(entry["shape"])
    return tensors


def rename(names, rules):
    """Translates the names of a file into names of ours, by patterns.

    Args:
        names: List of names: each a string, such as "layer.0.output.dense.weight".
        rules: List of [pattern, new]: a regular expression that must match the
            *whole* name, and the new name, in which \\1 is what the first pair of
            brackets matched. Of several rules that match, the first one counts.

    Returns:
        renamed: {name: new name}, of the names that a rule matches.
        left: List of the others, in their order.
    """
    renamed, left = {}, []
    for name in names:
        for pattern, new in rules:
            match = re.fullmatch(pattern, name)
            if match:
                renamed[name] = match.expand(new)
                break
        else:
            left.append(name)
    return renamed, left


def report(wanted, found, tied):
    """What does not fit between a model and a file of weights.

    Args:
        wanted: {name: shape}: what the model needs; a shape is a list of integers.
        found: {name: shape}: what the file has, under the same names.
        tied: {name: home}: weights of the model that are one and the same as another;
            a file may leave them out if their home is there.

    Returns:
        missing: List of names that the model needs and the file has not, sorted.
        unexpected: List of names that the file has and the model does not need,
            sorted.
        misshapen: List of names that both have, in two different shapes, sorted. A
            tied weight that is left out has its home's shape.
    """
    have = dict(found)
    for name, home in tied.items():
        if name in wanted and name not in found and home in found:
            have[name] = found[home]
    missing = sorted(name for name in wanted if name not in have)
    unexpected = sorted(name for name in have if name not in wanted)
    both = (name for name in wanted if name in have)
    misshapen = sorted(n for n in both if list(wanted[n]) != list(have[n]))
    return missing, unexpected, misshapen
