"""The codec: whatever is data crosses unchanged, and nothing else crosses at all."""

import json

import ml_dtypes
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from course.examination.codec import Array, CodecError, Opaque, as_data, pack, unpack

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[]))
    | st.binary()
)
keys = st.text() | st.integers()
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(keys | st.tuples(keys, keys), inner)
    ),
    max_leaves=12,
)


def same(one, other):
    return repr(one) == repr(other)  # NaN is the same as NaN, 1 is not the same as True


@given(trees)
@settings(max_examples=200, deadline=None)
def test_data_crosses_unchanged(tree):
    assert same(unpack(pack(tree)), tree)


@given(
    arrays.arrays(
        st.sampled_from(["bool", "int8", "uint16", "int64", "float16", "float64"]),
        arrays.array_shapes(min_dims=0, max_dims=4, min_side=0),
    )
)
@settings(max_examples=100, deadline=None)
def test_arrays_cross_unchanged(values):
    got = unpack(pack(as_data(values)))
    assert (got.dtype, got.shape, got.kind) == (
        str(values.dtype),
        values.shape,
        "numpy",
    )
    np.testing.assert_array_equal(got.values, values)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "int32", "bool"])
def test_tensors_keep_their_dtype_and_kind(dtype):
    got = unpack(pack(as_data(tf.cast([[0.0, 1.0, 3.0]], dtype))))
    assert (got.dtype, got.shape, got.kind) == (dtype, (1, 3), "tensor")


def test_string_tensors_cross():
    got = unpack(pack(as_data(tf.constant([["añil", ""], ["b", "\0"]]))))
    assert got.dtype == "string"
    assert got.values.tolist() == [["añil".encode(), b""], [b"b", b"\0"]]


def test_other_objects_cross_as_the_name_of_their_type():
    class Hostile:
        def __reduce__(self):
            raise AssertionError("must not be pickled")

    assert unpack(pack(as_data({"x": Hostile()}))) == {"x": Opaque("Hostile")}
    assert as_data(np.array([Hostile()])) == Opaque("array of object")


def test_keys_are_plain():
    keys = {("a", np.int32(1)): 1, np.int64(2): 2, (("a", "b"), "c"): 3, 1.5: 4}
    assert list(as_data(keys)) == [("a", 1), 2, "(('a', 'b'), 'c')", "1.5"]


def test_what_is_no_data_is_refused():
    with pytest.raises(CodecError, match="convert it with as_data"):
        pack(object())


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_refused(message):
    with pytest.raises(CodecError):
        unpack(message)


def header(node) -> bytes:
    text = json.dumps(node).encode()
    return len(text).to_bytes(8, "big") + text


@pytest.mark.parametrize(
    "message",
    [
        header(["array", "numpy", "float64", [10**9, 10**9]]),
        header(["array", "numpy", "object", [1]]) + b"12345678",
        header(["array", "numpy", "float64", [-1]]),
        header(["array", "numpy", "float64", [True]]) + b"12345678",
        header(["array", "numpy", "float64", [1]]),
        header(["array", "numpy", "float64", [1]]) + b"123456789",
        header(["int", "9" * 5000]),
        header(["int", 3]),
        header(["bytes", -1]),
        header(["pickle", "gASV"]),
        header(["list", {"a": 1}]),
        header(["dict", [[[["x"]], ["none"]]]]),
        header([["list"], []]),
        header({}),
        header(3),
        b"\xff" * 8,
        b"",
    ],
    ids=range(17),
)
def test_malformed_messages_are_refused(message):
    with pytest.raises(CodecError):
        unpack(message)


def test_depth_is_bounded():
    node = ["none"]
    for _ in range(100):
        node = ["list", [node]]
    with pytest.raises(CodecError, match="deeply"):
        unpack(header(node))


def test_bfloat16_values_survive():
    values = np.array([1.5, -2.0], dtype=ml_dtypes.bfloat16)
    got = unpack(pack(Array(values)))
    assert got.values.tolist() == [1.5, -2.0]
