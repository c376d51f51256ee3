"""The warm process: imports once, forks the zygote, then a worker for each request.

    python -m course.grading.warm DESCRIPTOR < SETTINGS

It never runs an operation itself, so that both may be forked. The zygote is forked
before the checks are imported: they are never in a learner's process.
"""

import contextlib
import importlib
import importlib.util
import json
import os
import signal
import socket
import sys
import tempfile
import time

from course.grading import zygote
from course.grading.runner import ENVIRONMENT
from course.grading.sandbox import probe, system

MODULES = ("numpy", "tensorflow", "keras", "transformer_tf", "course.pieces")
RESPOND = "course.grading.respond:respond"


def main(descriptor, settings):
    """Serves a supervisor over `descriptor`, a SOCK_SEQPACKET socket."""
    begun = time.perf_counter()
    system.die_with_parent()
    control = socket.socket(fileno=descriptor)
    zygote.load((*MODULES, *settings["worker"].get("modules", ())))
    importlib.import_module(RESPOND.partition(":")[0])
    level, why = probe.choose(settings["level"], probe.policy())
    if level is None:
        control.send(json.dumps({"refused": why}).encode())
        return
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        path = os.path.join(folder, "zygote")
        started = _fork_zygote(path, level, control)
        imported = time.perf_counter() - begun
        _load_checks(settings["worker"].get("unit", ""))
        ready = {"ready": level, "imports": imported, "why": why, "zygote": path}
        control.send(json.dumps(ready).encode())
        with contextlib.suppress(OSError):
            worker = {k: v for k, v in settings["worker"].items() if k != "modules"}
            _serve(control, {**worker, "zygote": path}, started)
        os.kill(started, signal.SIGKILL)
    os._exit(0)  # TensorFlow's own way out takes seconds


def _load_checks(unit):
    """The exercises of a unit, "03_attention" being the topic "attention"; else all."""
    topic = unit.partition("_")[2]
    if topic and importlib.util.find_spec(f"course.checks.{topic}"):
        importlib.import_module(f"course.checks.{topic}")
    else:
        importlib.import_module("course.checks").exercises()


def _fork_zygote(path, level, control):
    process = os.fork()
    if not process:
        control.close()
        try:
            zygote.become(path, level, probe.policy(), RESPOND)
        finally:
            os._exit(1)
    while not os.path.exists(path):
        if os.waitpid(process, os.WNOHANG)[0]:
            raise SystemExit("the zygote did not start")
        time.sleep(0.002)
    return process


def _serve(control, settings, zygote_process):
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
            _work(theirs, settings)
        theirs.close()
        socket.send_fds(control, [b"{}"], [mine.fileno()])
        mine.close()


def _work(connection, settings):
    system.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        from course.grading import worker

        worker.serve(connection, settings)
    finally:
        os._exit(1)


if __name__ == "__main__":
    os.environ.update(
        {k: v for k, v in ENVIRONMENT.items() if k not in ("HOME", "PATH", "LANG")}
    )
    main(int(sys.argv[1]), json.load(sys.stdin))
