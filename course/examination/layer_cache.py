"""The layers of one examination: built once for all requests that ask for the same."""

import contextlib
import functools
import inspect
import os
import random
import tempfile
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.common.global_state import (
    get_global_attribute,
    set_global_attribute,
)

from course.examination.codec import Array, pack
from course.examination.request import Request
from course.examination.sublayer_calls import SublayerCalls

COUNTS = "object_name_uids"  # under which Keras keeps how many layers a name has had


class Problem(Exception):
    """The request cannot be carried out on this answer; says why, as data."""

    def __init__(self, key: str, **details):
        super().__init__(key)
        self.key, self.details = key, details


class LayerCache:
    """Constructs an answer that is a class, or takes a layer built before.

    Building a layer costs more than calling it. A layer is taken again where the class,
    what it was constructed with and the shapes it was built for are the same; every
    variable, the state of dropout included, is then what it was when it was new.

    Args:
        related: Whether a layer may also be taken for another class that builds itself
            with the very same functions: for classes that are our own. What sublayers
            of theirs reply is remembered, too.
    """

    def __init__(self, related: bool = False):
        self._related = related
        self._calls = SublayerCalls()
        self._built: dict[tuple, tuple] = {}

    def take(self, answer: type, request: Request, args: tuple, kwargs: dict):
        """The object to call, the constructed object inside it, its weights by path.

        Args:
            answer: The learner's class.
            request: What is asked; `construct` is not None.
            args, kwargs: The request's, as tensors.

        Raises:
            Problem: a weight is not there or has another shape.
        """
        key = (
            _way_of_building(answer) if self._related else answer,
            _cache_key_of(request),
        )
        self._calls.listening = False
        with _fixed_seed():
            if key in self._built:
                built, layer, values = self._built[key]
                if self._related:
                    layer.__class__ = answer
            else:
                ready: list[bool] = []
                make = _asking_if_ready(answer, ready) if self._related else answer
                built, layer, values = _construct(make, request, args, kwargs)
                if isinstance(layer, keras.layers.Layer) and all(ready):
                    self._built[key] = built, layer, values
                    if self._related:
                        self._calls.attend_to(layer)
            if not isinstance(layer, keras.layers.Layer):
                return built, layer, {}
            paths = _set_variables(layer, values, request.weights)
            if request.save_and_load:
                built = layer = _reload(layer, args, kwargs)
                paths = _by_path(layer)
        self._calls.listening = self._related and _asks_for_values_only(request)
        return built, layer, paths


def _asking_if_ready(answer: type, ready: list[bool]) -> Callable[..., Any]:
    """Constructs an answer, and notes whether all below it is built when it is called.

    A sublayer that waits for a call is built for what it gets there: in another class,
    that may be something else.
    """

    def construct(**settings: Any) -> Any:
        layer = answer(**settings)
        if isinstance(layer, keras.layers.Layer):
            layer.call = functools.partial(_first_call, layer, ready)
        return layer

    return construct


def _first_call(layer: keras.layers.Layer, ready: list[bool], *args, **kwargs) -> Any:
    del layer.call  # on the next call it is its class's again
    below = layer._flatten_layers(include_self=False)
    ready.append(all(one.built for one in below))
    return layer.call(*args, **kwargs)


def _asks_for_values_only(request: Request) -> bool:
    """Neither for a gradient, nor for training, nor for a compiled program."""
    compiled = request.mode != "eager" or request.inside != ""
    return not compiled and request.gradient is None and request.train is None


def live(tree: Any) -> Any:
    """Data -> what the answer is called with: tensors, arrays and plain values."""
    if isinstance(tree, Array):
        if tree.kind == "numpy":
            return tree.values.copy()
        return tf.convert_to_tensor(tree.values)
    if isinstance(tree, list | tuple):
        return type(tree)(live(item) for item in tree)
    if isinstance(tree, dict):
        return {key: live(item) for key, item in tree.items()}
    return tree


def _cache_key_of(request: Request) -> bytes:
    """What a fresh layer depends on: its arguments, and the shapes it is built for."""
    called = (request.args, request.kwargs)
    first = called if request.build is None else (request.build, {})
    parts = (request.construct, request.inside, request.dtype, _shapes(first))
    return pack(parts)


def _shapes(tree: Any) -> Any:
    if isinstance(tree, Array):
        return (tree.dtype, tree.shape)
    if isinstance(tree, list | tuple):
        return tuple(_shapes(item) for item in tree)
    if isinstance(tree, dict):
        return {key: _shapes(item) for key, item in tree.items()}
    return "bool" if type(tree) is bool else tree


@contextlib.contextmanager
def _fixed_seed() -> Iterator[None]:
    """Keras draws its seeds from Python's generator: here they are always the same.

    Weights that a request does not set, and dropout, are then alike in two answers
    that do the same; the learner's own generator goes on where it was.
    """
    state = random.getstate()
    random.seed(0)
    try:
        yield
    finally:
        random.setstate(state)


