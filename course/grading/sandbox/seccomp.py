"""A system call filter: threads and files, but no processes, sockets or other minds.

Everything that makes a process, a socket, a namespace or a mount, that looks into or
signals another process, or that holds memory outside the limits is refused with an
error number; calls newer than the table do not exist.
"""

import ctypes
import errno
import os
import struct

from course.grading.sandbox import system

_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _FIRST = 0, 4, 16
_CLONE_THREAD = 0x00010000
_NEWEST = 450  # futex_waitv and set_mempolicy_home_node are the last ones looked at
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_PR_SET_PTRACER = 0x59616D61

_REFUSED = {
    "x86_64": (
        "fork=57 vfork=58 execve=59 execveat=322 socket=41 connect=42 accept=43 "
        "accept4=288 bind=49 listen=50 ptrace=101 mount=165 umount2=166 pivot_root=155 "
        "chroot=161 unshare=272 setns=308 bpf=321 perf_event_open=298 userfaultfd=323 "
        "add_key=248 request_key=249 keyctl=250 process_vm_readv=310 "
        "process_vm_writev=311 process_madvise=440 process_mrelease=448 "
        "io_uring_setup=425 io_uring_enter=426 io_uring_register=427 kexec_load=246 "
        "kexec_file_load=320 init_module=175 finit_module=313 delete_module=176 "
        "open_by_handle_at=304 name_to_handle_at=303 swapon=167 swapoff=168 reboot=169 "
        "mount_setattr=442 open_tree=428 move_mount=429 fsopen=430 fsconfig=431 "
        "fsmount=432 fspick=433 kcmp=312 personality=135 pidfd_send_signal=424 "
        "pidfd_open=434 pidfd_getfd=438 memfd_create=319 memfd_secret=447 shmget=29 "
        "shmat=30 msgget=68 semget=64 mq_open=240 syslog=103 acct=163 quotactl=179 "
        "quotactl_fd=443 settimeofday=164 clock_settime=227 clock_adjtime=305 "
        "adjtimex=159 sethostname=170 setdomainname=171 iopl=172 ioperm=173 "
        "fanotify_init=300 mknod=133 mknodat=259 tkill=200 rt_sigqueueinfo=129 "
        "rt_tgsigqueueinfo=297 setpriority=141 sched_setscheduler=144 "
        "sched_setparam=142 sched_setattr=314 ioprio_set=251 migrate_pages=256 "
        "move_pages=279 lookup_dcookie=212 vhangup=153 modify_ldt=154 uselib=134 "
        "ustat=136 sysfs=139 nfsservctl=180"
    ),
    "aarch64": (
        "execve=221 execveat=281 socket=198 connect=203 accept=202 accept4=242 "
        "bind=200 listen=201 ptrace=117 mount=40 umount2=39 pivot_root=41 chroot=51 "
        "unshare=97 setns=268 bpf=280 perf_event_open=241 userfaultfd=282 add_key=217 "
        "request_key=218 keyctl=219 process_vm_readv=270 process_vm_writev=271 "
        "process_madvise=440 process_mrelease=448 io_uring_setup=425 "
        "io_uring_enter=426 io_uring_register=427 kexec_load=104 kexec_file_load=294 "
        "init_module=105 finit_module=273 delete_module=106 open_by_handle_at=265 "
        "name_to_handle_at=264 swapon=224 swapoff=225 reboot=142 mount_setattr=442 "
        "open_tree=428 move_mount=429 fsopen=430 fsconfig=431 fsmount=432 fspick=433 "
        "kcmp=272 personality=92 pidfd_send_signal=424 pidfd_open=434 pidfd_getfd=438 "
        "memfd_create=279 memfd_secret=447 shmget=194 shmat=196 msgget=186 semget=190 "
        "mq_open=180 syslog=116 acct=89 quotactl=60 quotactl_fd=443 settimeofday=170 "
        "clock_settime=112 clock_adjtime=266 adjtimex=171 sethostname=161 "
        "setdomainname=162 fanotify_init=262 mknodat=33 tkill=130 rt_sigqueueinfo=138 "
        "rt_tgsigqueueinfo=240 setpriority=140 sched_setscheduler=119 "
        "sched_setparam=118 sched_setattr=274 ioprio_set=30 migrate_pages=238 "
        "move_pages=239 lookup_dcookie=18 vhangup=58"
    ),
}
_JUDGED = {
    "x86_64": {
        "audit": 0xC000003E,
        "clone": 56,
        "clone3": 435,
        "kill": 62,
        "tgkill": 234,
        "prlimit": 302,
        "sched_setaffinity": 203,
        "prctl": 157,
    },
    "aarch64": {
        "audit": 0xC00000B7,
        "clone": 220,
        "clone3": 435,
        "kill": 129,
        "tgkill": 131,
        "prlimit": 261,
        "sched_setaffinity": 122,
        "prctl": 167,
    },
}


def supported():
    return os.uname().machine in _JUDGED


def program(own_process):
    """The filter as BPF instructions.

    Args:
        own_process: The only process id that may be signalled, its own.

    Returns:
        bytes, eight an instruction.
    """
    machine = os.uname().machine
    judged = _JUDGED[machine]
    code = []

    def step(operation, value, if_true=0, if_false=0):
        code.append(struct.pack("HBBI", operation, if_true, if_false, value))

    def refuse(number, error=errno.EPERM):
        step(_EQUAL, number, 0, 1)
        step(_RETURN, _ERROR | error)

    def allow_only_if_first_is(name, *values):
        step(_EQUAL, judged[name], 0, 3 + len(values))
        step(_LOAD, _FIRST)
        for place, value in enumerate(values):
            step(_EQUAL, value, len(values) - place, 0)
        step(_RETURN, _ERROR | errno.EPERM)
        step(_RETURN, _ALLOW)

    step(_LOAD, _ARCHITECTURE)
    step(_EQUAL, judged["audit"], 1, 0)
    step(_RETURN, _KILL)
    step(_LOAD, _NUMBER)
    step(_AT_LEAST, _NEWEST + 1, 0, 1)
    step(_RETURN, _ERROR | errno.ENOSYS)
    refuse(judged["clone3"], errno.ENOSYS)  # the C library then calls clone
    step(_EQUAL, judged["clone"], 0, 4)
    step(_LOAD, _FIRST)
    step(_ANY_BIT, _CLONE_THREAD, 0, 1)
    step(_RETURN, _ALLOW)
    step(_RETURN, _ERROR | errno.EPERM)
    allow_only_if_first_is("kill", own_process)
    allow_only_if_first_is("tgkill", own_process)
    allow_only_if_first_is("prlimit", 0)
    allow_only_if_first_is("sched_setaffinity", 0)
    step(_EQUAL, judged["prctl"], 0, 6)
    step(_LOAD, _FIRST)
    step(_EQUAL, _PR_SET_PDEATHSIG, 2, 0)
    step(_EQUAL, _PR_SET_DUMPABLE, 1, 0)
    step(_EQUAL, _PR_SET_PTRACER, 0, 1)
    step(_RETURN, _ERROR | errno.EPERM)
    step(_RETURN, _ALLOW)
    for entry in _REFUSED[machine].split():
        number = int(entry.partition("=")[2], 0)
        refuse(number)
    step(_RETURN, _ALLOW)
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
    system.checked(result, "prctl seccomp")
