"""Small changes to right answers: wrong answers that nobody thought of beforehand.

Every change is one edit of the syntax tree: another bound, axis, comparison, constant
or operator; a step left out, a branch never taken, a loop that stops early, a text
lowered or split in another way. A mutant need not be wrong: `unseen` tells.
"""

import ast
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from course.examination.candidate import source_of

FEW = 4  # how far a loop gets that stops early
OTHER_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "sin": "cos"}
OTHER_NAMES |= {
    "cos": "sin",
    "minimum": "maximum",
    "maximum": "minimum",
    "relu": "tanh",
}
OTHER_NAMES |= {"argmax": "argmin", "tanh": "sigmoid", "sigmoid": "tanh", "sum": "mean"}
OTHER_NAMES |= {"logical_and": "logical_or", "logical_or": "logical_and", "log": "sqrt"}
OTHER_NAMES |= {"startswith": "endswith", "lower": "casefold", "append": "extend"}
OTHER_OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Pow: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE),
    ast.NotEq: (ast.Eq, ast.Lt, ast.Gt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
TEXT = {
    "lower": ("{0}.casefold()", "{0}.title()"),
    "split": (
        "__import__('re').findall(r'[a-z]+', {0})",
        "__import__('re').findall(r'\\w+', {0})",
        "__import__('re').findall(r'[^\\W\\d]+', {0})",
        "{0}.encode('ascii', 'ignore').decode().split()",
        "{0}.split(' ')",
    ),
    "isspace": ("({0} == ' ')",),
    "encode": ("{0}.encode('latin-1', 'replace')", "{0}.encode('utf-16')"),
}


class Mutant(NamedTuple):
    """A changed answer: what was changed, the source, and the function or class."""

    name: str
    source: str
    answer: Any


def mutants(definition: Any) -> Iterator[Mutant]:
    """Every mutant of a function or class whose source is at hand, without doubles."""
    source = source_of(definition)
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for place, old, new in _edits(tree):
        place(new)
        changed = ast.unparse(ast.fix_missing_locations(tree))
        place(old)
        if changed in seen:
            continue
        seen.add(changed)
        namespace = dict(vars(sys.modules[definition.__module__]))
        try:
            exec(compile(changed, "<mutant>", "exec"), namespace)
        except (SyntaxError, TypeError, ValueError):
            continue
        line = getattr(old, "lineno", 0)
        name = f"line {line}: {_show(old)} -> {_show(new)}"
        yield Mutant(name, changed, namespace[definition.__name__])


def _show(node: Any) -> str:
    return ast.unparse(node).splitlines()[0][:60] if node is not None else "nothing"


def _edits(tree: ast.Module) -> Iterator[tuple]:
    """(how to put a node into the tree, the node that is there, another one)"""
    for parent in _without_texts(tree):
        for field, value in ast.iter_fields(parent):
            if field in ("decorator_list", "annotation", "returns", "ctx", "bases"):
                continue
            if isinstance(value, list):
                for number, item in enumerate(value):
                    if isinstance(item, ast.AST) and not _is_docstring(item):
                        for other in _variants(item):
                            yield _setting_item(value, number), item, other
            elif isinstance(value, ast.AST):
                for other in _variants(value):
                    yield _setting(parent, field), value, other


def _setting(parent, field):
    return lambda node: setattr(parent, field, node)


def _setting_item(items, number):
    return lambda node: items.__setitem__(number, node)


def _without_texts(tree: ast.AST) -> list[ast.AST]:
    return [node for node in ast.walk(tree) if not _is_docstring(node)]


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Constant():
            yield from map(ast.Constant, _other_constants(node.value))
        case ast.BinOp():
            for kind in OTHER_OPERATORS.get(type(node.op), ()):
                yield ast.BinOp(node.left, kind(), node.right)
            yield node.left
            yield node.right
            if isinstance(node.op, ast.Sub | ast.Div | ast.Pow | ast.FloorDiv):
                yield ast.BinOp(node.right, node.op, node.left)
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert()):
            yield node.operand
        case ast.BoolOp():
            for kind in OTHER_OPERATORS[type(node.op)]:
                yield ast.BoolOp(kind(), node.values)
            yield from node.values
        case ast.Compare(ops=[operator], comparators=[right]):
            for kind in OTHER_OPERATORS.get(type(operator), ()):
                yield ast.Compare(node.left, [kind()], [right])
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.Slice():
            yield from _other_slices(node)
        case ast.Call():
            yield from _other_calls(node)
        case ast.Tuple(elts=[one, other], ctx=ast.Load()):
            yield ast.Tuple([other, one], ast.Load())
        case ast.If():
            yield _if(ast.Constant(False), node)
            yield _if(ast.Constant(True), node)
            yield _if(ast.UnaryOp(ast.Not(), node.test), node)
        case ast.For():
            for other in _shorter(node.iter):
                yield ast.For(node.target, other, node.body, node.orelse)
        case ast.While():
            yield _bound(node)
        case ast.comprehension():
            for other in _shorter(node.iter):
                yield ast.comprehension(node.target, other, node.ifs, node.is_async)
            if node.ifs:
                yield ast.comprehension(node.target, node.iter, [], node.is_async)
        case ast.Break() | ast.Continue():
            yield ast.Pass()
        case ast.AugAssign():
            for kind in OTHER_OPERATORS.get(type(node.op), ()):
                yield ast.AugAssign(node.target, kind(), node.value)
            yield ast.Assign([_load(node.target, ast.Store())], node.value)
            counted = f"({ast.unparse(node.value)}) if ({ast.unparse(node.value)}) != 1"
            yield ast.AugAssign(node.target, node.op, _parse(f"{counted} else 0"))
        case ast.Expr() | ast.Assign() if not _is_docstring(node):
            yield ast.Pass()
        case ast.Return() if node.value is not None:
            yield from map(ast.Return, _other_results(node.value))


