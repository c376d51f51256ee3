"""The examples in the library's docstrings, and what they take for granted."""

import ast
import doctest
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from tests.docs.pages import ROOT

LIBRARY = ROOT / "transformer_tf"
# What stands in the place of the folders that examples name.
_COURSE, _RECORDED = ROOT / "course/models", ROOT / "tests/pipelines/recorded"
FOLDERS = {
    "models/answerer": _COURSE / "bilingual_answerer",
    "models/checkpoint.bin": ROOT / "tests/checkpoints/files/zip.bin",
    "models/classifier": _COURSE / "bilingual_classifier",
    "models/decoder": _COURSE / "bilingual_decoder",
    "models/encoder": _COURSE / "bilingual_encoder",
    "models/nli": _RECORDED / "zero_shot",  # weights of these three are random
    "models/opus-mt-en-es": _RECORDED / "translation_marian",
    "models/summarizer": _RECORDED / "summarization",
    "models/tagger": _COURSE / "bilingual_tagger",
}


class Documented(NamedTuple):
    """A docstring of the library.

    Args:
        package: Of `transformer_tf`, "" for what stands in none.
        module: The module's full name.
        name: The function, class, method or value, with what it stands in.
        text: The docstring.
    """

    package: str
    module: str
    name: str
    text: str


def docstrings() -> Iterator[Documented]:
    """Every docstring of the library, read from the source; also those of values."""
    for path in sorted(LIBRARY.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        package = parts[1] if len(path.relative_to(LIBRARY).parts) > 1 else ""
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, text in _within(tree, ""):
            yield Documented(package, ".".join(parts), name, text)


def _within(node: ast.AST, outer: str) -> Iterator[tuple[str, str]]:
    body = getattr(node, "body", [])
    for one, after in zip(body, [*body[1:], None]):
        if isinstance(one, (ast.ClassDef, ast.FunctionDef)):
            name = f"{outer}{one.name}"
            yield name, ast.get_docstring(one) or ""
            yield from _within(one, f"{name}.")
        elif isinstance(one, (ast.Assign, ast.AnnAssign)):
            target = one.targets[0] if isinstance(one, ast.Assign) else one.target
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                yield f"{outer}{ast.unparse(target)}", str(after.value.value)


def scope_of(example: Documented) -> dict[str, object]:
    """The names that an example takes for granted.

    Those of `import keras`, `import numpy as np`, `from keras import ops`, all that
    `transformer_tf` and the example's own package make public, and its own.
    """
    scope = {"keras": keras, "np": np, "ops": keras.ops}
    for name in ("transformer_tf", f"transformer_tf.{example.package}".rstrip(".")):
        found = importlib.import_module(name)
        scope |= {public: getattr(found, public) for public in found.__all__}
    own = example.name.partition(".")[0]
    return scope | {own: getattr(importlib.import_module(example.module), own)}


def has_example(text: str) -> bool:
    return bool(doctest.DocTestParser().get_examples(text))


def put_models(folder: Path) -> None:
    """Puts the models that examples name into a folder."""
    (folder / "models").mkdir()
    for name, where in FOLDERS.items():
        (folder / name).symlink_to(where)
