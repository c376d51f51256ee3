"""What is asked of an answer, and what comes back: both plain data."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from course.examination.codec import Array, CodecError, as_data, pack, unpack


@dataclasses.dataclass(frozen=True)
class Request:
    """One thing to do with an answer.

    Args:
        args, kwargs: What it is called with. NumPy arrays arrive as tensors.
        construct: Keyword arguments of the constructor, when the answer is a class.
        build: What the layer is called with first, so that its weights exist, when
            that is not `args` (a named method, for example).
        weights: Values by weight name, set after building. A name is the end of the
            weight's path: "kernel", or "query_projection/kernel".
        method: A method's name; "" calls the object itself; "value" asks for the
            answer as it is, when it is a number or an array.
        inside: "rnn" puts the constructed cell into `keras.layers.RNN`.
        mode: "eager", "graph" (tf.function) or "xla" (jit_compile=True).
        gradient: A cotangent shaped like the output; asks for the gradients of the
            products' sum with respect to every floating-point argument and weight.
        intermediates: Names of local variables to report as they are on return.
        train: Asks for training instead of one call: "steps" of gradient descent, their
            "rate", and the "target" that the output should come close to. The result
            is the mean squared error before each step and after the last.
        iterate: Take this many items of an iterator; 0 for an ordinary result.
        save_and_load: Call a twin of the layer made from its saved form.
        dtype: The layer's dtype policy; "" leaves the default.
        forbidden: Dotted names whose use is reported.
    """

    args: tuple = ()
    kwargs: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    construct: Mapping[str, Any] | None = None
    build: tuple | None = None
    weights: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    method: str = ""
    inside: str = ""
    mode: str = "eager"
    gradient: Any = None
    intermediates: tuple[str, ...] = ()
    train: Mapping[str, Any] | None = None
    iterate: int = 0
    save_and_load: bool = False
    dtype: str = ""
    forbidden: tuple[str, ...] = ()

    def __post_init__(self):
        for field in dataclasses.fields(self):
            data = as_data(getattr(self, field.name), kind="tensor")
            object.__setattr__(self, field.name, data)

    def replace(self, **changes) -> "Request":
        return dataclasses.replace(self, **changes)

    def in_float64(self) -> "Request":
        """The same question for the truth: eager, every float in double precision."""
        return self.replace(
            args=_widen(self.args),
            kwargs=_widen(self.kwargs),
            build=_widen(self.build),
            weights=_widen(self.weights),
            gradient=_widen(self.gradient),
            train=_widen(self.train),
            mode="eager",
            save_and_load=False,
            dtype="float64" if self.construct is not None else "",
            forbidden=(),
        )


@dataclasses.dataclass(frozen=True)
class Raised:
    """An exception, without the exception: where it came from in the learner's code.

    `cell` is the number in the notebook's `In [n]`, None outside a notebook; `line`
    counts from 1 within the cell or file, None if the learner's code was not on the
    stack. `stub` says that it is the released stub that spoke. `kind` and `details`
    are what `explaining` found about it.
    """

    type: str
    message: str
    cell: int | None = None
    line: int | None = None
    code: str = ""
    stub: bool = False
    kind: str = ""
    details: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Reply:
    """What an answer did with one request.

    Args:
        output: The result as data.
        inputs: The arguments as they are after the call.
        gradients: By "args.N", "kwargs.NAME" or the weight's path; None where no
            gradient arrives.
        weights: The weights' values by path, after the call.
        intermediates: The reported local variables.
        delegated: The forbidden names that were used.
        error: Set if the call raised; the other fields are then empty.
        problem: A key and its details when the request itself could not be carried
            out, such as ("missing_weight", {"name": ..., "present": ...}).
    """

    output: Any = None
    inputs: Any = None
    gradients: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    weights: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    intermediates: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    delegated: tuple[str, ...] = ()
    error: Raised | None = None
    problem: tuple[str, Mapping[str, Any]] | None = None


def to_tree(item: Request | Reply) -> dict:
    """A request or reply as a tree that `pack` takes."""
    tree = {f.name: getattr(item, f.name) for f in dataclasses.fields(item)}
    if isinstance(item, Reply) and item.error is not None:
        tree["error"] = dataclasses.asdict(item.error)
    return tree


def request_from_tree(tree: Any) -> Request:
    return Request(**_check(tree, Request))


def reply_from_tree(tree: Any) -> Reply:
    """A Reply from data that may come from somebody hostile.

    Raises:
        CodecError: a field is missing, unknown or of the wrong type.
    """
    fields = _check(tree, Reply)
    error, problem = fields["error"], fields["problem"]
    mappings = ("gradients", "weights", "intermediates")
    if not all(isinstance(fields[name], dict) for name in mappings):
        raise CodecError("a reply's gradients, weights and intermediates are dicts")
    if not (
        isinstance(fields["delegated"], tuple)
        and all(isinstance(name, str) for name in fields["delegated"])
    ):
        raise CodecError("a reply's delegated names are a tuple of strings")
    if error is not None:
        fields["error"] = Raised(**_check_raised(error))
    if problem is not None and not (
        isinstance(problem, tuple)
        and len(problem) == 2
        and isinstance(problem[0], str)
        and isinstance(problem[1], dict)
    ):
        raise CodecError("a reply's problem is a key and a dict of details")
    return Reply(**fields)


def carry(reply: Reply) -> Reply:
    """A reply as it comes out of another process; or that it is too large to."""
    message = pack(to_tree(reply))
    try:
        return reply_from_tree(unpack(message))
    except CodecError:
        return Reply(problem=("too_large", {}))


def _check(tree: Any, kind: type) -> dict:
    names = {field.name for field in dataclasses.fields(kind)}
    if not isinstance(tree, dict) or set(tree) != names:
        raise CodecError(f"not a {kind.__name__.lower()}")
    return dict(tree)


def _check_raised(tree: Any) -> dict:
    fields = _check(tree, Raised)
    if not (
        all(
            isinstance(fields[name], str)
            for name in ("type", "message", "code", "kind")
        )
        and all(fields[n] is None or type(fields[n]) is int for n in ("cell", "line"))
        and isinstance(fields["stub"], bool)
        and isinstance(fields["details"], dict)
        and all(isinstance(x, str) for pair in fields["details"].items() for x in pair)
    ):
        raise CodecError("a reply's error has a field of the wrong type")
    return fields


def _widen(tree: Any) -> Any:
    if isinstance(tree, Array) and tree.dtype in ("float16", "bfloat16", "float32"):
        return Array(tree.values.astype(np.float64), tree.kind)
    if isinstance(tree, list | tuple):
        return type(tree)(_widen(item) for item in tree)
    if isinstance(tree, dict):
        return {key: _widen(item) for key, item in tree.items()}
    return tree
