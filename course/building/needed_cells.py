"""Which cells of a notebook must run before others: what a picture stands on."""

import ast
from collections.abc import Iterator

from nbformat import NotebookNode

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_BLOCKS = (ast.For, ast.AsyncFor, ast.comprehension)


def needed_cells(cells: list[NotebookNode], wanted: set[str]) -> list[NotebookNode]:
    """The wanted code cells and those that they stand on, in their order.

    A cell is needed if it gives a value to a name that is read later, or mentions a
    variable that is read later, since it may change what is in it (`model.fit`). What
    is defined or imported is not changed by being mentioned. A seed that another cell
    gives to a random generator is not seen.

    Args:
        cells: Of a notebook, as Python without magics.
        wanted: ids of code cells.
    """
    codes = [cell for cell in cells if cell["cell_type"] == "code"]
    last = max((n for n, c in enumerate(codes) if c["id"] in wanted), default=-1)
    codes = codes[: last + 1]
    trees = {cell["id"]: ast.parse("".join(cell["source"])) for cell in codes}
    fixed = {name for tree in trees.values() for name in _list_defined(tree)}
    found, called = set(wanted), set[str]()
    while True:
        missing = set(called)
        for key in reversed(trees):
            made, read = _list_names(trees[key])
            if key in found or made & missing or read & missing - fixed:
                found.add(key)
                missing |= read
        # A function reads when it is called what a cell below it may have made.
        needed = set().union(*(_list_read_in_calls(trees[key]) for key in found))
        if needed <= called:
            return [cell for cell in codes if cell["id"] in found]
        called |= needed


def _list_names(tree: ast.Module) -> tuple[set[str], set[str]]:
    """The names that a cell gives to something, and those it reads from others."""
    made, read = set[str](), set[str]()
    for statement in tree.body:
        read |= _list_read(statement) - made
        made |= set(_list_defined(statement)) | set(_list_stored(statement))
    return made, read


def _list_read(statement: ast.stmt) -> set[str]:
    """What a statement reads, but for names that it makes itself on the way."""
    own: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, _BLOCKS):
            own |= set(_list_stored(node.target))
        elif isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, _DEFINITIONS):
            own |= {name for inner in node.body for name in _list_stored(inner)}
    loaded = {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    changed = {
        node.target.id
        for node in ast.walk(statement)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    return loaded - own | changed


def _list_read_in_calls(tree: ast.Module) -> set[str]:
    """What the functions and classes that a cell defines read from elsewhere."""
    defined = [node for node in ast.walk(tree) if isinstance(node, _DEFINITIONS)]
    return set().union(*map(_list_read, defined))


def _list_stored(node: ast.AST) -> Iterator[str]:
    """Names that are assigned to, not within a definition."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    for child in () if isinstance(node, _DEFINITIONS) else ast.iter_child_nodes(node):
        yield from _list_stored(child)


def _list_defined(node: ast.AST) -> Iterator[str]:
    """Names that are defined or imported, not within a definition."""
    if isinstance(node, _DEFINITIONS):
        yield node.name
    elif isinstance(node, _IMPORTS):
        for alias in node.names:
            yield (alias.asname or alias.name).partition(".")[0]
    else:
        for child in ast.iter_child_nodes(node):
            yield from _list_defined(child)
