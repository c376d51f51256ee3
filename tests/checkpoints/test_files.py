"""Files of weights: equal to what PyTorch saved, and nothing else is ever let in."""

import json
import os
import pickle
import signal
import struct
import zipfile
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from transformer_tf.checkpoints import (
    DamagedFile,
    read_pytorch,
    read_safetensors,
    read_weights,
    write_safetensors,
)
from transformer_tf.checkpoints.safetensors import DTYPES

FILES = Path(__file__).parent / "files"
GOOD = ("model.safetensors", "zip.bin", "row.bin", "protocol_4.bin", "parameters.bin")


def read(path):
    return (read_safetensors if path.suffix == ".safetensors" else read_pytorch)(path)


@pytest.fixture(scope="module")
def expected():
    with np.load(FILES / "expected.npz") as numbers:
        return dict(numbers)


class TestForms:
    @pytest.mark.parametrize("name", GOOD)
    def test_equals_what_pytorch_saved(self, name, expected):
        found = read(FILES / name)
        assert set(found) == set(expected)
        for key, tensor in found.items():
            numbers = tensor.numpy()
            wide = numbers.astype("float32") if key == "brain" else numbers
            assert wide.dtype == expected[key].dtype
            assert tensor.shape == expected[key].shape
            np.testing.assert_array_equal(wide, expected[key])
        assert found["brain"].dtype == ml_dtypes.bfloat16

    @pytest.mark.parametrize("name", GOOD)
    def test_nothing_is_copied(self, name):
        for tensor in read(FILES / name).values():
            numbers = tensor.numpy()
            if tensor.size:
                assert not numbers.flags.owndata
                assert not numbers.flags.writeable


class TestFolder:
    def shards(self, folder, **changes):
        """Two shards and their index."""
        tensors = {"a": np.ones((2, 3)), "b": np.arange(4)}
        for name, value in tensors.items():
            write_safetensors(folder / f"part-{name}.safetensors", {name: value})
        files = {name: f"part-{name}.safetensors" for name in tensors}
        index = folder / "model.safetensors.index.json"
        index.write_text(json.dumps({"weight_map": files | changes}))
        return tensors

    def test_shards(self, tmp_path):
        tensors = self.shards(tmp_path)
        found = read_weights(tmp_path)
        for name, value in tensors.items():
            np.testing.assert_array_equal(found[name].numpy(), value)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"a": "../x.safetensors"}, "a file elsewhere"),
            ({"a": "/etc/passwd"}, "a file elsewhere"),
            ({"a": 7}, "JSON object|elsewhere"),
            ({"a": "part-c.safetensors"}, "part-c.safetensors is missing"),
            ({"c": "part-a.safetensors"}, "1 tensors are in no shard, 'c'"),
        ],
    )
    def test_an_index_that_lies_is_refused(self, tmp_path, changes, message):
        self.shards(tmp_path, **changes)
        with pytest.raises(DamagedFile, match=message):
            read_weights(tmp_path)

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"weight_map": 3}', "[" * 10**5])
    def test_an_index_that_is_none_is_refused(self, tmp_path, text):
        (tmp_path / "pytorch_model.bin.index.json").write_text(text)
        with pytest.raises(DamagedFile, match="weight_map was expected"):
            read_weights(tmp_path)

    def test_a_pickle_is_read_only_where_there_is_nothing_better(self, tmp_path):
        (tmp_path / "pytorch_model.bin").write_bytes(b"not read")
        write_safetensors(tmp_path / "model.safetensors", {"w": np.eye(2)})
        assert set(read_weights(tmp_path)) == {"w"}

    def test_an_empty_folder_says_what_was_looked_for(self, tmp_path):
        (tmp_path / "model.onnx").touch()
        with pytest.raises(FileNotFoundError, match="model.safetensors or.*model.onnx"):
            read_weights(tmp_path)


