"""A system call filter: threads and files, but no processes, sockets or other minds.

Whatever is not named here is refused, and calls newer than the table do not exist. A
filter sees the numbers that a call is given and not what they point to, so every call
that names another process by a number can be judged, and none that names a path: what
a path leads to is for the other walls.
"""

import ctypes
import errno
import os
import struct

from course.grading.sandbox import system
from course.grading.sandbox.call_numbers import numbers

ALLOWED = (
    # Memory of its own, within RLIMIT_AS and the group's limit.
    "brk mmap munmap mremap mprotect madvise msync mincore mlock munlock mlock2 "
    "mbind get_mempolicy set_mempolicy membarrier "
    # What it holds open: files that the walls let it open, pipes, the socket to the
    # grader. Nothing that sends a descriptor, or to an address.
    "read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek "
    "close close_range dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 "
    "epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd "
    "eventfd2 timerfd_create timerfd_settime timerfd_gettime signalfd signalfd4 fstat "
    "ftruncate fallocate fsync fdatasync fadvise64 sendfile copy_file_range flock "
    "sendto recvfrom shutdown getsockname getpeername "
    # Paths. What may be opened, listed, made, renamed or removed is for the other
    # walls; that a path exists, its size and times, can be asked of all that is there.
    "creat stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat "
    "statfs fstatfs getdents getdents64 getcwd chdir fchdir umask mkdir mkdirat rmdir "
    "rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat "
    # Threads, clocks and signals of this process, which none of these can leave.
    "futex set_robust_list rseq set_tid_address gettid sched_yield exit exit_group "
    "restart_syscall arch_prctl sigaltstack rt_sigaction rt_sigprocmask rt_sigreturn "
    "rt_sigpending rt_sigtimedwait rt_sigsuspend nanosleep pause alarm getitimer "
    "setitimer timer_settime timer_gettime timer_getoverrun timer_delete wait4 waitid "
    # About itself, and about the machine as a whole.
    "getpid getppid getuid geteuid getgid getegid getresuid getresgid getgroups "
    "getpgrp uname sysinfo times getrusage getrlimit setrlimit time gettimeofday "
    "getcpu getrandom sched_get_priority_max sched_get_priority_min"
).split()
# Modes, owners and times are not Landlock's matter: without the filter a submission
# could take an instructor's right to read the gradebook. A copy made in the private
# directory asks for them too, and does as well without.
DONE_WITHOUT_DOING = (
    "chmod fchmod fchmodat chown fchown lchown fchownat utime utimes futimesat "
    "utimensat"
).split()
# Neither are attributes, which can hold content; honest copies take no for an answer.
NOT_SUPPORTED = (
    "setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr "
    "flistxattr removexattr lremovexattr fremovexattr"
).split()

_OWN = object()  # stands for this process's number
_ANY_CLOCK = (*range(8), 11)  # others are made of a process's number
_ABOUT_SOCKETS = (3, 4, 7, 8, 30, 38, 39)  # type, error, sizes: not who is behind
_PRCTL = (3, 15, 16, 21, 23, 27, 29, 30, 38, 39, 41, 42, 0x53564D41)
_FCNTL = (*range(8), 36, 37, 38, 1030, 1031, 1032)  # owners, leases, notes: no
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
# Which argument must be one of which values.
JUDGED = {
    "kill": (0, (_OWN,)),
    "tgkill": (0, (_OWN,)),
    "prlimit64": (0, (0, _OWN)),
    "sched_setaffinity": (0, (0, _OWN)),
    "sched_getaffinity": (0, (0, _OWN)),
    "sched_getscheduler": (0, (0, _OWN)),
    "sched_getparam": (0, (0, _OWN)),
    "getpgid": (0, (0, _OWN)),
    "getsid": (0, (0, _OWN)),
    "getpriority": (1, (0, _OWN)),
    "get_robust_list": (0, (0, _OWN)),
    "clock_gettime": (0, _ANY_CLOCK),
    "clock_getres": (0, _ANY_CLOCK),
    "clock_nanosleep": (0, _ANY_CLOCK),
    "timer_create": (0, _ANY_CLOCK),
    "getsockopt": (2, _ABOUT_SOCKETS),
    "prctl": (0, _PRCTL),
    "fcntl": (1, _FCNTL),
    "ioctl": (1, _IOCTL),
}
# Which arguments, after a mask, must be a value: threads and no processes; streams on
# this machine and no datagrams, which may be sent to anybody's address.
MASKED = {
    "clone": [(0, 0x00010000, 0x00010000)],
    "socketpair": [(0, 0xFFFFFFFF, 1), (1, 0xF, 1)],
}
# Which argument, after a mask, must not be: Landlock before version 3 lets a file that
# may only be read be emptied by opening it.
FORBIDDEN = {"open": (1, 0x203, 0x200), "openat": (2, 0x203, 0x200)}

