"""Candidates: whatever is examined, seen only through requests and replies."""

import inspect
import itertools
import linecache
import sys
import textwrap
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, Protocol

from course.examination.clock import TimeIsUp, time_limit
from course.examination.codec import pack, unpack
from course.examination.request import (
    Reply,
    Request,
    carry,
    request_from_tree,
    to_tree,
)


class Candidate(Protocol):
    """Anything that answers requests: an object here, or a process far away."""

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply a request, in order. Never raises for what the answer does."""


class LocalCandidate:
    """An object in this process, reached through the codec like any other.

    Args:
        answer: The learner's function, class or value. A class is constructed and
            built once for all requests that ask for the same.
        cache: Where built layers stand; None makes one.
        seconds: How long it may take over all requests of one `answer`; None for
            ever. What takes longer, or is interrupted, replies so.
    """

    def __init__(self, answer: Any, cache: Any = None, seconds: float | None = None):
        self._answer = answer
        self._cache = cache
        self._seconds = seconds

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        # Imported here: an examination that only talks over a wire needs no TensorFlow.
        from course.examination.layer_cache import LayerCache
        from course.examination.perform import perform
        from course.examination.watching import place_of

        self._cache = self._cache or LayerCache()
        replies: list[Reply] = []
        limit = time_limit(self._seconds) if self._seconds else nullcontext()
        try:
            with limit:
                for request in requests:
                    received = request_from_tree(unpack(pack(to_tree(request))))
                    replies.append(carry(perform(self._answer, received, self._cache)))
        except TimeIsUp as late:
            place = place_of(late, self._answer)
            problem = ("too_long", {"seconds": f"{self._seconds:g}", **place})
        except KeyboardInterrupt as stopped:
            place = place_of(stopped, self._answer)
            if self._seconds is None or place["line"] is None:
                raise
            problem = ("interrupted", place)
        else:
            return replies
        return replies + [Reply(problem=problem)] * (len(requests) - len(replies))


class MissingCandidate:
    """The answer is not there: its cell was not run, or could not be.

    Args:
        problem: The key and details of the reason; see `Reply.problem`.
    """

    def __init__(self, problem: tuple[str, dict] = ("missing", {})):
        self._problem = problem

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        return [Reply(problem=self._problem) for _ in requests]


_copies = itertools.count()


def source_of(definition: Any) -> str:
    """The source of a function or class, without its decorators and its indent."""
    lines = textwrap.dedent(inspect.getsource(definition)).splitlines()
    start = next(
        number
        for number, line in enumerate(lines)
        if line.startswith(("def ", "class "))
    )
    return "\n".join(lines[start:]) + "\n"


def copy_of(definition: Any) -> Any:
    """A twin compiled from the same source, as it stands in a solution notebook.

    The twin is right wherever the original is, and is not the original: handing in
    the library's own object is delegation, having written the same lines is not.
    """
    source = source_of(definition)
    filename = f"<copy {next(_copies)} of {definition.__qualname__}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    namespace = dict(vars(sys.modules[definition.__module__]))
    exec(compile(source, filename, "exec"), namespace)
    return namespace[definition.__name__]