class TestWriting:
    @pytest.mark.parametrize("dtype", DTYPES.values(), ids=str)
    def test_every_dtype_comes_back(self, tmp_path, dtype):
        path = tmp_path / "x.safetensors"
        numbers = np.arange(6).reshape(2, 3).astype(dtype)
        tensors = {"odd": np.zeros((3, 1), "int8"), "é": numbers, "t": numbers.T}
        write_safetensors(path, tensors, {"format": "pt"})
        found = read_safetensors(path)
        for name, value in tensors.items():
            np.testing.assert_array_equal(found[name].numpy(), value)
            assert found[name].dtype == value.dtype

    def test_the_format_s_own_library_reads_it(self, tmp_path):
        library = pytest.importorskip("safetensors.numpy")
        path = tmp_path / "x.safetensors"
        tensors = {
            "a": np.arange(6.0).reshape(3, 2).T,
            "b": np.array(True),
            "c": np.zeros((0, 4), "int16"),
        }
        write_safetensors(path, tensors)
        found = library.load_file(path)
        for name, value in tensors.items():
            np.testing.assert_array_equal(found[name], value)

    def test_a_failed_write_leaves_the_old_file(self, tmp_path, monkeypatch):
        path = tmp_path / "x.safetensors"
        write_safetensors(path, {"old": np.ones(3)})
        monkeypatch.setattr(
            os, "fsync", lambda file: (_ for _ in ()).throw(OSError(28))
        )
        with pytest.raises(OSError):
            write_safetensors(path, {"new": np.zeros(9)})
        assert set(read_safetensors(path)) == {"old"}
        assert os.listdir(tmp_path) == ["x.safetensors"]

    def test_what_the_format_lacks_is_refused(self, tmp_path):
        with pytest.raises(ValueError, match="no dtype complex128 .'x'"):
            write_safetensors(tmp_path / "x.safetensors", {"x": np.ones(2, complex)})
        assert os.listdir(tmp_path) == []


