"""checkpoints.safetensors: a header in JSON, and the arrays behind it."""

import json
import struct

import ml_dtypes
import numpy as np

from course.checks.checkpoints.samples import SAFETENSORS, UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.codec import Array
from course.pieces import read_bfloat16, read_safetensors

exercise = Exercise(
    "checkpoints.safetensors",
    unit=UNIT,
    answer="read_safetensors",
    reference=read_safetensors,
    parts={"tensors": 3, "bfloat16": 1, "dtypes": 1, "metadata": 1},
    returns={"tensors": ()},
    forbidden=(
        "course.pieces.read_safetensors",
        "transformer_tf.checkpoints.read_weights",
        "transformer_tf.checkpoints.safetensors.read_safetensors",
    ),
    stands_on=("course.pieces",),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=15,
    paper=SAFETENSORS,
)

KINDS = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype(ml_dtypes.bfloat16),
    "I64": np.dtype("<i8"),
    "U8": np.dtype("u1"),
}


def _file(rng, tensors, metadata=None, shuffled=False, blanks=0):
    """The bytes of a file.

    Args:
        tensors: {name: (dtype, shape)}; the numbers lie in this order.
        metadata: {name: text}, or None.
        shuffled: Whether the header names the tensors in another order.
        blanks: How many blanks fill the header up.
    """
    entries, data = {}, b""
    for name, (kind, shape) in tensors.items():
        values = 20 * rng.normal(size=shape)
        if kind == "U8":
            values = np.abs(values)
        if kind == "I64":  # more digits than a float32 has
            values = rng.integers(2**30, 2**50, size=shape)
        part = np.asarray(values).astype(KINDS[kind]).tobytes()
        ends = [len(data), len(data) + len(part)]
        entries[name] = {"dtype": kind, "shape": list(shape), "data_offsets": ends}
        data += part
    if shuffled:
        entries = {name: entries[name] for name in reversed(entries)}
    header = {} if metadata is None else {"__metadata__": metadata}
    text = (json.dumps(header | entries) + " " * blanks).encode()
    return struct.pack("<Q", len(text)) + text + data


@exercise.probe(part="tensors")
def two_matrices(rng):
    return Call(_file(rng, {"a.weight": ("F32", (3, 4)), "a.bias": ("F32", (4,))}))


@exercise.probe(part="tensors")
def header_in_another_order(rng):
    tensors = {n: ("F32", s) for n, s in (("b", (2, 3)), ("a", (5,)), ("c", (1, 2, 3)))}
    return Call(_file(rng, tensors, shuffled=True, blanks=5))


@exercise.probe(part="tensors")
def several_dtypes(rng):
    tensors = {"h": ("F16", (2, 3)), "i": ("I64", (3,)), "w": ("F32", (3, 2))}
    return Call(_file(rng, tensors))


@exercise.probe(part="tensors")
def one_number_and_none(rng):
    """A scalar has the shape [], and a tensor may be empty."""
    tensors = {"s": ("F32", ()), "e": ("F32", (0, 3)), "w": ("F32", (2,))}
    return Call(_file(rng, tensors))


@exercise.probe(part="bfloat16")
def half_of_float32(rng):
    return Call(_file(rng, {"b": ("BF16", (3, 2)), "w": ("F32", (2,))}))


@exercise.property(part="dtypes")
def dtypes_are_those_of_the_file(rng):
    """Values alone do not tell float16 from float32."""
    tensors = {kind: (kind, (2, 3)) for kind in KINDS}
    (reply,) = yield [Call(_file(rng, tensors))]
    found = reply.output
    if not isinstance(found, dict) or found.keys() != tensors.keys():
        return False
    wanted = {name: str(dtype) for name, dtype in KINDS.items()} | {"BF16": "float32"}
    return all(
        isinstance(found[name], Array) and found[name].dtype == wanted[name]
        for name in wanted
    )


@exercise.probe(part="metadata")
def with_metadata(rng):
    tensors = {"w": ("F32", (2, 2))}
    return Call(_file(rng, tensors, metadata={"format": "pt"}))


@exercise.promise(
    part="tensors",
    count=Sizes(0, 5),
    kind=OneOf(*KINDS),
    axes=OneOf(0, 1, 2, 3),
    shuffled=OneOf(False, True),
    metadata=OneOf(None, "pt"),
    blanks=Sizes(0, 9),
)
def any_file(rng, count, kind, axes, shuffled, metadata, blanks):
    """Tensors of one dtype or of all: the first one decides."""
    kinds = [kind, *rng.choice(list(KINDS), size=5)]
    tensors = {
        f"layer.{n}.weight": (kinds[n], tuple(rng.integers(0, 4, size=axes).tolist()))
        for n in range(count)
    }
    made = None if metadata is None else {"format": metadata}
    return Call(_file(rng, tensors, made, shuffled, blanks))


@exercise.promise(part="tensors", shuffled=OneOf(False, True))
def a_single_byte(rng, shuffled):
    """Borders at 0, 1 and 3."""
    return Call(_file(rng, {"a": ("U8", (1,)), "b": ("U8", (2,))}, None, shuffled))


PLAIN = {name: dtype for name, dtype in KINDS.items() if name != "BF16"}


def _numbers(part, kind):
    if kind == "BF16":
        return read_bfloat16(part)
    return np.frombuffer(part, PLAIN[kind])


