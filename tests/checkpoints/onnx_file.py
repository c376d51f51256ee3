"""The weights of an ONNX file by the names that PyTorch had for them.

An ONNX file is one protobuf message. The fields that count here: a model's graph (7);
a graph's nodes (1) and initializers (5); a node's inputs (1), outputs (2), name (3)
and operation (4); a tensor's sizes (1), type (2), name (8), bytes (9), and where they
lie in another file (13). Exporters keep the names of biases, norms and tables, and lose
those of matrices: a node that multiplies by one is still called after its layer.
"""

from pathlib import Path

import numpy as np

DTYPES = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8"}
MATMULS = ("MatMul", "MatMulInteger")


def number_at(data, at):
    """A number of seven bits a byte, and the place behind it."""
    found = shift = 0
    while data[at] & 128:
        found |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
    return found | data[at] << shift, at + 1


def fields_of(message):
    """Each field's number and its value: a number, or bytes."""
    at = 0
    while at < len(message):
        key, at = number_at(message, at)
        if key & 7 == 0:
            value, at = number_at(message, at)
        else:
            size = {1: 8, 5: 4}.get(key & 7)
            if size is None:
                size, at = number_at(message, at)
            value, at = message[at : at + size], at + size
        yield key >> 3, value


def all_of(message, number):
    return [value for key, value in fields_of(message) if key == number]


def texts(message, number):
    return [bytes(value).decode() for value in all_of(message, number)]


def sizes_of(message):
    sizes = []
    for value in all_of(message, 1):
        at, packed = 0, isinstance(value, memoryview)
        sizes += [] if packed else [value]
        while packed and at < len(value):
            size, at = number_at(value, at)
            sizes.append(size)
    return sizes


def initializer(message, folder):
    dtype, sizes = np.dtype(DTYPES[all_of(message, 2)[0]]), sizes_of(message)
    places = all_of(message, 13)
    if not places:
        inside = [all_of(message, 9), all_of(message, 4), all_of(message, 5)]
        if not inside[0] and inside[2]:  # a zero point, as a number
            return np.array(number_at(inside[2][0], 0)[0]).astype(dtype)
        return np.frombuffer((inside[0] or inside[1])[0], dtype).reshape(sizes)
    said = {texts(place, 1)[0]: texts(place, 2)[0] for place in places}
    return np.memmap(
        folder / said["location"], dtype, "r", int(said["offset"]), tuple(sizes)
    )


def read_onnx(path):
    """Every weight in float32, [out, in] where it is a matrix, by PyTorch's name."""
    path = Path(path)
    (graph,) = all_of(memoryview(path.read_bytes()), 7)
    stored = {}
    for message in all_of(graph, 5):
        stored[texts(message, 8)[0]] = initializer(message, path.parent)
    found, plain = {}, {}
    for name, array in stored.items():
        if name.endswith("_quantized"):
            whole = name.removesuffix("_quantized")
            point = stored[f"{whole}_zero_point"].astype("f4")
            plain[name] = (array.astype("f4") - point) * stored[f"{whole}_scale"]
            found[whole] = plain[name]
        elif array.dtype == np.float32:
            found[name] = plain[name] = array
    for node in all_of(graph, 1):
        inputs, (operation,) = texts(node, 1), texts(node, 4)
        if operation == "DequantizeLinear" and inputs[0] in stored:
            array, scale, point = (stored[name] for name in inputs)
            (output,) = texts(node, 2)
            plain[output] = (array.astype("f4") - point.astype("f4")) * scale
            found[output.removesuffix("_DequantizeLinear_Output")] = plain[output]
        if operation in MATMULS and inputs[1] in plain:
            name = texts(node, 3)[0].strip("/").removesuffix("_quant")
            name = name.removesuffix("/MatMul").replace("/", ".")
            found[f"{name}.weight"] = plain[inputs[1]].T
    return found
