"""Does with an answer what a request asks: the only code that touches the answer.

When grading, this module runs in the isolated process and nothing else of the
examination does. It never decides what is right.
"""

import itertools
import os
import tempfile
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from course.examination.codec import Array, as_data
from course.examination.quiet import quiet
from course.examination.request import Reply, Request
from course.examination.watching import Watch, raised


class Problem(Exception):
    """The request cannot be carried out on this answer; says why, as data."""

    def __init__(self, key: str, **details):
        super().__init__(key)
        self.key, self.details = key, details


def perform(answer: Any, request: Request) -> Reply:
    """Carries out one request; whatever the answer does becomes part of the reply."""
    args, kwargs = _live(request.args), _live(request.kwargs)
    watch = Watch(answer, request)
    try:
        with quiet():
            if request.method == "value":
                return Reply(output=as_data(answer))
            target, weights = _target(answer, request, args, kwargs)
            function = _in_mode(target, request)
            with watch:
                output, gradients = _run(function, args, kwargs, weights, request)
            return Reply(
                output=as_data(output),
                inputs=as_data((args, kwargs)),
                gradients={name: as_data(g) for name, g in gradients.items()},
                weights={name: as_data(w.numpy()) for name, w in weights.items()},
                intermediates={n: as_data(v) for n, v in watch.intermediates.items()},
                delegated=tuple(sorted(watch.delegated)),
            )
    except Problem as problem:
        return Reply(problem=(problem.key, problem.details))
    except (Exception, SystemExit, GeneratorExit) as error:
        return Reply(
            error=raised(error, answer), delegated=tuple(sorted(watch.delegated))
        )


def _live(tree: Any) -> Any:
    """Data -> what the answer is called with: tensors, arrays and plain values."""
    if isinstance(tree, Array):
        if tree.kind == "numpy":
            return tree.values.copy()
        return tf.convert_to_tensor(tree.values)
    if isinstance(tree, list | tuple):
        return type(tree)(_live(item) for item in tree)
    if isinstance(tree, dict):
        return {key: _live(item) for key, item in tree.items()}
    return tree


def _target(answer: Any, request: Request, args: tuple, kwargs: dict):
    """What is to be called, and its weights by path."""
    if request.construct is None:
        if not callable(answer):
            raise Problem("not_callable", type=type(answer).__name__)
        return answer, {}
    if not isinstance(answer, type):
        raise Problem("not_a_class", type=type(answer).__name__)
    settings = dict(_live(request.construct))
    if request.dtype:
        settings["dtype"] = request.dtype
    built = layer = answer(**settings)
    if request.inside == "rnn":
        built = keras.layers.RNN(
            layer, return_sequences=True, dtype=request.dtype or None
        )
    weights = {}
    if isinstance(layer, keras.layers.Layer):
        if request.build is not None:
            built(*_live(request.build))
        else:
            built(*args, **kwargs)
        _set_weights(layer, _live(request.weights))
        if request.save_and_load:
            built = layer = _twin(layer, args, kwargs)
        weights = _by_path(layer)
    if request.method:
        if not hasattr(layer, request.method):
            raise Problem("missing_method", name=request.method)
        return getattr(layer, request.method), weights
    return built, weights


def _by_path(layer: keras.layers.Layer) -> dict[str, keras.Variable]:
    """Weights by path, below the layer's own name: "kernel", "query/kernel"."""
    below = f"/{layer.name}/"
    paths = [f"/{w.path}".partition(below)[2] or w.path for w in layer.weights]
    return dict(zip(paths, layer.weights, strict=True))


def _set_weights(layer: keras.layers.Layer, values: dict) -> None:
    present = _by_path(layer)
    for name, value in values.items():
        found = [w for path, w in present.items() if f"/{path}".endswith(f"/{name}")]
        if not found:
            raise Problem("missing_weight", name=name, present=sorted(present))
        if tuple(found[0].shape) != tuple(value.shape):
            raise Problem(
                "weight_shape",
                name=name,
                shape=list(found[0].shape),
                expected=list(value.shape),
            )
        found[0].assign(tf.cast(value, found[0].dtype))


def _twin(layer: keras.layers.Layer, args: tuple, kwargs: dict):
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


def _in_mode(target: Any, request: Request) -> Any:
    if request.mode == "eager":
        return target
    return tf.function(
        lambda *args, **kwargs: target(*args, **kwargs),
        jit_compile=request.mode == "xla",
    )


def _run(function: Any, args: tuple, kwargs: dict, weights: dict, request: Request):
    if request.gradient is None:
        output = function(*args, **kwargs)
        if request.iterate:
            output = list(itertools.islice(iter(output), request.iterate))
        return output, {}
    sources = _floating({"args": args, "kwargs": kwargs})
    variables = {name: w.value for name, w in weights.items() if w.trainable}
    with tf.GradientTape() as tape:
        tape.watch(list(sources.values()))
        output = function(*args, **kwargs)
        loss = _product(output, _live(request.gradient))
    wanted = sources | variables
    if not isinstance(loss, tf.Tensor):
        return output, dict.fromkeys(wanted)
    found = tape.gradient(loss, list(wanted.values()))
    dense = [tf.convert_to_tensor(g) if g is not None else None for g in found]
    return output, dict(zip(wanted, dense, strict=True))


def _floating(tree: Any, path: str = "") -> dict[str, tf.Tensor]:
    """The floating-point tensors in a tree, by path: "args.0", "kwargs.query"."""
    if isinstance(tree, tf.Tensor):
        return {path: tree} if tree.dtype.is_floating else {}
    if isinstance(tree, list | tuple):
        tree = dict(enumerate(tree))
    if not isinstance(tree, dict):
        return {}
    found: dict[str, tf.Tensor] = {}
    for key, item in tree.items():
        found |= _floating(item, f"{path}.{key}" if path else str(key))
    return found


def _product(output: Any, cotangent: Any) -> Any:
    """The sum of output * cotangent over all leaves for which a cotangent is given."""
    if cotangent is None:
        return 0.0
    if isinstance(cotangent, list | tuple):
        if not isinstance(output, list | tuple) or len(output) < len(cotangent):
            return 0.0
        terms = [_product(o, c) for o, c in zip(output, cotangent, strict=False)]
        return sum(term for term in terms if isinstance(term, tf.Tensor))
    if not tf.is_tensor(output) or output.shape != cotangent.shape:
        return 0.0
    return tf.reduce_sum(output * tf.cast(cotangent, output.dtype))
