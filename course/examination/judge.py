"""Compares one reply with the truth and says what differs, and where."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from course.examination.codec import Array, Opaque
from course.examination.exercise import Case, Exercise, Probe
from course.examination.request import Reply, Request
from course.examination.tolerance import deviation
from course.examination.verdict import Finding, Outcome

PROBLEMS = {
    "missing": Outcome.NOT_ATTEMPTED,
    "syntax_error": Outcome.RAISED,
    "too_long": Outcome.RAISED,
    "too_large": Outcome.RAISED,
    "interrupted": Outcome.RAISED,
    "weight_shape": Outcome.WRONG_SHAPE,
}


class Wrong(Exception):
    """The first thing that is wrong with a reply."""

    def __init__(self, outcome: Outcome, key: str, **details):
        super().__init__(key)
        self.outcome, self.key, self.details = outcome, key, details


def judge(
    exercise: Exercise, probe: Probe, case: Case, reply: Reply, truth: Reply
) -> Finding:
    """What one probe shows, given the reply and the float64 truth."""
    try:
        refuse_failures(reply, case.request)
        if truth.error or truth.problem:
            raise RuntimeError(
                f"the reference of {exercise.name} failed on {probe.name}: "
                f"{truth.error or truth.problem}"
            )
        _compare_outputs(exercise, case, reply, truth)
        _compare_gradients(case.request, reply, truth)
        _refuse_changed_inputs(case.request, reply)
    except Wrong as wrong:
        return Finding(probe.name, probe.part, wrong.outcome, wrong.key, wrong.details)
    return Finding(probe.name, probe.part, Outcome.RIGHT)


def refuse_failures(reply: Reply, request: Request) -> None:
    """Raises Wrong if the call did not come back, or used what it may not."""
    if reply.delegated:
        raise Wrong(Outcome.DELEGATED, "delegated", name=reply.delegated[0])
    if reply.problem is not None:
        key, details = reply.problem
        raise Wrong(PROBLEMS.get(key, Outcome.WRONG_TYPE), key, **details)
    if request.method == "value" and reply.output in (None, Opaque("ellipsis")):
        raise Wrong(Outcome.NOT_ATTEMPTED, "no_value")
    if reply.error is not None:
        error = reply.error
        where = {"cell": error.cell, "line": error.line, "code": error.code}
        if error.stub:
            raise Wrong(Outcome.NOT_ATTEMPTED, "stub", **where)
        keys = {"eager": "raised", "graph": "raised_graph", "xla": "raised_xla"}
        raise Wrong(
            Outcome.RAISED,
            keys[request.mode],
            type=error.type,
            text=error.message,
            kind=error.kind,
            about=dict(error.details),
            **where,
        )


def _compare_outputs(exercise: Exercise, case: Case, reply: Reply, truth: Reply):
    got, expected = reply.output, truth.output
    names = exercise.outputs
    if isinstance(expected, tuple | list) and len(names) > 1:
        if not isinstance(got, tuple | list):
            raise Wrong(
                Outcome.WRONG_TYPE,
                "not_a_tuple",
                type=_kind(got),
                expected=", ".join(names),
            )
        if len(got) != len(expected):
            raise Wrong(
                Outcome.WRONG_TYPE, "count", count=len(got), expected=", ".join(names)
            )
        pairs = {n: (g, e) for n, g, e in zip(names, got, expected, strict=True)}
    else:
        pairs = {names[0]: (got, expected)}
    returns = {**exercise.returns, **case.axes}
    # In the order of computation: the first that differs is the one to report.
    for name, axes in returns.items():
        if name in pairs:
            one, other = pairs[name]
            _refuse_wrong_form(name, axes, one, other, case)
    for name, axes in returns.items():
        if name in pairs:
            _refuse_wrong_values(name, axes, *pairs[name], case)


def _refuse_wrong_form(name: str, axes, got: Any, expected: Any, case: Case) -> None:
    if got is None:
        raise Wrong(Outcome.WRONG_TYPE, "none", output=name)
    if isinstance(expected, Array):
        got = _as_array(got)
        if not isinstance(got, Array):
            raise Wrong(
                Outcome.WRONG_TYPE,
                "type",
                output=name,
                type=_kind(got),
                expected="tensor",
            )
        if not _same_kind_of_dtype(got, expected, case):
            raise Wrong(
                Outcome.WRONG_DTYPE,
                "dtype",
                output=name,
                dtype=got.dtype,
                expected=_expected_dtype(expected, case),
            )
        if got.shape != expected.shape:
            raise Wrong(
                Outcome.WRONG_SHAPE,
                "shape",
                output=name,
                shape=list(got.shape),
                expected=list(expected.shape),
                axes=", ".join(axes),
            )
    elif _numeric(expected) and (_numeric(got) or _is_scalar(got)):
        return
    elif type(got) is not type(expected) and not _both_sequences(got, expected):
        raise Wrong(
            Outcome.WRONG_TYPE,
            "type",
            output=name,
            type=_kind(got),
            expected=_kind(expected),
        )


def _refuse_wrong_values(name: str, axes, got: Any, expected: Any, case: Case) -> None:
    if not isinstance(expected, Array):
        if not same_data(got, expected):
            where = _where_in_data(got, expected)
            raise Wrong(Outcome.WRONG_VALUES, "value", output=name, **where)
        return
    got = _as_array(got)
    wrong = deviation(got, expected, asked_dtype(case.request)) > 1
    if not wrong.any():
        return
    if got.values.dtype.kind == "f" and np.isnan(got.values[wrong]).any():
        raise Wrong(Outcome.WRONG_VALUES, "nan", output=name, **_share(wrong))
    raise Wrong(
        Outcome.WRONG_VALUES,
        "values",
        output=name,
        **_share(wrong),
        **_where(wrong, axes, case.regions),
    )


def _share(wrong: np.ndarray) -> dict:
    """The share of right values in whole percent, never 100 when one is wrong."""
    return {"right": min(99, int(100 * (1 - wrong.mean())))}


def _where(wrong: np.ndarray, axes, regions: Mapping[str, np.ndarray]) -> dict:
    """A place that holds every wrong value and not everything, if there is one."""
    for name, region in regions.items():
        try:
            inside = np.broadcast_to(region, wrong.shape)
        except ValueError:
            continue
        if not inside.all() and not (wrong & ~inside).any():
            return {"where": "region", "region": name}
    for axis, label in enumerate(axes[-wrong.ndim :] if wrong.ndim else ()):
        others = tuple(n for n in range(wrong.ndim) if n != axis)
        places = np.flatnonzero(wrong.any(axis=others))
        size = wrong.shape[axis]
        if len(places) == 1 and size > 1:
            return {"where": "one", "axis": label, "place": int(places[0])}
        if len(places) == size - places[0] and places[0] > 0:
            return {"where": "from", "axis": label, "place": int(places[0])}
    return {}


def _where_in_data(got: Any, expected: Any) -> dict:
    """Where two lists, texts or dicts part ways; never what was expected there."""
    if isinstance(got, dict) and isinstance(expected, dict):
        missing = sum(key not in got for key in expected)
        extra = sum(key not in expected for key in got)
        if missing or extra:
            return {"where": "keys", "missing": missing, "extra": extra}
        wrong = sum(not same_data(got[key], expected[key]) for key in expected)
        return {"where": "entries", "wrong": wrong, "count": len(expected)}
    if _both_sequences(got, expected) or (type(got) is type(expected) is str):
        for place, (one, other) in enumerate(zip(got, expected, strict=False)):
            if not same_data(one, other):
                return {"where": "entry", "place": place}
        return {"where": "length", "count": len(got), "expected": len(expected)}
    return {}


def _compare_gradients(request: Request, reply: Reply, truth: Reply) -> None:
    if request.gradient is None:
        return
    for name, expected in truth.gradients.items():
        got = reply.gradients.get(name)
        if expected is None:
            continue
        if not isinstance(got, Array):
            raise Wrong(Outcome.WRONG_VALUES, "no_gradient", of=name)
        if got.shape != expected.shape:
            raise Wrong(Outcome.WRONG_VALUES, "gradient", of=name, right=0)
        wrong = deviation(got, expected, asked_dtype(request)) > 1
        if wrong.any():
            raise Wrong(Outcome.WRONG_VALUES, "gradient", of=name, **_share(wrong))


def _refuse_changed_inputs(request: Request, reply: Reply) -> None:
    if reply.inputs is None:
        return
    before = (request.args, dict(request.kwargs))
    if not same_data(reply.inputs, before):
        raise Wrong(Outcome.WRONG_VALUES, "inputs_changed")


def same_data(one: Any, other: Any, dtype: str = "") -> bool:
    """Whether two trees hold the same data; arrays within the tolerance of `dtype`."""
    if isinstance(other, Array) or isinstance(one, Array):
        one, other = _as_array(one), _as_array(other)
        if not (isinstance(one, Array) and isinstance(other, Array)):
            return False
        if one.shape != other.shape:
            return False
        asked = dtype or one.dtype
        return bool((deviation(one, other, asked) <= 1).all())
    if _both_sequences(one, other):
        return len(one) == len(other) and all(
            same_data(a, b, dtype) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            same_data(one[k], other[k], dtype) for k in one
        )
    if _numeric(one) and _numeric(other):
        return abs(one - other) <= 1e-6 * max(1, abs(other))
    return type(one) is type(other) and one == other


def asked_dtype(request: Request) -> str:
    """The narrowest float dtype among the arguments, or that of the layer's policy."""
    if request.dtype:
        return request.dtype.removeprefix("mixed_")
    found = {a.dtype for a in _arrays((request.args, request.kwargs))}
    order = ("bfloat16", "float16", "float32", "float64")
    return next((dtype for dtype in order if dtype in found), "float32")