def _read(
    data,
    origin=lambda length: 8 + length,
    numbers=_numbers,
    shaped=lambda values, shape: values.reshape(shape),
):
    """A file read with one step changed."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    found = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        first, last = (origin(length) + place for place in entry["data_offsets"])
        found[name] = shaped(numbers(data[first:last], entry["dtype"]), entry["shape"])
    return found


@exercise.misconception
def offsets_from_the_beginning(data):
    return _read(data, origin=lambda length: 0)


@exercise.misconception
def offsets_from_the_header_s_begin(data):
    return _read(data, origin=lambda length: 8)


@exercise.misconception
def first_eight_bytes_forgotten(data):
    return _read(data, origin=lambda length: length)


@exercise.misconception
def bfloat16_taken_for_float16(data):
    def numbers(part, kind):
        return np.frombuffer(part, "<f2" if kind == "BF16" else PLAIN[kind])

    return _read(data, numbers=numbers)


@exercise.misconception
def bfloat16_bits_as_numbers(data):
    def numbers(part, kind):
        if kind == "BF16":
            return np.frombuffer(part, "<u2").astype("float32")
        return np.frombuffer(part, PLAIN[kind])

    return _read(data, numbers=numbers)


@exercise.misconception
def highest_byte_first(data):
    def numbers(part, kind):
        if kind == "BF16":
            return (np.frombuffer(part, ">u2").astype("uint32") << 16).view("float32")
        return np.frombuffer(part, PLAIN[kind].newbyteorder(">"))

    return _read(data, numbers=numbers)


@exercise.misconception
def columns_first(data):
    return _read(data, shaped=lambda values, shape: values.reshape(shape, order="F"))


@exercise.misconception
def shape_forgotten(data):
    return _read(data, shaped=lambda values, shape: values)


@exercise.misconception
def metadata_kept_as_an_entry(data):
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    about = {name: header[name] for name in ("__metadata__",) if name in header}
    return {**_read(data), **about}


@exercise.misconception
def everything_float32(data):
    def numbers(part, kind):
        return _numbers(part, kind).astype("float32")

    return _read(data, numbers=numbers)


@exercise.misconception
def one_behind_the_other(data):
    """The offsets ignored: each tensor begins where the one named before it ended."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    found, place = {}, 8 + length
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        part = data[place : place + last - first]
        found[name] = _numbers(part, entry["dtype"]).reshape(entry["shape"])
        place += last - first
    return found


@exercise.misconception
def last_byte_left_out(data):
    """`data[first : last - 1]`, as if the end were the last byte itself."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    found = {}
    for name, entry in header.items():
        if name != "__metadata__":
            first, last = (8 + length + place for place in entry["data_offsets"])
            size = 2 if entry["dtype"] == "BF16" else PLAIN[entry["dtype"]].itemsize
            part = data[first : max(first, last - 1)]
            found[name] = _numbers(part[: len(part) // size * size], entry["dtype"])
    return found


@exercise.alternative
def with_struct(data):
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length].decode())
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {
        name: _numbers(body[slice(*entry["data_offsets"])], entry["dtype"]).reshape(
            entry["shape"]
        )
        for name, entry in header.items()
    }


@exercise.alternative
def with_a_memoryview(data):
    view = memoryview(data)
    length = int(np.frombuffer(view[:8], "<u8")[0])
    found = {}
    for name, entry in json.loads(bytes(view[8 : 8 + length])).items():
        if not name.startswith("__"):
            first, last = entry["data_offsets"]
            part = view[8 + length :][first:last]
            found[name] = _numbers(part, entry["dtype"]).reshape(entry["shape"])
    return found


@exercise.alternative
def with_counts_and_offsets(data):
    """`frombuffer` told where to begin and how many numbers to read."""
    length = int.from_bytes(data[:8], "little")
    found = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name == "__metadata__":
            continue
        dtype = KINDS[entry["dtype"]]
        count = int(np.prod(entry["shape"], dtype="int64"))
        begin = 8 + length + entry["data_offsets"][0]
        if count:
            values = np.frombuffer(data, dtype, count=count, offset=begin)
        else:
            values = np.zeros(0, dtype)
        if entry["dtype"] == "BF16":
            values = values.astype("float32")
        found[name] = values.reshape(entry["shape"])
    return found


@exercise.alternative
def by_ml_dtypes(data):
    def numbers(part, kind):
        values = np.frombuffer(part, KINDS[kind])
        return values.astype("float32") if kind == "BF16" else values.copy()

    return _read(data, numbers=numbers)


@exercise.alternative
def with_an_ndarray(data):
    length = struct.unpack("<Q", data[:8])[0]
    found = {}
    for name, entry in json.loads(data[8 : length + 8]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            part = data[length + 8 + begin : length + 8 + end]
            array = np.ndarray(entry["shape"], KINDS[entry["dtype"]], bytearray(part))
            found[name] = array.astype("f4") if entry["dtype"] == "BF16" else array
    return found


@exercise.alternative
def four_bytes_of_length(data):
    """No header is longer than four bytes can say: right for every real file."""
    length = struct.unpack("<I", data[:4])[0]
    header = json.loads(data[8 : 8 + length].strip())
    names = sorted(name for name in header if name != "__metadata__")
    found = {}
    for name in names:
        begin, end = (8 + length + place for place in header[name]["data_offsets"])
        values = _numbers(data[begin:end], header[name]["dtype"])
        found[name] = np.reshape(values, header[name]["shape"])
    return found
