"""The grader's handle on runners: start one, give it cells, ask it, end it."""

import contextlib
import json
import socket
import time

from course.grading import wire
from course.notebooks.fault import Fault
from course.notebooks.reading import Reading

PATIENCE = 4  # both as in `course.grading.runner.shell`, which needs IPython
MAX_OUTPUT = 20_000
_STARTS = 5  # tries
_QUICK = 10.0  # seconds for what takes milliseconds
_GRACE = 5.0  # seconds beyond the runner's own alarm before it is killed


class RunnerDied(RuntimeError):
    """The submission's process is gone or did not answer.

    Args:
        why: Which of the two, for a human.
        late: Whether it is still there, but did not answer.
    """

    def __init__(self, why, late=False):
        super().__init__(why)
        self.why = why
        self.late = late


class Runners:
    """A connection to a zygote.

    Args:
        path: The zygote's socket.
    """

    def __init__(self, path):
        self.control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with wire.near(path) as name:
            self.control.connect(name)
        self.ended = {}

    def start(self):
        """A new `Runner`.

        Nothing of a submission has run while it starts: one that is lost then was
        ended by the machine, and is started again.

        Raises:
            OSError: It is lost every time, or the sandbox refuses.
        """
        for _ in range(_STARTS):
            try:
                return self._start()
            except RunnerDied as died:
                why = died.why
        raise OSError(f"a submission's process did not start: {why}")

    def _start(self):
        mine, theirs = socket.socketpair()
        with theirs:
            order = json.dumps({"start": {}}).encode()
            socket.send_fds(self.control, [order], [theirs.fileno()])
        return Runner(self, self._wait_for("started"), mine)

    def kill(self, process):
        with contextlib.suppress(OSError):
            self.control.send(json.dumps({"kill": process}).encode())

    def wait(self, process):
        """How a process ended: a dict with status, seconds, memory and limits."""
        while process not in self.ended:
            self._read()
        return self.ended.pop(process)

    def close(self):
        self.control.close()

    def _wait_for(self, word):
        while True:
            message = self._read()
            if word in message:
                return message[word]

    def _read(self):
        data = self.control.recv(1 << 16)
        if not data:
            raise ConnectionError("the zygote is gone")
        message = json.loads(data)
        if "ended" in message:
            self.ended[message["ended"]] = message
        return message


class Runner:
    """One submission's process."""

    def __init__(self, runners, process, connection):
        self.runners = runners
        self.process = process
        self.connection = connection
        self.usage = None
        try:
            letter, payload = self._exchange(None, b"", 30)
        except RunnerDied:
            self.close()
            raise
        if letter != b"R":
            self.close()
            raise OSError(f"the sandbox refused: {payload[:300]!r}")

    def read(self, order, seconds):
        """Reads a submission, in a process in which no cell has run yet.

        Args:
            order: Keyword arguments of `course.notebooks.reading.read_submission`.

        Returns:
            A `Reading`.

        Raises:
            Fault: It cannot be read.
            RunnerDied: It took too long, or more memory than there is.
            RuntimeError: The grader has a fault.
        """
        _, payload = self._exchange(b"N", json.dumps(order).encode(), seconds)
        try:
            reply = json.loads(payload)
            if "broken" in reply:
                raise RuntimeError(str(reply["broken"]))
            if fault := reply.get("fault"):
                found: Fault | Reading = Fault(**fault)
            else:
                found = Reading(**reply["reading"])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise RunnerDied("it broke off the conversation") from None
        if isinstance(found, Fault):
            raise found
        return found

    def place(self, files, seconds):
        """Puts the learner's own files, path -> base 64, where cells will run.

        Returns:
            Paths that could not be written.
        """
        _, payload = self._exchange(b"F", json.dumps(files).encode(), seconds)
        try:
            return sorted(files.keys() & set(json.loads(payload)))
        except (ValueError, TypeError, RecursionError):
            return sorted(files)

    def cell(self, source, name, seconds):
        """Runs a cell; gives its error (None or a dict of strings) and its output.

        Raises:
            RunnerDied: It ended, hung, or said what no runner says.
        """
        order = json.dumps({"source": source, "name": name}).encode()
        _, payload = self._exchange(b"C", order, seconds)
        try:
            reply = json.loads(payload)
            return _error(reply["error"]), str(reply["output"])[:MAX_OUTPUT]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise RunnerDied("it broke off the conversation") from None

    def withhold(self, modules):
        """Takes modules of the library away; before the first cell.

        Args:
            modules: Module -> names of the functions in it that stay.
        """
        self._exchange(b"W", json.dumps(modules).encode(), _QUICK)

    def give_back(self, module, codes):
        """Gives one back; see `course.grading.runner.withheld`.

        Raises:
            RunnerDied: It ended or hung.
        """
        self._exchange(b"B", module.encode() + b"\n" + codes, _QUICK)

    def ask(self, payload, seconds):
        """Requests as bytes in, replies as bytes out.

        Raises:
            RunnerDied: It ended, hung, or said what no runner says.
        """
        letter, payload = self._exchange(b"A", payload, seconds)
        if letter != b"S":
            raise RunnerDied("it broke off the conversation")
        return payload

    def close(self):
        """Ends it and waits until it is gone; says how it ended, each time the same."""
        if self.usage is None:
            self.connection.close()
            self.runners.kill(self.process)
            self.usage = self.runners.wait(self.process)
        return self.usage

    def _exchange(self, letter, payload, seconds):
        begun, limit = time.monotonic(), PATIENCE * seconds + _GRACE
        try:
            if letter:
                budget = int(seconds * 1000).to_bytes(4, "big")
                self.connection.settimeout(limit)
                wire.send(self.connection, letter, budget + payload)
                self.connection.settimeout(None)
            return wire.receive(self.connection, limit)
        except wire.Late:
            passed = time.monotonic() - begun
            raise RunnerDied(f"no answer within {passed:.0f} s", late=True) from None
        except wire.Closed:
            raise RunnerDied("its process ended") from None
        except wire.Malformed as error:
            raise RunnerDied(str(error)) from None


def _error(error):
    if error is None:
        return None
    return {key: str(error.get(key, ""))[:1500] for key in ("kind", "message", "lines")}
