"""Going into the sandbox, at one of three levels."""

import os
import sys

from course.grading.sandbox import landlock, limits, namespaces, seccomp, system

LEVELS = ("namespaces", "landlock", "limits")
_NOBODY = 65534
_FIRST_USER = 1_000_000
_ALSO_READABLE = (
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
)
# Of its own directory in /proc. What is left out speaks of others: sockets, mounts,
# groups of processes.
_OF_ITSELF = (
    "cmdline",
    "comm",
    "environ",
    "fd",
    "maps",
    "stat",
    "statm",
    "status",
    "task",
)


def enter(level, policy, private, slot=0):
    """Shuts this process in for good.

    Args:
        level: One of `LEVELS`, the strongest first. "namespaces" expects to be called
            in a process that is the first of its process namespace.
        policy: A `Policy`.
        private: A directory for this process alone; with namespaces it gets its own.
        slot: A number that no other submission running now has.

    Returns:
        The private directory, which is the current one.

    Raises:
        OSError: This machine does not allow the level.
    """
    if level not in LEVELS:
        raise ValueError(f"level must be one of {LEVELS}; got {level!r}")
    root = os.geteuid() == 0
    if level == "namespaces":
        namespaces.enter(policy)
        private = "/tmp"
    os.chdir(private)
    if root:
        _become_nobody(private, slot)
    os.umask(0o077)
    system.forbid_new_privileges()
    system.die_with_parent()
    limits.apply(policy, count_threads=root or level == "namespaces")
    if level == "landlock":
        readable = _without(policy.readable_paths(), policy.hidden_paths())
        own = [f"/proc/{os.getpid()}/{name}" for name in _OF_ITSELF]
        every = [*readable, *_ALSO_READABLE, *own]
        landlock.restrict(every, [private, "/dev/null"])
    if level != "limits":
        seccomp.install()
    return private


def _become_nobody(private, slot):
    """A user id of its own, where ids that high exist; else nobody's.

    Where only root can reach Python itself, root stays, without its powers.
    """
    if private != "/tmp" and not _open_to_all(sys.base_prefix):
        system.drop_capabilities()
        return
    for user in (_FIRST_USER + slot % 60_000, _NOBODY):
        try:
            os.chown(private, user, user)
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        except OSError:
            if user == _NOBODY:
                raise
        else:
            return


def _without(paths, hidden):
    """The same files without the hidden ones, as siblings along the way to them."""
    for path in paths:
        inside = [other for other in hidden if other.startswith(path + "/")]
        if path in hidden:
            continue
        if not inside:
            yield path
            continue
        below = [os.path.join(path, name) for name in os.listdir(path)]
        yield from _without(below, hidden)


def _open_to_all(path):
    while path != "/":
        if not os.stat(path).st_mode & 1:
            return False
        path = os.path.dirname(path)
    return True
