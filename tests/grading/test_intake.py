"""Files that are handed in: found, bounded, never followed elsewhere."""

import os

import pytest

from course.grading.run.intake import check_name, read_bytes
from course.notebooks.decoding import decode
from course.notebooks.fault import Fault


def hand_in(root, name="unit.ipynb", data=b"{}"):
    folder = root / "ada" / "01"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return folder


def reason(call, *arguments, **options):
    with pytest.raises(Fault) as caught:
        call(*arguments, **options)
    return caught.value.reason


def test_a_link_is_refused(tmp_path):
    (tmp_path / "secret").write_text("secret")
    folder = hand_in(tmp_path)
    (folder / "unit.ipynb").unlink()
    (folder / "unit.ipynb").symlink_to(tmp_path / "secret")
    assert reason(read_bytes, tmp_path, "ada", "01", "unit.ipynb") == "link"


def test_a_linked_directory_is_refused(tmp_path):
    hand_in(tmp_path)
    (tmp_path / "eve").symlink_to(tmp_path / "ada")
    assert reason(read_bytes, tmp_path, "eve", "01", "unit.ipynb") == "link"


def test_a_pipe_does_not_block(tmp_path):
    folder = hand_in(tmp_path)
    (folder / "unit.ipynb").unlink()
    os.mkfifo(folder / "unit.ipynb")
    assert reason(read_bytes, tmp_path, "ada", "01", "unit.ipynb") == "not-a-file"


def test_a_directory_is_refused(tmp_path):
    folder = hand_in(tmp_path)
    (folder / "unit.ipynb").unlink()
    (folder / "unit.ipynb").mkdir()
    assert reason(read_bytes, tmp_path, "ada", "01", "unit.ipynb") == "not-a-file"


def test_a_large_file_is_refused(tmp_path):
    hand_in(tmp_path, data=b"x" * 1001)
    parts = ("ada", "01", "unit.ipynb")
    assert reason(read_bytes, tmp_path, *parts, limit=1000) == "too-large"


def test_a_missing_file_is_told(tmp_path):
    assert reason(read_bytes, tmp_path, "bob", "01", "unit.ipynb") == "missing"


@pytest.mark.parametrize(
    "name",
    [
        *("..", "a/b", "a\\b", "", ".hidden", "a\nb", None),
        *("x" * 201, "é" * 101, "\udce9", "a\u202eb", "a\u2066b", "a\x7fb", "a\x85b"),
    ],
)
def test_names_that_are_no_names(name):
    assert reason(check_name, name) == "name"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
def test_encodings(encoding):
    assert decode('{"a": "ñ"}'.encode(encoding))[0] == '{"a": "ñ"}'


def test_windows_page():
    text, notes = decode("año".encode("cp1252"))
    assert text == "año"
    assert notes


@pytest.mark.parametrize(
    "name",
    ["José", "Jose\u0301", "می\u200cخواهم", "ada;=1+1;x", "=1", "李 雷", "x" * 200],
)
def test_names_that_people_have(name):
    assert check_name(name) == name
