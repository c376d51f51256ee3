"""The fork server: imports once, forks the zygote, then a worker for each request.

    python -m course.grading.fork_server.server DESCRIPTOR < SETTINGS

It never runs an operation itself, so that both may be forked. The zygote is forked
before the checks are imported: they are never in a learner's process. Nothing secret
is ever in this process either: a worker is told the course's secret, the unit and the
students' names over its own connection, after it was forked.

Where TensorFlow cannot be forked it is "cold": nothing is imported before a fork, and
each submission's process imports for itself, in seconds, before it is sandboxed.
"""

import contextlib
import functools
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
import time

from course.grading.fork_server import zygote
from course.grading.runner.environment import MODULES
from course.grading.sandbox import probe, system
from course.grading.sandbox.groups import Groups

RESPOND = "course.grading.runner.respond:respond"


def main(descriptor, settings):
    """Serves a supervisor over `descriptor`, a SOCK_SEQPACKET socket.

    Args:
        descriptor: The socket's number.
        settings: "level", "modules" (to import besides `MODULES`), "cold" and
            "folder". Learners' processes descend from this one and can read it.
    """
    begun = time.perf_counter()
    system.die_with_parent()
    tempfile.tempdir = settings["folder"]
    control = socket.socket(fileno=descriptor)
    level, why = probe.choose(settings["level"], probe.policy())
    if level is None:
        control.send(json.dumps({"refused": why}).encode())
        return
    modules, cold = settings["modules"], settings["cold"]
    if not cold:
        _load(modules)
    groups = Groups(probe.policy())
    with (
        tempfile.TemporaryDirectory(prefix="zygote-") as folder,
        contextlib.closing(groups),
    ):
        path = os.path.join(folder, "zygote")
        prepare = functools.partial(_prepare, modules if cold else None)
        started = _fork_zygote(path, level, control, prepare, groups)
        system.forbid_inspection()  # nor may it be in a worker, which is forked later
        imported = time.perf_counter() - begun
        if not cold:
            _load_checks()
        ready = {"ready": level, "imports": imported, "why": why, "zygote": path}
        ready["groups"] = groups.limits
        control.send(json.dumps(ready).encode())
        with contextlib.suppress(OSError):
            _serve(control, path, started, cold)
        with contextlib.suppress(ProcessLookupError):
            os.kill(started, signal.SIGKILL)
    os._exit(0)  # TensorFlow's own way out takes seconds


def _load(modules):
    """Imports what submissions need, before there is one.

    The collector finds next to nothing while modules are made, and takes a quarter of
    the time.
    """
    gc.disable()
    # TensorFlow Lite imports JAX where it is installed, for half a second.
    absent = "jax" not in sys.modules
    if absent:
        sys.modules["jax"] = None  # type: ignore[assignment]
    zygote.load(MODULES)
    if absent:
        del sys.modules["jax"]
    # All of it: its files are not there for a submission.
    zygote.load(zygote.modules_below("transformer_tf"))
    zygote.load(modules)
    zygote.resolve_answer(RESPOND)
    gc.freeze()
    gc.enable()


def _prepare(modules):
    """What answers requests in a runner, which imports modules first if it is cold."""
    if modules is not None:
        _load(modules)
    return zygote.resolve_answer(RESPOND)


def _load_checks():
    """After the zygote has forked: no runner may have what is right in its memory."""
    importlib.import_module("course.checks").exercises()
    gc.freeze()


def _fork_zygote(path, level, control, prepare, groups):
    process = os.fork()
    if not process:
        control.close()
        try:
            zygote.become(path, level, probe.policy(), prepare, groups)
        finally:
            os._exit(1)
    while not os.path.exists(path):
        if os.waitpid(process, os.WNOHANG)[0]:
            raise SystemExit("the zygote did not start")
        time.sleep(0.002)
    return process


def _serve(control, path, zygote_process, cold):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while control.recv(1 << 10):
        os.kill(zygote_process, 0)  # without it no worker is of use
        if zygote.threads() != 1:
            raise SystemExit("a process with threads cannot be forked")
        mine, theirs = socket.socketpair()
        if not os.fork():
            mine.close()
            control.close()
            _work(theirs, path, cold)
        theirs.close()
        socket.send_fds(control, [b"{}"], [mine.fileno()])
        mine.close()


def _work(connection, path, cold):
    system.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        if cold:
            _load_checks()
        from course.grading.worker import worker

        worker.serve(connection, path)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), json.load(sys.stdin))
