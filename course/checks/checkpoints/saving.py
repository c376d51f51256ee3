"""checkpoints.save: weights laid out so that other programs can read them."""

import numpy as np

from course.checks.checkpoints.samples import SAFETENSORS, UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.codec import Array


def lay_out(weights, tied, out_first):
    """Lays weights out as a safetensors file has them: its header and its numbers.

    Args:
        weights: {name: array} of floats in any dtype.
        tied: {name: home}: weights that are one and the same as another; they are left
            out of the file if their home is in it.
        out_first: List of the names of kernels, [in, out] here, that the file has
            [out, in].

    Returns:
        header: {name: entry}, an entry {"dtype": "F32", "shape": [...],
            "data_offsets": [begin, end]}; and under "__metadata__" {"format": "pt"},
            by which readers know whose layout it is.
        data: bytes: the numbers as float32, the lowest byte first, row by row, the
            weights in the order of their names, one behind the other without a gap.
    """
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(weights):
        if name in tied and tied[name] in weights:
            continue
        array = np.asarray(weights[name])
        if name in out_first:
            array = array.T
        part = array.astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(part)],
        }
        data += part
    return header, data


exercise = Exercise(
    "checkpoints.save",
    unit=UNIT,
    answer="lay_out",
    reference=lay_out,
    parts={"layout": 2, "out_first": 2, "tied": 1, "dtype": 1},
    returns={"header": (), "data": ()},
    forbidden=(
        f"{__name__}.lay_out",
        "transformer_tf.checkpoints.safetensors.write_safetensors",
    ),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper=SAFETENSORS,
)


def _weights(rng, shapes, dtype="float32"):
    """Whole numbers: exact in every dtype."""
    return {
        name: Array(rng.integers(-99, 99, size=shape).astype(dtype), "numpy")
        for name, shape in shapes.items()
    }


@exercise.probe(part="layout")
def two_layers(rng):
    shapes = {"b.kernel": (2, 3), "a.kernel": (4, 2), "b.bias": (3,), "a.bias": (2,)}
    return Call(_weights(rng, shapes), {}, [])


@exercise.probe(part="layout")
def one_number_and_none(rng):
    return Call(_weights(rng, {"s": (), "e": (0, 4), "w": (2, 1, 3)}), {}, [])


@exercise.probe(part="out_first")
def kernels_turned(rng):
    shapes = {"a.kernel": (2, 3), "a.bias": (3,), "b.kernel": (3, 5), "table": (4, 2)}
    return Call(_weights(rng, shapes), {}, ["b.kernel", "a.kernel"])


@exercise.probe(part="out_first")
def a_square_one(rng):
    """Its shape does not tell whether it was turned."""
    return Call(_weights(rng, {"q": (3, 3), "o": (3, 3)}), {}, ["q"])


@exercise.probe(part="tied")
def head_is_the_table(rng):
    weights = _weights(rng, {"table": (4, 2), "a.bias": (3,)})
    return Call(weights | {"head": weights["table"]}, {"head": "table"}, [])


@exercise.probe(part="tied")
def home_is_elsewhere(rng):
    """Another file has the table: the head must be in this one."""
    weights = _weights(rng, {"head": (4, 2), "a.bias": (3,)})
    return Call(weights, {"head": "table"}, [])


@exercise.probe(part="dtype")
def in_double_precision(rng):
    return Call(_weights(rng, {"b": (2, 3), "a": (2,)}, "float64"), {}, ["b"])


@exercise.promise(
    part="dtype",
    dtype=OneOf("float32", "float64", "float16"),
    axes=OneOf(0, 1, 2),
    count=Sizes(0, 5),
    turned=OneOf(False, True),
    tied=OneOf(False, True),
)
def any_weights(rng, dtype, axes, count, turned, tied):
    shapes = {
        f"{letter}.weight": tuple(rng.integers(1, 5, size=axes).tolist())
        for letter in rng.permutation(list("dbaec"))[:count]
    }
    weights = _weights(rng, shapes, dtype)
    names = sorted(shapes)
    if tied and names:
        weights |= {"a.head": weights[names[-1]]}
    ties = {"a.head": names[-1]} if names else {"a.head": "nothing"}
    out_first = names if turned and axes == 2 else []
    return Call(weights, ties, out_first)


def _laid(
    weights,
    tied,
    out_first,
    left_out=lambda name, tied, weights: tied.get(name) in weights,
    turned=lambda array: (array.T.shape, array.T.tobytes()),
    numbers=lambda array: array.astype("<f4"),
    order=sorted,
    metadata=None,
    gap=0,
    code="F32",
):
    """The layout with one step changed."""
    if metadata is None:
        metadata = {"__metadata__": {"format": "pt"}}
    header, data = dict(metadata), b""
    for name in order(weights):
        if left_out(name, tied, weights):
            continue
        array = numbers(np.asarray(weights[name]))
        shape, part = array.shape, array.tobytes()
        if name in out_first:
            shape, part = turned(array)
        ends = [len(data), len(data) + len(part)]
        header[name] = {
            "dtype": code,
            "shape": list(shape),
            "data_offsets": ends,
        }
        data += part + b"\0" * gap
    return header, data


@exercise.misconception
def kernels_not_turned(weights, tied, out_first):
    return _laid(weights, tied, [])


@exercise.misconception
def every_matrix_turned(weights, tied, out_first):
    """Embedding tables are no kernels: they have one row per token everywhere."""
    names = [name for name, a in weights.items() if np.ndim(a) == 2]
    return _laid(weights, tied, names)


@exercise.misconception
def shape_turned_and_numbers_not(weights, tied, out_first):
    return _laid(weights, tied, out_first, turned=lambda a: (a.T.shape, a.tobytes()))


