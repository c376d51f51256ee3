"""Finds out what this machine allows by trying it in a process that then ends."""

import contextlib
import importlib.util
import json
import os
import socket
import sys
import tempfile

import course
from course.grading.sandbox import namespaces
from course.grading.sandbox.enter import LEVELS, enter
from course.grading.sandbox.policy import Policy


def policy():
    """What every submission gets: nothing of the course and of its library to read.

    Both are imported before a submission is sandboxed. The library's source is the
    right answer to many exercises; every copy that Python would find is covered.
    """
    names = ("course", "transformer_tf")
    places = [*sys.path, *map(_place_of, names)]
    found = {os.path.join(place, name) for place in places for name in names}
    return Policy(
        hidden=tuple(sorted(filter(os.path.isdir, map(os.path.abspath, found))))
    )


def _place_of(package):
    """The directory that a package lies in."""
    specification = importlib.util.find_spec(package)
    origin = (specification and specification.origin) or ""
    return os.path.dirname(os.path.dirname(os.path.abspath(origin)))


def choose(wanted, allowed):
    """The level to work at.

    Args:
        wanted: A level, or "auto" for the stronger of the two that isolate.
        allowed: A `Policy`.

    Returns:
        level: One of `LEVELS`, or None if this machine does not allow it.
        why: level -> "" or why it cannot be had, for those that were tried.
    """
    why = {}
    for level in LEVELS[:2] if wanted == "auto" else [wanted]:
        why[level] = attempt(level, allowed)
        if not why[level]:
            return level, why
    return None, why


def attempt(level, allowed):
    """ "" if the level holds on this machine, else what went wrong."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        try:
            _try(level, allowed, writing)
        except BaseException as error:
            _say(writing, f"{type(error).__name__}: {error}")
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    os.waitpid(process, 0)
    try:
        return str(json.loads(said))
    except ValueError:
        return "the attempt ended without an answer"


def _say(writing, text):
    os.write(writing, json.dumps(text).encode())


def _try(level, allowed, writing):
    if level == "namespaces":
        namespaces.prepare()
        child = namespaces.fork()
        if child:
            os.waitpid(child, 0)
            os._exit(0)
    private = "/tmp"
    if level != "namespaces":
        private = tempfile.mkdtemp(prefix="attempt-")
    try:
        enter(level, allowed, private)
        _say(writing, "" if level == "limits" else _holes())
    finally:
        if private != "/tmp":
            with contextlib.suppress(OSError):
                os.rmdir(private)


def _holes():
    """What should be impossible inside, and is not."""
    found = []
    for what, action in (
        ("make a process", os.fork),
        ("open a socket", lambda: socket.socket().close()),
        ("read the course", lambda: os.listdir(os.path.dirname(course.__file__))[0]),
        ("read passwords", lambda: open("/etc/shadow").close()),
        ("write beside its own directory", lambda: open("/var/tmp/x", "w").close()),
        ("see the grader's process", lambda: os.listdir(f"/proc/{os.getppid()}/fd")),
    ):
        try:
            if action() == 0:
                os._exit(0)
        except (OSError, IndexError):
            continue
        found.append(what)
    with open("own", "w") as stream:
        stream.write("x")
    os.unlink("own")
    if not os.access(os.path.dirname(os.__file__), os.R_OK):
        found.append("not read Python's library at " + sys.prefix)
    return f"a submission could {', '.join(found)}" if found else ""
