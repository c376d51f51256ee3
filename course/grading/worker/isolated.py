"""A candidate of the examination whose answer lives in a runner."""

import dataclasses
import re

from course.examination.codec import CodecError, pack, unpack
from course.examination.request import Raised, Reply, reply_from_tree, to_tree
from course.grading.worker.runners import RunnerDied

_PROBLEMS = {
    "missing": (),
    "syntax_error": ("text", "line", "code"),
    "not_callable": ("type",),
    "not_a_class": ("type",),
    "missing_method": ("name",),
    "missing_weight": ("name", "present"),
    "weight_shape": ("name", "shape", "expected"),
}


_SAID = {"replies", "modules", "operations"}


class IsolatedCandidate:
    """What a learner's notebook calls `name`, asked over a wire.

    Nothing that arrives is believed beyond its form: a reply that is missing, doubled,
    unreadable or odd is an answer that raised.

    Args:
        runner: A `Runner` in which the notebook's cells have run.
        name: The answer's name in the notebook.
        seconds: How long all requests together may take.
        operations: Kinds of TensorFlow's operations that are looked for.

    Attributes:
        died: The `RunnerDied` that ended it, or None.
        modules: The library's modules that ran, a list of names.
        ran: Those of `operations` that ran.
    """

    def __init__(self, runner, name, seconds, operations=()):
        self.runner = runner
        self.name = name
        self.seconds = seconds
        self.operations = operations
        self.died = None
        self.modules, self.ran = [], []

    def answer(self, requests):
        order = {"answer": self.name, "requests": [to_tree(r) for r in requests]}
        order["operations"] = list(self.operations)
        try:
            payload = self.runner.ask(pack(order), self.seconds)
        except RunnerDied as died:
            self.died = died
            return [_fail("ProcessEnded", died.why) for _ in requests]
        try:
            said = unpack(payload)
            if type(said) is not dict or set(said) != _SAID:
                raise CodecError("not what a runner says")
            trees = said["replies"]
            if type(trees) is not list or len(trees) != len(requests):
                raise CodecError("not one reply for each request")
        except (CodecError, RecursionError, MemoryError) as error:
            return [_fail("Unreadable", str(error)) for _ in requests]
        self.modules = _names(said["modules"])
        self.ran = [n for n in _names(said["operations"]) if n in self.operations]
        return [_believe(tree, asked) for tree, asked in zip(trees, requests)]


def _fail(kind, message):
    return Reply(error=Raised(kind, message[:300]))


def _believe(tree, request):
    try:
        reply = reply_from_tree(tree)
    except (CodecError, TypeError, KeyError) as error:
        return _fail("Unreadable", str(error))
    if reply.error is not None:
        said = reply.error
        shown = dataclasses.replace(
            said,
            type=_printable(said.type, 80),
            message=_printable(said.message, 300),
            code=_printable(said.code, 200),
        )
        return Reply(error=shown, delegated=_keep_known(reply.delegated, request))
    if reply.problem is not None:
        key, details = reply.problem
        if key not in _PROBLEMS or set(details) != set(_PROBLEMS[key]):
            return _fail("Unreadable", "a problem that no runner reports")
        details = {name: _plain(value) for name, value in details.items()}
        return Reply(problem=(key, details))
    return dataclasses.replace(reply, delegated=_keep_known(reply.delegated, request))


def _keep_known(delegated, request):
    return tuple(name for name in delegated if name in request.forbidden)


def _printable(text, most):
    return "".join(c for c in text[:most] if c.isprintable())


def _names(value):
    """At most twenty dotted names; whatever else is in there is left out."""
    names = value if type(value) is list else []
    dotted = (n for n in names if type(n) is str and re.fullmatch(r"[\w.]{1,100}", n))
    return sorted({*dotted})[:20]


def _plain(value):
    if isinstance(value, list):
        return [_plain(item) for item in value[:20]]
    return value if type(value) is int else _printable(str(value), 100)