@exercise.misconception
def numbers_turned_and_shape_not(weights, tied, out_first):
    return _laid(weights, tied, out_first, turned=lambda a: (a.shape, a.T.tobytes()))


@exercise.misconception
def reshaped_instead_of_turned(weights, tied, out_first):
    """Columns first: the same bytes as before in the order of Fortran."""
    return _laid(
        weights, tied, out_first, turned=lambda a: (a.T.shape, a.T.tobytes("F")[::-1])
    )


@exercise.misconception
def tied_written_twice(weights, tied, out_first):
    return _laid(weights, tied, out_first, left_out=lambda *_: False)


@exercise.misconception
def tied_always_left_out(weights, tied, out_first):
    return _laid(weights, tied, out_first, left_out=lambda name, tied, _: name in tied)


@exercise.misconception
def home_left_out(weights, tied, out_first):
    """The copy is written and its home is not."""

    def left_out(name, tied, weights):
        return any(home == name and n in weights for n, home in tied.items())

    return _laid(weights, tied, out_first, left_out=left_out)


@exercise.misconception
def numbers_as_wide_as_they_were(weights, tied, out_first):
    return _laid(weights, tied, out_first, numbers=lambda a: a.astype(a.dtype))


@exercise.misconception
def highest_byte_first(weights, tied, out_first):
    return _laid(weights, tied, out_first, numbers=lambda a: a.astype(">f4"))


@exercise.misconception
def metadata_forgotten(weights, tied, out_first):
    return _laid(weights, tied, out_first, metadata={})


@exercise.misconception
def offsets_in_numbers(weights, tied, out_first):
    header, data = _laid(weights, tied, out_first)
    for name, entry in header.items():
        if name != "__metadata__":
            entry["data_offsets"] = [n // 4 for n in entry["data_offsets"]]
    return header, data


@exercise.misconception
def begin_and_length(weights, tied, out_first):
    header, data = _laid(weights, tied, out_first)
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            entry["data_offsets"] = [begin, end - begin]
    return header, data


@exercise.misconception
def each_from_its_own_beginning(weights, tied, out_first):
    header, data = _laid(weights, tied, out_first)
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            entry["data_offsets"] = [0, end - begin]
    return header, data


@exercise.misconception
def in_the_order_they_came(weights, tied, out_first):
    return _laid(weights, tied, out_first, order=list)


@exercise.alternative
def parts_joined_at_the_end(weights, tied, out_first):
    entries, parts, place = {}, [], 0
    for name, array in sorted(weights.items()):
        if tied.get(name) in weights:
            continue
        array = np.array(array, "<f4")
        array = np.transpose(array) if name in out_first else array
        parts.append(np.ascontiguousarray(array).tobytes())
        ends = [place, place + len(parts[-1])]
        place = ends[1]
        shape = [int(size) for size in array.shape]
        entries[name] = {"dtype": "F32", "shape": shape, "data_offsets": ends}
    return {**entries, "__metadata__": {"format": "pt"}}, b"".join(parts)


@exercise.alternative
def sizes_from_the_shapes(weights, tied, out_first):
    header, data = {"__metadata__": {"format": "pt"}}, bytearray()
    kept = [n for n in weights if n not in tied or tied[n] not in weights]
    for name in sorted(kept):
        array = np.asarray(weights[name], "float32")
        if name in out_first:
            array = array.swapaxes(0, 1)
        begin = len(data)
        data.extend(array.tobytes(order="C"))
        header[name] = {
            "data_offsets": (begin, begin + 4 * array.size),
            "shape": array.shape,
            "dtype": "F32",
        }
    return header, bytes(data)


@exercise.alternative
def numbers_in_one_array(weights, tied, out_first):
    kept = sorted(n for n in weights if not (n in tied and tied[n] in weights))
    arrays = {
        n: np.asarray(weights[n]).T if n in out_first else np.asarray(weights[n])
        for n in kept
    }
    flat = [np.zeros(0)] + [arrays[n].reshape(-1) for n in kept]
    ends = np.cumsum([len(part) for part in flat]) * 4
    header = {
        name: {
            "dtype": "F32",
            "shape": list(arrays[name].shape),
            "data_offsets": [int(ends[n]), int(ends[n + 1])],
        }
        for n, name in enumerate(kept)
    }
    header["__metadata__"] = {"format": "pt"}
    return header, np.concatenate(flat).astype("<f4").tobytes()


@exercise.alternative
def turned_first(weights, tied, out_first):
    ready = dict(weights)
    for name in out_first:
        ready[name] = np.asarray(ready[name]).T
    for name, home in tied.items():
        if home in weights:
            ready.pop(name, None)
    return _laid(ready, {}, [])


@exercise.alternative
def with_struct(weights, tied, out_first):
    import struct

    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(weights):
        if name in tied and tied[name] in weights:
            continue
        array = np.asarray(weights[name])
        array = array.T if name in out_first else array
        values = array.flatten().tolist()
        begin, data = len(data), data + struct.pack(f"<{len(values)}f", *values)
        header[name] = {
            "dtype": "F32",
            "shape": [*array.shape],
            "data_offsets": [begin, len(data)],
        }
    return header, data


@exercise.alternative
def by_columns(weights, tied, out_first):
    """The bytes in the order of columns are those of the turned matrix by rows."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(set(weights) - {n for n in tied if tied[n] in weights}):
        array = np.asarray(weights[name]).astype("<f4")
        turned = name in out_first
        part = array.tobytes("F" if turned else "C")
        shape = list(array.shape[::-1] if turned else array.shape)
        ends = [len(data), len(data) + len(part)]
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": ends}
        data += part
    return header, data