def _arrays(tree: Any):
    if isinstance(tree, Array):
        yield tree
    elif isinstance(tree, dict):
        for item in tree.values():
            yield from _arrays(item)
    elif isinstance(tree, list | tuple):
        for item in tree:
            yield from _arrays(item)


def _as_array(got: Any) -> Any:
    """Numbers and nested lists of numbers count as arrays; anything else stays."""
    if isinstance(got, Array | Opaque | str | bytes | dict) or got is None:
        return got
    try:
        values = np.asarray(_plain(got) if isinstance(got, list) else got)
    except (ValueError, TypeError):
        return got
    return Array(values, "numpy") if values.dtype.kind in "biuf" else got


def _plain(tree: Any) -> Any:
    """The same lists, with values for Arrays: rows of NumPy's numbers stay rows."""
    if isinstance(tree, Array):
        return tree.values
    if isinstance(tree, list | tuple):
        return [_plain(item) for item in tree]
    return tree


def _same_kind_of_dtype(got: Array, expected: Array, case: Case) -> bool:
    if case.same_dtype:
        return got.dtype == _expected_dtype(expected, case)
    return _family(got.dtype) == _family(expected.dtype)


def _expected_dtype(expected: Array, case: Case) -> str:
    if _family(expected.dtype) == "float":
        return asked_dtype(case.request)
    return expected.dtype


def _family(dtype: str) -> str:
    if "float" in dtype:
        return "float"
    return "integer" if "int" in dtype else dtype


def _numeric(value: Any) -> bool:
    return type(value) in (int, float)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, Array) and value.shape == ()


def _both_sequences(one: Any, other: Any) -> bool:
    return isinstance(one, list | tuple) and isinstance(other, list | tuple)


def _kind(value: Any) -> str:
    """What to call a value in a message to a learner."""
    if isinstance(value, Opaque):
        return value.type_name
    if isinstance(value, Array):
        return "tensor"
    return type(value).__name__