class Call:
    """Pickles as a call."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.fixture
def at_most_ten_seconds():
    """What hangs is ended, so that it fails."""

    def ring(*ignored):
        raise TimeoutError("it did not come back")

    signal.signal(signal.SIGALRM, ring)
    signal.alarm(10)
    yield
    signal.alarm(0)


def archive(path, index, storages=(), compression=zipfile.ZIP_STORED, **extra):
    with zipfile.ZipFile(path, "w", compression) as target:
        target.writestr("archive/data.pkl", index)
        for key, data in dict(storages, **extra).items():
            target.writestr(f"archive/{key}", data)


def deep():
    """A tuple that holds the same tuple twice, sixty times over: 2**60 leaves."""
    code = b")"
    for number in range(60):
        code += b"q" + bytes([number]) + b"h" + bytes([number]) + b"\x86"
    return code


class TestDangerous:
    @pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
    @pytest.mark.parametrize("function", [os.system, eval, exec, getattr, open])
    @pytest.mark.parametrize("form", ["archive", "row"])
    def test_nothing_is_ever_run(self, tmp_path, form, function, protocol):
        trace = tmp_path / "trace"
        argument = {
            os.system: f"touch {trace}",
            eval: f"open({str(trace)!r}, 'w')",
            exec: f"open({str(trace)!r}, 'w')",
            getattr: "x",
            open: str(trace),
        }[function]
        more = ("w",) if function is open else ("upper",) if function is getattr else ()
        pickled = pickle.dumps({"w": Call(function, argument, *more)}, protocol)
        path = tmp_path / "pytorch_model.bin"
        if form == "archive":
            archive(path, pickled)
        else:
            path.write_bytes(pickled)
        with pytest.raises(DamagedFile, match="pytorch_model.bin"):
            read_pytorch(path)
        assert not trace.exists()

    @pytest.mark.parametrize(
        "index",
        {
            "a tuple without end as a name": b"\x80\x02}" + deep() + b"Ns.",
            "as several names": b"\x80\x02}(" + deep() + b"Nu.",
            "as a key of an OrderedDict": b"\x80\x02ccollections\nOrderedDict\n("
            + deep()
            + b"K\x01\x86l\x85R.",
            "as what is called": b"\x80\x02" + deep() + b")R.",
            "as a storage": b"\x80\x02" + deep() + b"Q.",
            "a place in memory far away": b"\x80\x02Kar\xff\xff\xff\xff.",
            "a string of four gigabytes": b"\x80\x02X\xff\xff\xff\xffabc.",
            "an attribute of a function": b"\x80\x02ctorch._utils\n"
            b"_rebuild_tensor_v2\n}U\x08__code__Ksb.",
            "an item of a list": b"\x80\x02]K\x00K\x01s.",
            "nothing at all": b".",
        }.values(),
        ids=str,
    )
    def test_what_takes_no_end_is_refused(self, tmp_path, index, at_most_ten_seconds):
        for path in (tmp_path / "a.bin", tmp_path / "b.bin"):
            if path.name == "a.bin":
                archive(path, index)
            else:
                path.write_bytes(index)
            with pytest.raises(DamagedFile):
                read_pytorch(path)

    def test_a_compressed_entry_is_refused(self, tmp_path):
        path = tmp_path / "x.bin"
        archive(path, b"\x80\x02}.", compression=zipfile.ZIP_DEFLATED)
        with pytest.raises(DamagedFile, match="compressed or encrypted"):
            read_pytorch(path)

    def test_a_big_endian_file_is_refused(self, tmp_path):
        path = tmp_path / "x.bin"
        archive(path, b"\x80\x02}.", byteorder=b"big")
        with pytest.raises(DamagedFile, match="big-endian"):
            read_pytorch(path)

    def test_a_whole_module_is_refused_by_its_name(self):
        with pytest.raises(DamagedFile, match="torch.nn.modules.linear.Linear"):
            read_pytorch(FILES / "module.bin")

    def test_a_pointer_says_what_it_is(self, tmp_path):
        for name in ("model.safetensors", "pytorch_model.bin"):
            path = tmp_path / name
            path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0")
            with pytest.raises(DamagedFile, match="git lfs pull"):
                read(path)

    @pytest.mark.parametrize(
        ("entry", "message"),
        [
            ({"dtype": "Q4"}, "'Q4' is none of"),
            ({"dtype": ["F32"]}, "is none of"),
            ({"shape": [3]}, "3 elements, and 2"),
            ({"shape": [1]}, "does not fill 8 bytes"),
            ({"shape": [-2]}, "negative"),
            ({"shape": [2.0]}, "whole numbers"),
            ({"shape": [True, 2]}, "whole numbers"),
            ({"shape": [2**31, 2**31, 4]}, "elements, and 2"),
            ({"shape": [1] * 40 + [2]}, "no tensor has so many"),
            ({"shape": [0, 2**70], "data_offsets": [0, 0]}, "no tensor has so many"),
            ({"data_offsets": [0, 800]}, "not in the file"),
            ({"data_offsets": [-8, 0]}, "negative"),
            ({"data_offsets": [8, 0]}, "not in the file"),
            ({"data_offsets": [0]}, "negative or missing"),
            ({"data_offsets": None}, "whole numbers"),
        ],
    )
    def test_a_header_that_lies_is_refused(self, tmp_path, entry, message):
        good = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
        path = tmp_path / "x.safetensors"
        header = json.dumps({"w": {**good, **entry}}).encode()
        path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
        with pytest.raises(DamagedFile, match=message):
            read_safetensors(path)

    @pytest.mark.parametrize(
        ("header", "message"),
        [
            (b"{a: 1}", "no JSON"),
            (b"[1]", "no JSON object"),
            (b"[" * 100_000, "no JSON"),
            (b"\xff\xfe", "no JSON"),
            (b'{"a": 1}', "dtype, shape and data_offsets"),
            (
                b'{"a": {"dtype":"F32","shape":[],"data_offsets":[0,4]}}',
                "4 bytes belong",
            ),
            (
                b'{"a": {"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
                b'"b": {"dtype":"F32","shape":[1],"data_offsets":[2,6]}}',
                "overlap or leave a gap",
            ),
            (
                b'{"a": {"dtype":"F32","shape":[2],"data_offsets":[0,8]},'
                b'"a": {"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
                "stands twice",
            ),
        ],
    )
    def test_a_header_that_is_none_is_refused(self, tmp_path, header, message):
        path = tmp_path / "x.safetensors"
        path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
        with pytest.raises(DamagedFile, match=message):
            read_safetensors(path)

    @pytest.mark.parametrize("missing", [1, 8, 1 << 20])
    def test_a_header_longer_than_the_file_is_refused(self, tmp_path, missing):
        path, header = tmp_path / "x.safetensors", b"{}"
        path.write_bytes(struct.pack("<Q", len(header) + missing) + header)
        with pytest.raises(DamagedFile, match="cut short"):
            read_safetensors(path)
