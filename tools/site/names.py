"""Tables of other libraries' names, from the ones that the error messages use."""

import ast
import re

from tools.site.included import ROOT

# A word alone; an assignment; a call; a name with an underscore.
_CODE = re.compile(
    r"^\w+$"
    r"|[\w.]+ ?= ?\[\w*(\([^()]*\))?\]"
    r"|[\w.]+( ?= ?[\w.]+)?\([^()]*\)"
    r"|\w+=\w+"
    r"|\w*_\w+"
)
_PLACE = re.compile(r"<!-- names: (\w+) -->")


def tables() -> dict[str, dict[str, str]]:
    """{table: {their name: ours}}, read without importing the library."""
    source = (ROOT / "transformer_tf" / "spelling.py").read_text(encoding="utf-8")
    return {
        ast.unparse(node.targets[0]): ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
    }


def with_names(page: str) -> str:
    """A page with its tables in place of `<!-- names: TABLE -->`."""
    return _PLACE.sub(lambda match: as_table(tables()[match[1]]), page)


def as_table(names: dict[str, str]) -> str:
    """One line a name."""
    rows = (f"| `{theirs}` | {ours_of(ours)} |" for theirs, ours in names.items())
    return "\n".join(["| there | here |", "|---|---|", *rows])


def ours_of(ours: str) -> str:
    """What is code in code; "nothing: ..." is a sentence."""
    ours = ours.replace("nothing: ", "nothing; ", 1)
    return ours if "`" in ours else _CODE.sub(r"`\g<0>`", ours)
