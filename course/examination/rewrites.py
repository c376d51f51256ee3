"""The same answer written in other ways: right answers that nobody thought of either.

Each rewriting keeps what a function computes: other functions for the same steps,
operands exchanged, loops for comprehensions, double precision inside, the batch one by
one. Where that is not so (text is not added in any order), `unseen` sees it by
comparing numbers, and drops the rewriting.
"""

import ast
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from course.examination.candidate import source_of
from course.examination.mutants import Mutant

TENSORFLOW = {
    "matmul": "linalg.matmul",
    "sum": "math.reduce_sum",
    "mean": "math.reduce_mean",
    "max": "math.reduce_max",
    "any": "math.reduce_any",
    "concatenate": "concat",
    "take": "gather",
    "arange": "range",
    "swapaxes": "experimental.numpy.swapaxes",
    "where": "where",
    "cast": "cast",
    "stack": "stack",
    "reshape": "reshape",
    "transpose": "transpose",
    "exp": "math.exp",
    "sqrt": "math.sqrt",
    "square": "math.square",
    "tanh": "math.tanh",
    "sigmoid": "math.sigmoid",
    "relu": "nn.relu",
    "maximum": "math.maximum",
    "minimum": "math.minimum",
    "logical_and": "math.logical_and",
    "argmax": "math.argmax",
    "one_hot": "one_hot",
    "expand_dims": "expand_dims",
    "repeat": "repeat",
    "norm": "norm",
    "clip": "clip_by_value",
    "sin": "math.sin",
    "cos": "math.cos",
}


def rewrites(definition: Any, tensors: bool = True) -> Iterator[Mutant]:
    """Every rewriting of a function or class that changes its source or its call.

    Args:
        definition: A function or a class.
        tensors: Whether tensors go in: else precision and graphs make no difference.
    """
    source = source_of(definition)
    seen = {ast.unparse(ast.parse(source))}
    for name, rewrite in REWRITES.items():
        tree = ast.fix_missing_locations(rewrite().visit(ast.parse(source)))
        changed = ast.unparse(tree)
        if changed not in seen:
            seen.add(changed)
            yield Mutant(name, changed, _make(changed, definition))
    if isinstance(definition, types.FunctionType) and tensors:
        for name, wrap in WRAPPINGS.items():
            yield Mutant(name, source, wrap(_make(source, definition)))


def _make(source: str, definition: Any) -> Any:
    import tensorflow as tf

    namespace = {**vars(sys.modules[definition.__module__]), "_tf": tf}
    exec(compile(source, "<rewrite>", "exec"), namespace)
    return namespace[definition.__name__]


class _InTensorFlow(ast.NodeTransformer):
    """`ops.sum(x)` -> `tf.math.reduce_sum(x)`"""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        is_ops = isinstance(node.value, ast.Name) and node.value.id == "ops"
        if is_ops and node.attr in TENSORFLOW:
            return ast.parse(f"_tf.{TENSORFLOW[node.attr]}", mode="eval").body
        return node


class _WithEinsum(ast.NodeTransformer):
    """Products of matrices as sums over a named axis."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if ast.unparse(node.func) in ("ops.matmul", "tf.matmul"):
            names = ast.Constant("...ij,...jk->...ik")
            return ast.Call(_einsum(), [names, *node.args], node.keywords)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            names = ast.Constant("...ij,...jk->...ik")
            return ast.Call(_einsum(), [names, node.left, node.right], [])
        return node


def _einsum() -> ast.expr:
    return ast.parse("_tf.einsum", mode="eval").body


class _Exchanged(ast.NodeTransformer):
    """a + b -> b + a and a * b -> b * a"""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Add | ast.Mult):
            return ast.BinOp(node.right, node.op, node.left)
        return node


class _Reciprocals(ast.NodeTransformer):
    """a / b -> a * (1 / b) and a - b -> a + -1 * b"""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Div):
            inverse = ast.BinOp(ast.Constant(1), ast.Div(), node.right)
            return ast.BinOp(node.left, ast.Mult(), inverse)
        if isinstance(node.op, ast.Sub):
            negative = ast.BinOp(ast.Constant(-1), ast.Mult(), node.right)
            return ast.BinOp(node.left, ast.Add(), negative)
        return node


class _Backwards(ast.NodeTransformer):
    """a < b -> b > a, and `x if c else y` -> `y if not c else x`"""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        turned = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
        turned |= {ast.Eq: ast.Eq, ast.NotEq: ast.NotEq}
        kind = turned.get(type(node.ops[0]))
        if kind is None or len(node.ops) > 1:
            return node
        return ast.Compare(node.comparators[0], [kind()], [node.left])

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)


class _Loops(ast.NodeTransformer):
    """Comprehensions written through a function with a loop in it."""

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        self.generic_visit(node)
        generator = ast.GeneratorExp(node.elt, node.generators)
        return ast.Call(ast.Name("list", ast.Load()), [generator], [])

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        self.generic_visit(node)
        pair = ast.Tuple([node.key, node.value], ast.Load())
        generator = ast.GeneratorExp(pair, node.generators)
        return ast.Call(ast.Name("dict", ast.Load()), [generator], [])

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        if node.orelse or any(isinstance(n, ast.Continue) for n in ast.walk(node)):
            return node
        items = ast.parse(f"_items = iter({ast.unparse(node.iter)})").body
        taken = ast.Assign([node.target], ast.Name("_next", ast.Load()))
        stop = ast.parse("if _next is _items:\n    break").body
        if any(isinstance(n, ast.While) for part in node.body for n in ast.walk(part)):
            return node  # the names are taken by a loop inside
        step = ast.parse("_next = next(_items, _items)").body
        body = [*step, *stop, taken, *node.body]
        return [*items, ast.While(ast.Constant(True), body, [])]


def _in_float64(function: Callable) -> Callable:
    def answer(*args, **kwargs):
        import tensorflow as tf

        dtypes: list = []

        def widen(x):
            if tf.is_tensor(x) and x.dtype.is_floating:
                dtypes.append(x.dtype)
                return tf.cast(x, tf.float64)
            return type(x)(map(widen, x)) if type(x) in (list, tuple) else x

        def narrow(x):
            if tf.is_tensor(x) and x.dtype.is_floating:
                return tf.cast(x, dtypes[0] if dtypes else x.dtype)
            return type(x)(map(narrow, x)) if type(x) in (list, tuple) else x

        args = tuple(map(widen, args))
        return narrow(function(*args, **{k: widen(v) for k, v in kwargs.items()}))

    return answer


def _in_a_graph(function: Callable) -> Callable:
    import tensorflow as tf

    compiled = tf.function(function, reduce_retracing=False)

    def answer(*args, **kwargs):
        tensors = [a for a in (*args, *kwargs.values()) if tf.is_tensor(a)]
        return (compiled if tensors else function)(*args, **kwargs)

    return answer


REWRITES = {
    "in TensorFlow": _InTensorFlow,
    "with einsum": _WithEinsum,
    "operands exchanged": _Exchanged,
    "reciprocals": _Reciprocals,
    "conditions turned": _Backwards,
    "loops": _Loops,
}
WRAPPINGS = {
    "float64 inside": _in_float64,
    "through tf.function": _in_a_graph,
}
