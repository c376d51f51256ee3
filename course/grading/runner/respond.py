"""Answers the grader's requests in the runner: the learner's side of an examination."""

import time
from contextlib import nullcontext

from course.examination.clock import TimeIsUp
from course.examination.codec import CodecError, pack, unpack
from course.examination.forbidden import made_useless, resolve
from course.examination.layer_cache import LayerCache
from course.examination.perform import perform
from course.examination.request import Raised, Reply, carry, request_from_tree, to_tree
from course.examination.watching import place_of
from course.grading.runner import withheld
from course.grading.runner.shell import PATIENCE, alarm
from course.grading.runner.traced import Traced
from course.showing.finding import syntax_error_in

_MISSING = object()


def respond(names, payload, seconds):
    """Does what a packed order asks with one of the notebook's names.

    Args:
        names: The namespace in which the cells ran.
        payload: A packed dict: "answer", a name; "requests", trees; "operations",
            kinds of TensorFlow's that are looked for.
        seconds: How much processor time all of it may take.

    Returns:
        A packed dict: "replies", one a request, in order; "modules" of the library and
        "operations", lists of those that ran. After a request that took too long the
        others are not tried.
    """
    order = unpack(payload)
    requests = [request_from_tree(tree) for tree in order["requests"]]
    answer = names.get(order["answer"], _MISSING)
    broken = syntax_error_in(order["answer"], {"In": [*names.get("In", ()), ""]})
    if broken or answer is _MISSING:
        problem = ("syntax_error", broken) if broken else ("missing", {})
        trees = [to_tree(Reply(problem=problem)) for _ in requests]
        return pack({"replies": trees, "modules": [], "operations": []})
    began, until = time.process_time(), time.monotonic() + PATIENCE * seconds
    trees, cache = [], LayerCache()
    forbidden = sorted({name for request in requests for name in request.forbidden})
    traced = Traced(forbidden, order["operations"])
    watched = next((r for r in requests if r.mode == "eager"), None)
    with made_useless(forbidden) as (used, covered):
        for request in requests:
            # Watching slows every call down: one request is enough to see how.
            watching = traced.watching() if request is watched else nullcontext()
            request = _lighter(request, covered, answer)
            used.clear()
            left = seconds - (time.process_time() - began)
            left = min(left, (until - time.monotonic()) / PATIENCE)
            with watching:
                reply = _answer_in_time(answer, request, cache, left, seconds)
            delegated = {*used, *traced.copies, *_withheld(forbidden)}
            if delegated:
                reply = Reply(delegated=tuple(sorted(delegated)))
            trees.append(_packable(reply))
    seen = {"modules": traced.modules, "operations": traced.operations}
    return pack({"replies": trees, **{key: sorted(seen[key]) for key in seen}})


def _withheld(forbidden):
    """The forbidden names whose module is withheld, and was called all the same."""
    called = withheld.list_called()
    return [n for n in forbidden if getattr(resolve(n), "__module__", "") in called]


def _lighter(request, covered, answer):
    """Without the names that need no watching, which slows every call down."""
    left = [n for n in request.forbidden if n not in covered or resolve(n) is answer]
    return request.replace(forbidden=tuple(left))


def _answer_in_time(answer, request, cache, left, seconds):
    if left <= 0:
        return Reply(problem=("too_long", {"seconds": seconds}))
    try:
        with alarm(left):
            return perform(answer, request, cache)
    except TimeIsUp as late:
        details = {"seconds": seconds, **place_of(late, answer)}
        return Reply(problem=("too_long", details))
    except BaseException as error:
        return Reply(error=Raised(type(error).__name__, "", stub=False))


def _packable(reply):
    try:
        return to_tree(carry(reply))
    except (CodecError, ValueError, RecursionError, TypeError) as error:
        return to_tree(Reply(error=Raised(type(error).__name__, str(error)[:300])))
