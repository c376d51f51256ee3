"""A group of processes for each submission, with limits on all of it together."""

import contextlib
import os
import signal
import time

from course.grading.sandbox import locked
from course.grading.sandbox.controllers import hand_down, places

_PREFIX = "transformer-course-"
_PERIOD = 100_000  # microseconds
_PATIENCE = 3.0


class Groups:
    """What one grading run may make; nothing where Linux or the user may not.

    A group made by a run that was killed is removed when the next one starts: a run
    holds a lock on its own as long as one of its processes lives.

    Args:
        policy: A `Policy`.
        where: A list of `Place`; by default those of this process.

    Attributes:
        limits: Controller -> the version of its interface, for those in force.
        why: Controller -> why it is not in force.
    """

    def __init__(self, policy, where=None):
        self.policy = policy
        self.limits: dict = {}
        self.why: dict = {}
        self._roots = []  # (directory, version, controllers in force, its lock)
        for place in places() if where is None else where:
            locked.remove_stale(place.directory, _PREFIX, _end_all)
            try:
                self._begin(place)
            except OSError as error:
                self.why |= dict.fromkeys(place.controllers, error.strerror)

    @property
    def directories(self):
        """A list of the directories that this run has made."""
        return [root for root, *_ in self._roots]

    def enter(self, slot):
        """Puts this process in a new group; before it runs what is not trusted.

        Args:
            slot: A number that no other submission of this run has had.

        Raises:
            OSError: A limit that held when the run began cannot be had any more.
        """
        for root, version, controllers, _ in self._roots:
            group = os.path.join(root, str(slot))
            os.mkdir(group, 0o755)
            for controller in controllers:
                _limit(group, version, controller, self.policy)
            _write(group, "cgroup.procs", 0)

    def read_limits(self, slot):
        """Names of the limits that the kernel says a submission's group has met."""
        found = []
        for root, version, controllers, _ in self._roots:
            group = os.path.join(root, str(slot))
            memory = "memory.events" if version == 2 else "memory.oom_control"
            if "memory" in controllers and _count(group, memory, "oom_kill"):
                found.append("memory")
            if "pids" in controllers and _count(group, "pids.events", "max"):
                found.append("processes")
        return found

    def remove(self, slot):
        """Ends every process of a submission's group and removes the group."""
        for root, *_ in self._roots:
            _end(os.path.join(root, str(slot)))

    def close(self):
        """Ends and removes all that is left of the run."""
        for root, _, _, lock in self._roots:
            _end_all(root)
            os.close(lock)
        self._roots = []

    def _begin(self, place):
        root, lock = locked.make(place.directory, _PREFIX, 0o755)
        held = [name for name in place.controllers if self._holds(root, place, name)]
        if held:
            self._roots.append((root, place.version, tuple(held), lock))
            self.limits |= dict.fromkeys(held, place.version)
        else:
            _end_all(root)
            os.close(lock)

    def _holds(self, root, place, controller):
        """Whether a group below `root` takes this limit."""
        trial = os.path.join(root, "trial")
        try:
            if place.version == 2:
                hand_down(root, controller)
            os.mkdir(trial)
            _limit(trial, place.version, controller, self.policy)
        except OSError as error:
            self.why[controller] = error.strerror
            return False
        finally:
            _end(trial)
        return True


def _limit(group, version, controller, policy):
    """Sets a controller's limit."""
    quota = int(policy.processors * _PERIOD)
    if controller == "pids":
        # One less than RLIMIT_NPROC, which keeps no count of what it refused.
        _write(group, "pids.max", policy.threads - 1)
    elif controller == "cpu" and version == 2:
        _write(group, "cpu.max", f"{quota} {_PERIOD}")
    elif controller == "cpu":
        _write(group, "cpu.cfs_quota_us", quota)
    elif version == 2:
        _write(group, "memory.max", policy.group_memory)
        with contextlib.suppress(OSError):  # a system may have no swap, or be old
            _write(group, "memory.swap.max", 0)
            _write(group, "memory.oom.group", 1)
    else:
        _write(group, "memory.limit_in_bytes", policy.group_memory)
        with contextlib.suppress(OSError):  # swap is counted only on request
            _write(group, "memory.memsw.limit_in_bytes", policy.group_memory)


def _write(group, name, value):
    # Without O_CREAT: a controller that is not there must not become a plain file.
    descriptor = os.open(os.path.join(group, name), os.O_WRONLY)
    try:
        os.write(descriptor, str(value).encode())
    finally:
        os.close(descriptor)


def _count(group, name, word):
    """A counter of a group's file of events; 0 where the kernel keeps none."""
    try:
        with open(os.path.join(group, name)) as file:
            return int(dict(line.split() for line in file).get(word, 0))
    except (OSError, ValueError):
        return 0


def _end_all(root):
    with contextlib.suppress(OSError):
        for entry in os.scandir(root):
            if entry.is_dir():
                _end(entry.path)
    _end(root)


def _end(group):
    """Kills what is in a group until it can be removed, or patience ends."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            os.rmdir(group)
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > until:
                return
            _kill(group)
            time.sleep(0.002)
        else:
            return


def _kill(group):
    try:
        _write(group, "cgroup.kill", 1)
    except OSError:  # version 1, or Linux before 5.14
        with contextlib.suppress(OSError):
            with open(os.path.join(group, "cgroup.procs")) as file:
                numbers = [int(word) for word in file.read().split()]
            for number in numbers:
                if number > 0:  # 0 stands for one that cannot be seen from here
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(number, signal.SIGKILL)
