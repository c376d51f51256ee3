"""Does with an answer what a request asks: the only code that touches the answer.

When grading, this module runs in the isolated process and nothing else of the
examination does. It never decides what is right.
"""

import itertools
from typing import Any

import keras
import tensorflow as tf

from course.examination.codec import as_data
from course.examination.layer_cache import LayerCache, Problem, live, value_of
from course.examination.request import Reply, Request
from course.examination.silence import silence
from course.examination.watching import Watch, describe_error


def perform(answer: Any, request: Request, cache: LayerCache | None = None) -> Reply:
    """Carries out one request; whatever the answer does becomes part of the reply.

    Args:
        answer: The learner's function, class or value.
        request: What to do with it.
        cache: Layers that other requests of this examination have built already.
    """
    args, kwargs = live(request.args), live(request.kwargs)
    watch = Watch(answer, request)
    try:
        with silence():
            if request.method == "value":
                return Reply(output=as_data(answer))
            where = (args, kwargs, cache or LayerCache())
            target, weights = _target(answer, request, *where)
            function = _in_mode(target, request)
            with watch.observe():
                output, gradients = _run(function, args, kwargs, weights, request)
            return Reply(
                output=as_data(output),
                inputs=as_data((args, kwargs)),
                gradients={name: as_data(g) for name, g in gradients.items()},
                weights={name: as_data(value_of(w)) for name, w in weights.items()},
                intermediates={n: as_data(v) for n, v in watch.intermediates.items()},
                delegated=tuple(sorted(watch.delegated)),
            )
    except Problem as problem:
        return Reply(problem=(problem.key, problem.details))
    except (Exception, SystemExit, GeneratorExit) as error:
        return Reply(
            error=describe_error(error, answer, request.mode),
            delegated=tuple(sorted(watch.delegated)),
        )


def _target(
    answer: Any, request: Request, args: tuple, kwargs: dict, cache: LayerCache
) -> tuple[Any, dict[str, keras.Variable]]:
    """What is to be called, and its weights by path."""
    if request.construct is None:
        if not callable(answer):
            raise Problem("not_callable", type=type(answer).__name__)
        return answer, {}
    if not isinstance(answer, type):
        raise Problem("not_a_class", type=type(answer).__name__)
    built, layer, weights = cache.take(answer, request, args, kwargs)
    if request.method:
        if not hasattr(layer, request.method):
            raise Problem("missing_method", name=request.method)
        return getattr(layer, request.method), weights
    return built, weights


def _in_mode(target: Any, request: Request) -> Any:
    if request.mode == "eager":
        return target
    return tf.function(
        lambda *args, **kwargs: target(*args, **kwargs),
        jit_compile=request.mode == "xla",
    )


def _run(function: Any, args: tuple, kwargs: dict, weights: dict, request: Request):
    if request.train is not None:
        return _losses(function, args, kwargs, weights, live(request.train)), {}
    if request.gradient is None:
        output = function(*args, **kwargs)
        if request.iterate:
            output = list(itertools.islice(iter(output), request.iterate))
        return output, {}
    sources = _floating_tensors({"args": args, "kwargs": kwargs})
    variables = {name: w.value for name, w in weights.items() if w.trainable}
    with tf.GradientTape() as tape:
        tape.watch(list(sources.values()))
        output = function(*args, **kwargs)
        loss = _product(output, live(request.gradient))
    wanted = sources | variables
    if not isinstance(loss, tf.Tensor):
        return output, dict.fromkeys(wanted)
    found = tape.gradient(loss, list(wanted.values()))
    dense = [tf.convert_to_tensor(g) if g is not None else None for g in found]
    return output, dict(zip(wanted, dense, strict=True))


def _losses(function: Any, args: tuple, kwargs: dict, weights: dict, train: dict):
    """[steps + 1] losses of gradient descent on every weight that can be trained."""
    variables = [w.value for w in weights.values() if w.trainable]

    def loss():
        output = function(*args, **kwargs)
        return tf.reduce_mean(
            tf.square(output - tf.cast(train["target"], output.dtype))
        )

    losses = []
    for _ in range(train["steps"]):
        with tf.GradientTape() as tape:
            losses.append(loss())
        gradients = tape.gradient(losses[-1], variables)
        for variable, gradient in zip(variables, gradients, strict=True):
            if gradient is not None:
                step = train["rate"] * tf.convert_to_tensor(gradient)
                variable.assign_sub(step, read_value=False)
    return tf.stack([*losses, loss()])


def _floating_tensors(tree: Any, path: str = "") -> dict[str, tf.Tensor]:
    """The floating-point tensors in a tree, by path: "args.0", "kwargs.query"."""
    if isinstance(tree, tf.Tensor):
        return {path: tree} if tree.dtype.is_floating else {}
    if isinstance(tree, list | tuple):
        tree = dict(enumerate(tree))
    if not isinstance(tree, dict):
        return {}
    found: dict[str, tf.Tensor] = {}
    for key, item in tree.items():
        found |= _floating_tensors(item, f"{path}.{key}" if path else str(key))
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
