"""A process that has imported everything and done nothing, forked for each submission.

TensorFlow may be forked as long as it has run no operation and has no thread; the
zygote proves that it has one thread before every fork, and ends otherwise.
"""

import contextlib
import gc
import importlib.util
import json
import os
import pkgutil
import selectors
import shutil
import signal
import socket
import tempfile
import time

from course.grading import wire
from course.grading.runner.submission import run_submission
from course.grading.sandbox import namespaces, system

_LARGEST_ORDER = 1 << 16
_TICK = 0.1  # seconds that the kernel's two ways to count may differ by


def threads():
    """How many threads this process has."""
    return len(os.listdir("/proc/self/task"))


def load(modules):
    """Imports modules; those that are not there are left out."""
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def modules_below(package):
    """The names of a package and of every module in it."""
    specification = importlib.util.find_spec(package)
    found = specification.submodule_search_locations if specification else None
    below = pkgutil.walk_packages(found, f"{package}.", onerror=lambda name: None)
    return [package, *(module.name for module in below)]


def resolve_answer(respond):
    """The function behind a dotted path, `module:function`."""
    module, _, name = respond.partition(":")
    return getattr(importlib.import_module(module), name)


def become(path, level, policy, prepare, groups):
    """Turns this process into the zygote; returns when its parent is gone.

    Args:
        path: Where its socket will be; the directory is for the grader alone.
        level: A level of `course.grading.sandbox`.
        policy: A `Policy`.
        prepare: Called in each new process; gives what answers requests in it.
        groups: A `Groups`.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with wire.near(path) as name:
        listener.bind(name)
    listener.listen(64)
    system.die_with_parent()
    gc.freeze()
    if level == "namespaces":
        namespaces.prepare()
    else:
        system.adopt_orphans()
    Zygote(listener, level, policy, prepare, groups).serve()


class Zygote:
    """Serves orders over one connection for each client.

    A client sends {"start": {}} with a socket, and gets {"started": id}; {"kill": id}
    ends one. When a submission has ended it is told {"ended": id, "status": code,
    "seconds": processor time, "memory": bytes at most, "limits": those it met}. A
    client that disconnects ends its submissions.
    """

    def __init__(self, listener, level, policy, prepare, groups):
        self.listener = listener
        self.level = level
        self.policy = policy
        self.prepare = prepare
        self.groups = groups
        self.running = {}  # process id -> (client, private directory, slot)
        self.overfull = set()  # process ids
        self.slot = 0
        self.selector = selectors.DefaultSelector()

    def serve(self):
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        signal.signal(signal.SIGCHLD, lambda *ignored: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self.selector.register(self.listener, selectors.EVENT_READ, self._welcome)
        self.selector.register(reading, selectors.EVENT_READ, self._forget_signals)
        while True:
            for key, _ in self.selector.select(timeout=0.5):
                key.data(key.fileobj)
            self._reap()
            self._watch_directories()

    def _welcome(self, listener):
        client, _ = listener.accept()
        self.selector.register(client, selectors.EVENT_READ, self._listen)

    def _forget_signals(self, reading):
        with contextlib.suppress(BlockingIOError):
            os.read(reading, 4096)

    def _listen(self, client):
        try:
            data, descriptors, _, _ = socket.recv_fds(client, _LARGEST_ORDER, 1)
        except OSError:
            data, descriptors = b"", []
        if not data:
            self.selector.unregister(client)
            client.close()
            for process, (owner, *_) in list(self.running.items()):
                if owner is client:
                    self._kill(process)
            return
        order = json.loads(data)
        if "start" in order and descriptors:
            process = self._fork(client, descriptors[0])
            self._tell(client, started=process)
        elif order.get("kill") in self.running:
            self._kill(order["kill"])
        for descriptor in descriptors:
            os.close(descriptor)

    def _fork(self, client, descriptor):
        if threads() != 1:
            raise SystemExit(f"a zygote has one thread; this one has {threads()}")
        self.slot += 1
        private = None
        if self.level != "namespaces":
            private = tempfile.mkdtemp(prefix="submission-")
        separate = self.level == "namespaces"
        process = namespaces.fork() if separate else os.fork()
        if not process:
            try:
                connection = socket.socket(fileno=descriptor)
                self.groups.enter(self.slot)
                respond = self.prepare()
                if threads() != 1:
                    raise SystemExit("a process with threads cannot be sandboxed")
                run_submission(
                    connection,
                    self.level,
                    self.policy,
                    private or "/tmp",
                    self.slot,
                    respond,
                )
            finally:
                os._exit(0)
        self.running[process] = (client, private, self.slot)
        return process

    def _reap(self):
        while True:
            try:
                process, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not process:
                return
            client, private, slot = self.running.pop(process, (None, None, None))
            limits = self.groups.read_limits(slot) if slot else []
            limits += self._find_limits(process, status, usage)
            if slot:
                self.groups.remove(slot)
            if private:
                self._end_session(process)
                shutil.rmtree(private, ignore_errors=True)
            if client:
                self._tell(
                    client,
                    ended=process,
                    status=os.waitstatus_to_exitcode(status),
                    seconds=usage.ru_utime + usage.ru_stime,
                    memory=usage.ru_maxrss * 1024,
                    limits=limits,
                )

    def _find_limits(self, process, status, usage):
        """The limits that show in how a process ended, or in why it was killed."""
        code = os.waitstatus_to_exitcode(status)
        if code == -signal.SIGXFSZ:
            yield "file"
        seconds = usage.ru_utime + usage.ru_stime
        if code < 0 and seconds > self.policy.cpu_seconds - _TICK:
            yield "processor"
        if process in self.overfull:
            self.overfull.discard(process)
            yield "disk"

    def _end_session(self, process):
        """Ends what a process left behind at the levels without namespaces."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process, signal.SIGKILL)
        until = time.monotonic() + 5
        while time.monotonic() < until:
            with open(f"/proc/self/task/{os.getpid()}/children") as file:
                strays = {int(word) for word in file.read().split()} - set(self.running)
            if not strays:
                return
            for stray in strays:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(stray, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(stray, 0)

    def _watch_directories(self):
        """Ends a submission that fills the disk, where no tmpfs bounds it."""
        for process, (_, private, _) in list(self.running.items()):
            if private and _size(private) > self.policy.private_bytes:
                self.overfull.add(process)
                self._kill(process)

    def _kill(self, process):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)

    def _tell(self, client, **message):
        with contextlib.suppress(OSError):
            client.send(json.dumps(message).encode())


def _size(directory):
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(folder, name)).st_blocks * 512
    return total
