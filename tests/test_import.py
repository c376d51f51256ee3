"""What `import transformer_tf` loads, and what it leaves for when it is used."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import transformer_tf

LATER = {"checkpoints", "pipelines", "text"}
ALONE = f"""
import sys, transformer_tf
own = [name.split(".") for name in sys.modules if name.startswith("transformer_tf.")]
loaded = {{parts[1] for parts in own}}
assert not loaded & {LATER}, loaded & {LATER}
assert "tokenizers" not in sys.modules and "sentencepiece" not in sys.modules
assert set(transformer_tf.__all__) | {LATER} <= set(dir(transformer_tf))
for package in {LATER}:  # as if it had been imported by name
    assert getattr(transformer_tf, package).__name__ == f"transformer_tf.{{package}}"
names = {{}}
exec("from transformer_tf import *", names)
assert set(transformer_tf.__all__) <= set(names)
assert names["Tokenizer"] is sys.modules["transformer_tf.text"].Tokenizer
"""


def test_text_and_files_are_loaded_when_they_are_used():
    done = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="transformer_tf.*no attribute 'Nothing'"):
        transformer_tf.Nothing  # noqa: B018


def test_what_comes_later_is_what_editors_are_told():
    """The imports that type checkers see are those that `__getattr__` makes."""
    tree = ast.parse(Path(transformer_tf.__file__).read_text("utf-8"))
    (shown,) = [node for node in tree.body if isinstance(node, ast.If)]
    told = {
        node.module.removeprefix("transformer_tf."): {
            alias.name for alias in node.names
        }
        for node in shown.body
    }
    assert told == {name: set(names) for name, names in transformer_tf._LATER.items()}


def test_nothing_that_loads_later_must_be_known_to_load_a_model():
    """A saved model finds its classes by registration, so they load at once."""
    root = Path(transformer_tf.__file__).parent
    for package in LATER:
        for path in (root / package).rglob("*.py"):
            assert "register_keras_serializable" not in path.read_text("utf-8"), path
