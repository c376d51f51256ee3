"""What is seen of an answer: what it calls, and its local variables."""

import contextlib
import math
import sys

import numpy as np
import pytest
from keras import ops

from course.examination import Call, LocalCandidate, forbidden, watching
from course.examination.forbidden import Delegation, made_useless

X = np.ones((2, 3), "float32")
FORBIDDEN = ("keras.ops.exp2", "math.erf")


def reply(answer, **asked):
    request = Call(X).request.replace(forbidden=FORBIDDEN, **asked)
    return LocalCandidate(answer).answer([request])[0]


def with_python(x):
    return ops.exp2(x)


def with_c(x):
    return x * math.erf(0.5)


def caught(x):
    try:
        return ops.exp2(x)
    except Exception:
        return x


def alone(x):
    halved = x / 2
    return halved * 2


@pytest.mark.parametrize("intermediates", [(), ("halved",)])
@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (with_python, ("keras.ops.exp2",)),
        (caught, ("keras.ops.exp2",)),
        (with_c, ("math.erf",)),
        (ops.exp2, ("keras.ops.exp2",)),
        (alone, ()),
    ],
)
def test_what_is_forbidden_and_called_is_named(answer, names, intermediates):
    assert reply(answer, intermediates=intermediates).delegated == names


def test_only_eager_calls_are_watched():
    assert reply(with_python, mode="graph").delegated == ()


def test_what_was_forbidden_computes_again():
    reply(with_python)
    np.testing.assert_allclose(ops.exp2(X), 2 * X)


def test_one_watch_inside_another_gives_back_what_the_outer_one_took():
    with made_useless(FORBIDDEN) as (used, covered):
        assert reply(with_python).delegated == ("keras.ops.exp2",)
        with pytest.raises(Delegation):
            ops.exp2(X)
    assert (used, covered) == ({"keras.ops.exp2"}, {"keras.ops.exp2"})
    np.testing.assert_allclose(ops.exp2(X), 2 * X)


def test_local_variables_are_told():
    found = reply(alone, intermediates=("halved",)).intermediates
    np.testing.assert_allclose(found["halved"].values, X / 2)


def test_an_interrupted_watch_gives_everything_back():
    """Ctrl-C at each line that runs on the way in."""
    files = {forbidden.__file__, watching.__file__}
    request = Call(X).request.replace(forbidden=FORBIDDEN, intermediates=("x",))
    reached, line = True, 0
    while reached:
        reached, lines = False, iter(range(10_000))

        def interrupt(frame, event, _, lines=lines, line=line):
            nonlocal reached
            if frame.f_code.co_filename not in files:
                return None
            if event == "line" and next(lines) == line:
                reached = True
                raise KeyboardInterrupt
            return interrupt

        watch, before = watching.Watch(alone, request), sys.gettrace()
        sys.settrace(interrupt)
        with contextlib.suppress(KeyboardInterrupt), watch.observe():
            sys.settrace(before)
        sys.settrace(before)
        np.testing.assert_allclose(ops.exp2(X), 2 * X)
        assert sys.getprofile() is None
        line += 1
    assert line > 15
