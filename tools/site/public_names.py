"""The library's public names and where the site has them, read without an import."""

import ast
from pathlib import Path

from tools.site.included import ROOT

LIBRARY = ROOT / "transformer_tf"


def public_names() -> dict[str, dict[str, str]]:
    """{package: {public name: its identifier on the site}}, of every package."""
    found = {}
    for path in sorted(LIBRARY.glob("*/__init__.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        names = read_exports(body)
        if names:
            found[path.parent.name] = {n: identifier(path, body, n) for n in names}
    return found


def read_exports(body: list[ast.stmt]) -> list[str]:
    """The names in a module's `__all__`."""
    for node in body:
        if isinstance(node, ast.Assign) and "__all__" in ast.unparse(node.targets[0]):
            return ast.literal_eval(node.value)
    return []


def identifier(path: Path, body: list[ast.stmt], name: str) -> str:
    """What the site calls a public name: the package's, or where it stands.

    A package loads some of its names on first use; no import tells where those are.
    """
    package = f"transformer_tf.{path.parent.name}"
    imported = [
        one.name for n in body if isinstance(n, ast.ImportFrom) for one in n.names
    ]
    if name in imported:
        return f"{package}.{name}"
    for module in sorted(path.parent.glob("*.py")):
        top = ast.parse(module.read_text(encoding="utf-8")).body
        if name in [getattr(node, "name", None) for node in top]:
            return f"{package}.{module.stem}.{name}"
    return f"{package}.{name}"


def _every() -> dict[str, str]:
    found: dict[str, str] = {}
    for names in public_names().values():
        for name, where in names.items():
            # Two packages have a `from_pretrained`; checkpoints comes before text.
            found.setdefault(name, where)
    return found


PUBLIC = _every()
"""{name: its identifier on the site}"""