@contextlib.contextmanager
def _names_of_its_own() -> Iterator[None]:
    """Layers and variables are named as if no other had been made before.

    Keras counts the layers of a name, in a notebook all that were ever made there: by
    the count, the weights of a sublayer without a name would be found or not. The count
    goes on where it was. TensorFlow's variables are named without the layers around
    them: "query". It prepares a kernel for every new name, which takes two thirds of
    the time that a layer takes to build; so the next block finds its own prepared.
    """

    def create(next_creator: Any, **settings: Any) -> Any:
        with tf.name_scope(""):
            return next_creator(**settings)

    counts = get_global_attribute(COUNTS)
    set_global_attribute(COUNTS, None)
    try:
        with tf.variable_creator_scope(create):
            yield
    finally:
        set_global_attribute(COUNTS, counts)


def _construct(answer: Callable[..., Any], request: Request, args: tuple, kwargs: dict):
    settings = dict(live(request.construct))
    if request.dtype:
        settings["dtype"] = request.dtype
    with _names_of_its_own():
        return _build(answer(**settings), request, args, kwargs)


def _build(layer: Any, request: Request, args: tuple, kwargs: dict):
    built = layer
    if request.inside == "rnn":
        built = keras.layers.RNN(
            layer, return_sequences=True, dtype=request.dtype or None
        )
    if not isinstance(layer, keras.layers.Layer):
        return built, layer, []
    early = {id(variable): variable.numpy() for variable in layer.variables}
    if request.build is not None:
        built(*live(request.build))
    else:
        built(*args, **kwargs)
    # As they were before: the first call has advanced the seeds of dropout.
    values = [early.get(id(variable), variable.numpy()) for variable in layer.variables]
    return built, layer, values


@functools.cache
def _way_of_building(kind: Any) -> tuple:
    """Everything of a class's own that runs while it is constructed and built."""
    own: dict[str, Any] = {}
    for parent in kind.__mro__:
        if parent.__module__.partition(".")[0] in ("keras", "builtins"):
            break
        own = {**vars(parent), **own}
    found: dict[str, Any] = {}
    waiting = ["__init__", "build"]
    while waiting:
        name = waiting.pop()
        if name in own and name not in found:
            found[name] = own[name]
            waiting += _names_in(getattr(own[name], "__code__", None))
    same = sorted((name, id(value)) for name, value in found.items())
    return (*same, str(inspect.signature(kind.call)))


def _names_in(code: Any) -> list[str]:
    """Every name that some code mentions, and the functions inside it."""
    if not isinstance(code, types.CodeType):
        return []
    inside = [name for constant in code.co_consts for name in _names_in(constant)]
    return [*code.co_names, *inside]


def _by_path(layer: keras.layers.Layer) -> dict[str, keras.Variable]:
    """Weights by path, below the layer's own name: "kernel", "query/kernel"."""
    below = f"/{layer.name}/"
    paths = [f"/{w.path}".partition(below)[2] or w.path for w in layer.weights]
    return dict(zip(paths, layer.weights, strict=True))


def value_of(variable: keras.Variable) -> np.ndarray:
    """What a variable holds, in a third of the time that `variable.numpy()` takes."""
    held = variable.value
    return tf.raw_ops.ReadVariableOp(resource=held.handle, dtype=held.dtype).numpy()


def _set_variables(
    layer: keras.layers.Layer, values: list, weights: Mapping
) -> dict[str, keras.Variable]:
    """Makes every variable what it was when new, or what the request says.

    Most stand where the last request has left them: only those that differ are
    assigned.

    Returns:
        The layer's weights by path.
    """
    wanted = dict(zip(map(id, layer.variables), values, strict=True))
    present = _by_path(layer)
    by_end = _by_end(present)
    for name, value in weights.items():
        found = by_end.get(name)
        if found is None:
            raise Problem("missing_weight", name=name, present=sorted(present))
        if tuple(found.shape) != value.shape:
            raise Problem(
                "weight_shape",
                name=name,
                shape=list(found.shape),
                expected=list(value.shape),
            )
        wanted[id(found)] = value.values.astype(found.dtype)
    for variable in layer.variables:
        value = wanted[id(variable)]
        if value_of(variable).tobytes() != value.tobytes():
            # A copy: the variable would share the memory of an array that is kept.
            copied = tf.convert_to_tensor(value)
            tf.raw_ops.AssignVariableOp(resource=variable.value.handle, value=copied)
    return present


def _by_end(present: Mapping[str, keras.Variable]) -> dict[str, keras.Variable]:
    """The first weight for each end of a path: "block/query/kernel", "query/kernel"."""
    found: dict[str, keras.Variable] = {}
    for path, weight in present.items():
        end = path
        while end:
            found.setdefault(end, weight)
            end = end.partition("/")[2]
    return found


def _reload(layer: keras.layers.Layer, args: tuple, kwargs: dict):
    """The layer as it comes back from its configuration and its weights file."""
    kind = type(layer)
    with keras.saving.custom_object_scope({kind.__name__: kind}):
        config = keras.saving.serialize_keras_object(layer)
        twin = keras.saving.deserialize_keras_object(
            config, custom_objects={kind.__name__: kind}
        )
    twin(*args, **kwargs)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "layer.npz")
        saved = {str(n): w.numpy() for n, w in enumerate(layer.weights)}
        np.savez(path, **saved)
        with np.load(path) as loaded:
            twin.set_weights([loaded[str(n)] for n in range(len(saved))])
    return twin