def _parse(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _load(node: ast.AST, context: ast.expr_context) -> Any:
    copied = ast.parse(ast.unparse(node), mode="eval").body
    copied.ctx = context  # type: ignore[attr-defined]
    return copied


def _if(test: ast.expr, node: ast.If) -> ast.If:
    return ast.If(test, node.body, node.orelse)


def _other_constants(value: Any) -> list:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1] + ([0] if value not in (0, 1) else [])
    if isinstance(value, float):
        return [0.0, value * 2, value * 10] if value else [1.0, 0.1]
    if isinstance(value, str):
        return [value + value, value[1:], "x"] if value else ["x"]
    return []


def _other_slices(node: ast.Slice) -> Iterator[ast.Slice]:
    """One place further or less far, and without the bound."""
    for bound in ("lower", "upper"):
        value = getattr(node, bound)
        if value is None:
            continue
        for other in (
            None,
            ast.BinOp(value, ast.Add(), ast.Constant(1)),
            ast.BinOp(value, ast.Sub(), ast.Constant(1)),
        ):
            lower = other if bound == "lower" else node.lower
            upper = other if bound == "upper" else node.upper
            yield ast.Slice(lower, upper, node.step)
    if node.step is not None:
        yield ast.Slice(node.lower, node.upper, None)


def _other_calls(node: ast.Call) -> Iterator[ast.expr]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in OTHER_NAMES:
        yield ast.Call(_rename(node.func, OTHER_NAMES[name]), node.args, node.keywords)
    if isinstance(node.func, ast.Attribute) and not node.args:
        inside = ast.unparse(node.func.value)
        for pattern in TEXT.get(name, ()):
            yield _parse(pattern.format(inside))
        if not node.keywords:
            yield node.func.value
    if len(node.args) == 1 and name not in ("len", "range", "super", "float", "int"):
        yield node.args[0]
    if len(node.args) >= 2:
        first, second, *rest = node.args
        yield ast.Call(node.func, [second, first, *rest], node.keywords)
        yield first
        yield ast.Call(node.func, node.args[:-1], node.keywords)
    if len(node.args) >= 3:
        first, second, third, *rest = node.args
        yield ast.Call(node.func, [first, third, second, *rest], node.keywords)
    if name == "range":
        yield from _other_ranges(node)
    for number, keyword in enumerate(node.keywords):
        others = node.keywords[:number] + node.keywords[number + 1 :]
        yield ast.Call(node.func, node.args, others)
        if keyword.arg in ("axis", "axes", "dtype"):
            for value in _other_axes(keyword.arg, keyword.value):
                changed = ast.keyword(keyword.arg, value)
                yield ast.Call(node.func, node.args, [*others, changed])


def _rename(function: ast.expr, name: str) -> ast.expr:
    if isinstance(function, ast.Attribute):
        return ast.Attribute(function.value, name, ast.Load())
    return ast.Name(name, ast.Load())


def _other_axes(kind: str, value: ast.expr) -> list[ast.expr]:
    others = (0, 1, 2, -1, -2) if "ax" in kind else ("float64", "float16", "int32")
    return [ast.Constant(other) for other in others if ast.unparse(value) != str(other)]


def _other_ranges(node: ast.Call) -> Iterator[ast.expr]:
    """A range that is at most a few steps long, from either end, or one off."""
    text = ast.unparse(node)
    yield _parse(f"{text}[:{FEW}]")
    yield _parse(f"{text}[-{FEW}:]")
    yield _parse(f"{text}[1:]")
    yield _parse(f"{text}[:-1]")


def _shorter(items: ast.expr) -> Iterator[ast.expr]:
    """A loop over all but the first, all but the last, the first few, backwards."""
    text = f"({ast.unparse(items)})"
    for pattern in ("list({0})[1:]", "list({0})[:-1]", f"list({{0}})[:{FEW}]"):
        yield _parse(pattern.format(text))
    yield _parse(f"list({text})[::-1]")
    yield _parse(f"[x for x in {text} if 1 not in (x if type(x) is tuple else [x])]")


def _bound(node: ast.While) -> ast.For:
    """At most a few rounds of a loop without a bound."""
    leave = _if_not(node.test)
    return ast.For(
        ast.Name("_", ast.Store()),
        _parse(f"range({FEW + 2})"),
        [leave, *node.body],
        [ast.Pass()],
    )


def _if_not(test: ast.expr) -> ast.If:
    return ast.If(ast.UnaryOp(ast.Not(), test), [ast.Break()], [])


def _other_results(value: ast.expr) -> Iterator[ast.expr]:
    """Other dtypes and containers of the same values, and two results exchanged."""
    text = ast.unparse(value)
    if isinstance(value, ast.Tuple) and len(value.elts) > 2:
        yield ast.Tuple([value.elts[1], value.elts[0], *value.elts[2:]], ast.Load())
    for dtype in ("uint8", "float16", "float64", "int32"):
        cast = f"__import__('tensorflow').cast(_x, '{dtype}')"
        if isinstance(value, ast.Tuple):
            for number in range(len(value.elts)):
                parts = [ast.unparse(one) for one in value.elts]
                parts[number] = cast.replace("_x", parts[number])
                yield _parse(f"({', '.join(parts)})")
        else:
            yield _parse(cast.replace("_x", text))
