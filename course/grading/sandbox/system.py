"""The few Linux calls that Python has no name for, through ctypes."""

import ctypes
import os
import struct
import sys

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
_MOUNT_SETATTR = 442
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 36, 38

libc = ctypes.CDLL(None, use_errno=True)


def check_result(result, what):
    """The result of a C call, or the OSError that it stands for."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _bytes(text):
    return text if text is None else os.fsencode(text)


def unshare(flags):
    check_result(libc.unshare(flags), f"unshare {flags:#x}")


def enter_namespace(descriptor, kind):
    check_result(libc.setns(descriptor, kind), "setns")


def mount(source, target, kind=None, flags=0, options=None):
    check_result(
        libc.mount(
            _bytes(source),
            _bytes(target),
            _bytes(kind),
            ctypes.c_ulong(flags),
            _bytes(options),
        ),
        f"mount {target}",
    )


def make_read_only(path):
    """Read-only and without set-user-id, for a mount and all below it (Linux 5.12)."""
    attributes = struct.pack("QQQQ", MS_RDONLY | MS_NOSUID, 0, 0, 0)
    recursive, here = 0x8000, -100
    result = libc.syscall(
        _MOUNT_SETATTR, here, _bytes(path), recursive, attributes, len(attributes)
    )
    check_result(result, f"mount_setattr {path}")


def pivot_root(new, old):
    number = _PIVOT_ROOT[os.uname().machine]
    check_result(libc.syscall(number, _bytes(new), _bytes(old)), "pivot_root")


def unmount(path):
    check_result(libc.umount2(_bytes(path), MNT_DETACH), f"umount {path}")


def die_with_parent():
    check_result(libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl pdeathsig")


def adopt_orphans():
    """Processes whose parent dies become children of this one."""
    check_result(libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl subreaper")


def forbid_new_privileges():
    check_result(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl no_new_privs")


def forbid_inspection():
    """No other process of this user may read this one's memory or environment."""
    if sys.platform == "linux":
        check_result(libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl dumpable")


def drop_capabilities():
    for capability in range(64):
        if libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break
    header = struct.pack("Ii", 0x20080522, 0)
    check_result(libc.capset(header, bytes(24)), "capset")
