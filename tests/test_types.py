"""Type checking: the whole tree is clean, and a planted mistake is not overlooked."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOFTMAX = Path("transformer_tf/attention/softmax.py")
PLANTED = 'def softmax_over_keys(scores):\n    scores = "a string" + 3\n'


def mypy(folder, cache):
    """What mypy says of one file of the library, with the project's settings."""
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(cache)]
    return subprocess.run(
        [*command, "--follow-imports=silent", str(SOFTMAX)],
        cwd=folder,
        capture_output=True,
        text=True,
    )


def test_a_type_error_in_a_body_without_annotations_fails(tmp_path):
    copy = tmp_path / SOFTMAX
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / SOFTMAX, copy)
    assert mypy(tmp_path, tmp_path / "cache").returncode == 0
    written = copy.read_text()
    marker = "def softmax_over_keys(scores):\n"
    assert marker in written
    copy.write_text(written.replace(marker, PLANTED, 1))
    found = mypy(tmp_path, tmp_path / "cache")
    assert found.returncode == 1
    assert "Unsupported operand types" in found.stdout
