"""The learner's side: a forked, shut-in process that runs cells and answers requests.

All of it, this file included, is in the learner's hands once a cell has run. It is
told nothing that is secret, and nothing that it says is believed.
"""

import contextlib
import gc
import json
import os
import random
import resource
import signal
import sys
import tempfile

from course.grading import wire
from course.grading.runner import stubs, withheld
from course.grading.runner.environment import ENVIRONMENT
from course.grading.runner.reading import place, read
from course.grading.runner.shell import Shell, bounded_run
from course.grading.sandbox import enter


def run_submission(connection, level, policy, private, slot, respond):
    """Enters the sandbox and serves one submission until the grader disconnects.

    Args:
        connection: The socket to the grader.
        level: A level of `course.grading.sandbox`.
        policy: A `Policy`.
        private: A directory for this submission alone.
        slot: A number that no other running submission has.
        respond: `respond(names, payload, seconds) -> payload` answers requests.
    """
    _cut_loose(connection)
    try:
        home = enter(level, policy, private, slot)
    except OSError as error:
        wire.send(connection, b"X", f"{type(error).__name__}: {error}".encode())
        return
    os.environ.update(HOME=home, TMPDIR=home)
    sys.path.insert(0, "")  # a learner's own modules lie beside the notebook
    tempfile.tempdir = None  # the zygote's own is remembered, and not writable here
    _fresh_chance()
    stubs.install()
    gc.set_threshold(50_000, 20, 20)  # what was imported is frozen; little is garbage
    wire.send(connection, b"R", b"")
    with contextlib.suppress(wire.Closed):
        _serve(connection, respond)


def _cut_loose(connection):
    """Its own session, no descriptor but the connection, an empty environment."""
    os.setsid()
    nothing = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    mine = os.dup2(connection.fileno(), 3) if connection.fileno() != 3 else 3
    if connection.fileno() != mine:
        connection.close()
        connection.__init__(fileno=mine)
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(4, min(highest, 65536))
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    os.environ.clear()
    os.environ.update(ENVIRONMENT)


def _fresh_chance():
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy:
        numpy.random.seed()
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow:
        tensorflow.config.threading.set_intra_op_parallelism_threads(1)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)


def _serve(connection, respond):
    shell = Shell()
    while True:
        letter, payload = wire.receive(connection)
        seconds = int.from_bytes(payload[:4], "big") / 1000
        if letter == b"C":
            order = json.loads(payload[4:])
            error, output = bounded_run(shell, order["source"], order["name"], seconds)
            reply = {"error": error, "output": output}
            wire.send(connection, b"D", json.dumps(reply).encode())
        elif letter == b"N":
            reply = read(json.loads(payload[4:]), seconds)
            wire.send(connection, b"N", json.dumps(reply).encode())
        elif letter == b"F":
            reply = place(json.loads(payload[4:]))
            wire.send(connection, b"F", json.dumps(reply).encode())
        elif letter == b"A":
            wire.send(connection, b"S", respond(shell.names, payload[4:], seconds))
        elif letter == b"W":
            withheld.withhold(json.loads(payload[4:]))
            wire.send(connection, b"W", b"")
        elif letter == b"B":
            name, _, codes = payload[4:].partition(b"\n")
            withheld.give_back(name.decode(), codes)
            wire.send(connection, b"B", b"")
        else:
            return
