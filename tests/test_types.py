"""Type checking: the whole tree is clean, and a planted mistake is not overlooked."""

import importlib
import inspect
import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path

import transformer_tf

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


def public():
    """{name: class or function} of everything that the library's packages list."""
    packages = ["transformer_tf"]
    packages += [
        f"transformer_tf.{module.name}"
        for module in pkgutil.iter_modules(transformer_tf.__path__)
        if module.ispkg
    ]
    found = {}
    for package in map(importlib.import_module, packages):
        for name in getattr(package, "__all__", ()):
            thing = getattr(package, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                found[f"{thing.__module__}.{name}"] = thing
    return found


# Their source stands in the learners' notebooks, which import no names for annotations.
SHOWN_TO_LEARNERS = {
    "transformer_tf.attention.masks.causal_mask",
    "transformer_tf.attention.masks.padding_mask",
}


def unannotated(thing):
    """Parameters without an annotation, of a function or a class's own constructor."""
    function = vars(thing).get("__init__") if inspect.isclass(thing) else thing
    if not inspect.isfunction(function):
        return []
    named = list(inspect.signature(function).parameters.values())
    return [
        one.name
        for one in named[inspect.isclass(thing) :]
        if one.annotation is one.empty
        and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]


def test_public_signatures_are_annotated():
    assert len(public()) > 150
    checked = public().keys() - SHOWN_TO_LEARNERS
    missing = {name: unannotated(public()[name]) for name in sorted(checked)}
    assert {name: names for name, names in missing.items() if names} == {}