_NEWEST = 450  # set_mempolicy_home_node is the last that was looked at
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16


def is_supported():
    return os.uname().machine in _ARCHITECTURES


def program(own_process):
    """The filter as BPF instructions.

    Args:
        own_process: The only process id that may be signalled or asked about, its own.

    Returns:
        bytes, eight an instruction.
    """
    known, code = numbers(), []

    def step(operation, value, if_true=0, if_false=0):
        code.append(struct.pack("HBBI", operation, if_true, if_false, value))

    def case(name, steps):
        """Jumps over the steps unless the call is this one; they must return."""
        if name in known:
            step(_EQUAL, known[name], 0, len(steps))
            code.extend(struct.pack("HBBI", *one) for one in steps)

    def load(argument):
        return (_LOAD, 0, 0, _ARGUMENTS + 8 * argument)

    def returns(error=None):
        return (_RETURN, 0, 0, _ALLOW if error is None else _ERROR | error)

    step(_LOAD, _ARCHITECTURE)
    step(_EQUAL, _ARCHITECTURES[os.uname().machine], 1, 0)
    step(_RETURN, _KILL)
    step(_LOAD, _NUMBER)
    step(_AT_LEAST, _NEWEST + 1, 0, 1)
    step(_RETURN, _ERROR | errno.ENOSYS)
    for name, (argument, values) in JUDGED.items():
        values = tuple(own_process if value is _OWN else value for value in values)
        jumps = [
            (_EQUAL, len(values) - place, 0, value)
            for place, value in enumerate(values)
        ]
        case(name, [load(argument), *jumps, returns(errno.EPERM), returns()])
    for name, checks in MASKED.items():
        steps = []
        for argument, mask, value in checks:
            steps += [load(argument), (_AND, 0, 0, mask), (_EQUAL, 1, 0, value)]
            steps.append(returns(errno.EPERM))
        case(name, [*steps, returns()])
    for name, (argument, mask, value) in FORBIDDEN.items():
        steps = [load(argument), (_AND, 0, 0, mask), (_EQUAL, 0, 1, value)]
        case(name, [*steps, returns(errno.EPERM), returns()])
    for name in ALLOWED:
        case(name, [returns()])
    for name in DONE_WITHOUT_DOING:
        case(name, [returns(0)])
    for name in NOT_SUPPORTED:
        case(name, [returns(errno.EOPNOTSUPP)])
    case("clone3", [returns(errno.ENOSYS)])  # the C library then calls clone
    step(_RETURN, _ERROR | errno.EPERM)
    return b"".join(code)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def install():
    """Filters this thread and every later one; there is no way back."""
    instructions = program(os.getpid())
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    address = ctypes.cast(buffer, ctypes.c_void_p).value
    filters = _Program(len(instructions) // 8, address)
    system.forbid_new_privileges()
    set_seccomp, mode_filter = 22, 2
    result = system.libc.prctl(set_seccomp, mode_filter, ctypes.byref(filters), 0, 0)
    system.check_result(result, "prctl seccomp")
