"""Errors about shapes, axes and dtypes."""

import ast

from course.examination.explaining.scene import Scene, nodes_of, sizes

_SHAPE = r"[\[(]([\d, ]*)[\])]"


def whole_transpose(scene: Scene) -> dict | None:
    """`x.T` or `transpose(x)` of a batch, and an error that comes of it."""
    lacks_t = "no attribute 'T'" in scene.message
    if not lacks_t and _product(scene) is None:
        return None
    for node in nodes_of(scene.code if lacks_t else scene.source):
        turned = _find_turned(node)
        if turned is None:
            continue
        shape = scene.shape_of(turned)
        if lacks_t or (shape and len(shape) > 2):
            return {"code": ast.unparse(node), "name": ast.unparse(turned)}
    return None


def matrix_transpose(scene: Scene) -> dict | None:
    """A product of two arrays that both end in the same size."""
    match _product(scene):
        case (one, other) if one[-1] == other[-1] and other[-2] != one[-1]:
            return {"one": one, "other": other, "size": one[-1]}
    return None


def matrix_swapped(scene: Scene) -> dict | None:
    """A product that would fit with its operands the other way round."""
    match _product(scene):
        case (one, other) if other[-1] == one[-2] and one[-1] != other[-2]:
            return {"one": one, "other": other}
    return None


def matrix_product(scene: Scene) -> dict | None:
    """Any other product whose inner sizes do not meet."""
    match _product(scene):
        case (one, other) if one[-1] != other[-2]:
            sides = {"last": one[-1], "before": other[-2]}
            return {"one": one, "other": other, **sides}
    return None


def batches_differ(scene: Scene) -> dict | None:
    """A product whose leading axes do not fit."""
    match _product(scene):
        case (one, other):
            return {"one": one, "other": other}
    return None


def broadcast(scene: Scene) -> dict | None:
    """Two shapes that do not broadcast against each other."""
    said = scene.search(rf"Incompatible shapes: {_SHAPE} vs\. {_SHAPE}")
    said = said or scene.search(rf"together with shapes {_SHAPE} {_SHAPE}")
    pattern = rf"must be equal, but are .*shapes: {_SHAPE}, {_SHAPE}"
    said = said or scene.search(pattern)
    said = said or scene.search(rf"required broadcastable shapes.*{_SHAPE}.*{_SHAPE}")
    said = said or scene.search(rf"condition {_SHAPE}, then {_SHAPE}, .* broadcastable")
    return {"one": sizes(said[1]), "other": sizes(said[2])} if said else None


def einsum(scene: Scene) -> dict | None:
    """One letter for two sizes."""
    said = scene.search(r"must be equal, but are (\d+) and (\d+) for .*Einsum")
    if said is None and any("einsum" in ast.unparse(n) for n in scene.in_line()):
        pattern = r"Expected dimension (\d+) at axis .* but got dimension (\d+)"
        said = scene.search(pattern)
    return {"one": said[1], "other": said[2]} if said else None


def reshape(scene: Scene) -> dict | None:
    said = scene.search(r"tensor with (\d+) values, but the requested shape has (\d+)")
    pattern = r"reshape a tensor with (\d+) elements to shape .*?\((\d+) elements\)"
    said = said or scene.search(pattern)
    said = said or scene.search(r"cannot reshape array of size (\d+) into shape (.+)")
    return {"count": said[1], "wanted": said[2]} if said else None


def no_such_axis(scene: Scene) -> dict | None:
    for pattern in (
        r"[Ii]nvalid reduction dimension \(?(-?\d+) for input with (\d+)",
        r"axis (-?\d+) is out of bounds for array of dimension (\d+)",
        r"[Aa]xis.*?(-?\d+).*?(?:not in|in the range|must be in).*?\[-(\d+), ?\d+\)",
    ):
        if said := scene.search(pattern):
            return {"axis": said[1], "count": said[2], "last": int(said[2]) - 1}
    return None


def out_of_bounds(scene: Scene) -> dict | None:
    said = scene.search(r"slice index (-?\d+) of dimension (\d+) out of bounds")
    said = said or scene.search(r"index (-?\d+) is out of bounds for axis (\d+)")
    return {"index": said[1], "axis": said[2]} if said else None


def two_dtypes(scene: Scene) -> dict | None:
    said = scene.search(r"expected to be an? (\w+) tensor but is an? (\w+) tensor")
    said = said or scene.search(r"type (\w+) of argument '?\w+'?\.? ?.*type (\w+)")
    said = said or scene.search(r"requested dtype (\w+) for Tensor with dtype (\w+)")
    said = said or scene.search(r"type (\w+) that does not match type (\w+)")
    return {"one": said[1], "other": said[2]} if said else None


def no_such_row(scene: Scene) -> dict | None:
    said = scene.search(r"indices.*? = (-?\d+) is not in \[0, (\d+)\)")
    return {"index": said[1], "size": said[2]} if said else None


def booleans(scene: Scene) -> dict | None:
    """Arithmetic with a mask."""
    said = scene.search(r"attr 'T' of bool is not in the list")
    said = said or scene.search(r"DataType bool|has DataType bool|numpy boolean")
    return {} if said else None


def _product(scene: Scene) -> tuple[list[int], list[int]] | None:
    """The shapes of the two operands of a matrix product that failed."""
    said = scene.search(rf"In\[0\]: {_SHAPE}, In\[1\]: {_SHAPE}")
    said = said or scene.search(rf"In\[0\] and In\[1\].*?{_SHAPE} vs\. {_SHAPE}")
    said = said or scene.search(rf"MatMul.*input shapes: {_SHAPE}, {_SHAPE}")
    if said:
        return _matrices(sizes(said[1]), sizes(said[2]))
    if "matmul" not in scene.message and "not aligned" not in scene.message:
        return None
    for node in scene.in_line():
        shapes = [scene.shape_of(each) for each in _operands(node)]
        if len(shapes) == 2 and shapes[0] and shapes[1]:
            return _matrices(shapes[0], shapes[1])
    said = scene.search(rf"shapes {_SHAPE} and {_SHAPE} not aligned")
    return _matrices(sizes(said[1]), sizes(said[2])) if said else None


def _matrices(one: list[int], other: list[int]):
    return (one, other) if len(one) > 1 and len(other) > 1 else None


def _operands(node: ast.AST) -> list[ast.AST]:
    match node:
        case ast.BinOp(op=ast.MatMult(), left=left, right=right):
            return [left, right]
        case ast.Call(func=ast.Attribute(attr="matmul" | "dot"), args=[one, other]):
            return [one, other]
    return []


def _find_turned(node: ast.AST) -> ast.AST | None:
    """What `.T`, or a transpose that names no axes, is applied to."""
    match node:
        case ast.Attribute(attr="T", value=value):
            return value
        case ast.Call(func=ast.Attribute(attr="transpose"), args=[one], keywords=[]):
            return one
        case ast.Call(
            func=ast.Attribute(attr="transpose", value=value), args=[], keywords=[]
        ):
            return value
    return None


# What a wrong size alone can cause, whatever the values are.
MISMATCHES = (
    whole_transpose,
    matrix_transpose,
    matrix_swapped,
    matrix_product,
    batches_differ,
    einsum,
    broadcast,
    reshape,
)
KINDS = (
    *MISMATCHES,
    no_such_axis,
    out_of_bounds,
    no_such_row,
    booleans,
    two_dtypes,
)
