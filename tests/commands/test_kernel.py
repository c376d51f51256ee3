"""The kernel that notebooks name is there after `start`, however the course came."""

import json
import sys

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from course.kernel import NAME, SPECIFICATION, install


@pytest.fixture
def unknown(monkeypatch, tmp_path):
    """Jupyter knows no kernel of that name; what is installed lands in tmp_path."""
    monkeypatch.setattr(KernelSpecManager, "find_kernel_specs", lambda self: {})
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "user"))
    return tmp_path


def specification(folder):
    return json.loads((folder / "kernels" / NAME / "kernel.json").read_text())


def test_it_is_put_beside_the_others(unknown):
    install()
    found = specification(unknown / "prefix" / "share" / "jupyter")
    assert found["display_name"] == SPECIFICATION["display_name"]
    assert not (unknown / "user").exists()


def test_a_python_that_cannot_be_written_to(unknown):
    (unknown / "prefix").write_text("a file where a folder would be")
    install()
    assert specification(unknown / "user")["language"] == "python"


def test_nowhere_to_write_is_no_error(unknown):
    for name in ("prefix", "user"):
        (unknown / name).write_text("a file where a folder would be")
    install()


def test_one_that_is_known_stays(monkeypatch, tmp_path):
    known = {NAME: str(tmp_path)}
    monkeypatch.setattr(KernelSpecManager, "find_kernel_specs", lambda self: known)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    install()
    assert not (tmp_path / "prefix").exists()


@pytest.mark.parametrize("command", ["start", "course"])
def test_both_commands_that_make_a_folder_install_it(command, monkeypatch, tmp_path):
    from course.__main__ import main

    asked = []
    monkeypatch.setattr("course.kernel.install", lambda: asked.append(command))
    monkeypatch.setattr(
        "course.grading.nbgrader.instructor_folder.make_folder",
        lambda *arguments: {"differs": [], "made": [], "kept": []},
    )
    assert main([command, str(tmp_path / "mine")]) == 0
    assert asked == [command]
