"""A root directory of its own, without network, other processes or other users."""

import contextlib
import os

from course.grading.sandbox import system

_DEVICES = ("null", "zero", "full", "random", "urandom")
_QUIET = system.MS_NOSUID | system.MS_NODEV


def prepare():
    """Gives this process and its children a process namespace; returns in its first.

    An ordinary user also gets a user namespace, in which the rest is allowed. The
    calling process stays behind, waits for the first one and ends as it does.
    """
    user, group = os.geteuid(), os.getegid()
    if user:
        system.unshare(system.CLONE_NEWUSER | system.CLONE_NEWPID)
        _map_user(user, group)
    else:
        system.unshare(system.CLONE_NEWPID)
    first = os.fork()
    if first:
        _, status = os.waitpid(first, 0)
        os._exit(abs(os.waitstatus_to_exitcode(status)))
    system.die_with_parent()


def fork():
    """Like `os.fork`, but the child is the first process of a new namespace.

    Needs a process that `prepare` returned in.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    try:
        system.unshare(system.CLONE_NEWPID)
        child = os.fork()
        if child:
            system.enter_namespace(own, system.CLONE_NEWPID)
        return child
    finally:
        os.close(own)


def enter(policy):
    """Moves this process, which `fork` made, into a small world."""
    os.umask(0o022)
    system.unshare(
        system.CLONE_NEWNS
        | system.CLONE_NEWNET
        | system.CLONE_NEWIPC
        | system.CLONE_NEWUTS
        | system.CLONE_NEWCGROUP
    )
    _new_root(policy)
    user, group = os.geteuid(), os.getegid()
    if user:
        system.unshare(system.CLONE_NEWUSER)  # threads are counted for it alone
        _map_user(user, group)
        system.drop_capabilities()


def _map_user(user, group):
    """The same user and group inside the new user namespace, and no other."""
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)


def _new_root(policy):
    readable, hidden = policy.readable_paths(), policy.hidden_paths()
    system.mount("none", "/", None, system.MS_REC | system.MS_PRIVATE)
    system.mount("tmpfs", "/tmp", "tmpfs", _QUIET, "mode=755,size=4m")
    os.mkdir("/tmp/.outside")
    system.pivot_root("/tmp", "/tmp/.outside")
    os.chdir("/")
    os.mkdir("/proc")
    system.mount("proc", "/proc", "proc", _QUIET | system.MS_NOEXEC)
    os.mkdir("/tmp")
    size = f"mode=1777,size={policy.private_bytes},nr_inodes=20000"
    system.mount("tmpfs", "/tmp", "tmpfs", _QUIET | system.MS_NOEXEC, size)
    for path in readable:
        _show(path)
    for path in hidden:
        _cover(path)
    os.makedirs("/dev", exist_ok=True)
    for name in _DEVICES:
        _touch(f"/dev/{name}")
        system.mount(f"/.outside/dev/{name}", f"/dev/{name}", None, system.MS_BIND)
    os.symlink("/tmp", "/dev/shm")
    _show("/sys/devices/system/cpu")
    system.unmount("/.outside")
    os.rmdir("/.outside")
    again = system.MS_REMOUNT | system.MS_BIND | system.MS_RDONLY | _QUIET
    system.mount(None, "/", None, again)
    os.chdir("/tmp")


def _show(path):
    """A path of the old root, read-only, at its place in the new one."""
    outside = "/.outside" + path
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.islink(outside):
        with contextlib.suppress(FileExistsError):
            os.symlink(os.readlink(outside), path)
        real = os.path.realpath(path)
        if real == path or os.path.exists(real):
            return
        outside, path = "/.outside" + real, real
    if not os.path.exists(outside):
        return
    if os.path.isdir(outside):
        os.makedirs(path, exist_ok=True)
    else:
        _touch(path)
    system.mount(outside, path, None, system.MS_BIND | system.MS_REC)
    system.make_read_only(path)


def _cover(path):
    """Nothing at this path: an empty directory or an empty file lies over it."""
    if os.path.isdir(path):
        system.mount("tmpfs", path, "tmpfs", _QUIET | system.MS_RDONLY, "size=4k")
    elif os.path.exists(path):
        system.mount("/.outside/dev/null", path, None, system.MS_BIND)


def _touch(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w"):
        pass
