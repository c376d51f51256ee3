"""The filter of system calls, judged by an interpreter of its own instructions."""

import errno
import itertools
import os
import re
import struct
from pathlib import Path

import pytest

from course.grading.sandbox import seccomp
from course.grading.sandbox.call_numbers import numbers
from course.grading.worker.runners import Runners

OWN = 4321
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, ERROR, KILL = 0x7FFF0000, 0x00050000, 0x80000000
HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}
# Calls that speak about, or to, other processes, and about paths by other names.
NEVER = (
    "fork vfork execve execveat ptrace process_vm_readv process_vm_writev kcmp "
    "pidfd_open pidfd_getfd pidfd_send_signal inotify_init inotify_init1 "
    "inotify_add_watch fanotify_init fanotify_mark name_to_handle_at "
    "open_by_handle_at io_uring_setup io_uring_enter perf_event_open bpf userfaultfd "
    "socket connect bind listen accept accept4 sendmsg sendmmsg recvmsg tkill "
    "rt_sigqueueinfo rt_tgsigqueueinfo setpgid setpriority ioprio_get ioprio_set "
    "sched_setscheduler sched_setparam sched_setattr sched_getattr "
    "sched_rr_get_interval move_pages migrate_pages capget capset shmget shmat shmctl "
    "semget semop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink memfd_create "
    "mount umount2 pivot_root chroot unshare setns truncate openat2 syslog add_key "
    "request_key keyctl setuid setgid setresuid setresgid seccomp landlock_add_rule "
    "vmsplice splice tee sync syncfs quotactl personality mknod mknodat"
).split()


def run(program, machine, number, arguments=()):
    """What the filter returns for a call."""
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=iIQ6Q", number, machine, 0, *(a % 2**64 for a in padded))
    steps = list(struct.iter_unpack("HBBI", program))
    place, value = 0, 0
    while True:
        operation, if_true, if_false, constant = steps[place]
        place += 1
        if operation == 0x20:
            (value,) = struct.unpack_from("=I", data, constant)
        elif operation == 0x54:
            value &= constant
        elif operation == 0x06:
            return constant
        else:
            met = value == constant if operation == 0x15 else value >= constant
            assert operation in (0x15, 0x35)
            place += if_true if met else if_false


@pytest.fixture(params=MACHINES)
def judge(request, monkeypatch):
    """What the filter of each processor says of a call, by its name."""
    machine = request.param
    system = os.uname()
    other = os.uname_result((*system[:4], machine))
    monkeypatch.setattr(os, "uname", lambda: other)
    program, known = seccomp.program(OWN), numbers(machine)

    def judge(name, *arguments):
        number = name if isinstance(name, int) else known.get(name)
        if number is None:
            return None
        return run(program, MACHINES[machine], number, arguments)

    judge.machine, judge.known, judge.program = machine, known, program
    return judge


def from_headers(machine):
    path = Path(HEADERS[machine])
    if not path.exists():
        pytest.skip(f"{path} is not installed here")
    pattern = r"#define __NR(?:3264)?_(\w+)\s+(\d+)"
    return {name: int(n) for name, n in re.findall(pattern, path.read_text())}


def test_numbers_are_those_of_linux(judge):
    known = from_headers(judge.machine)
    names = {"newfstatat": "newfstatat" if "newfstatat" in known else "fstatat"}
    for name, number in judge.known.items():
        assert known[names.get(name, name)] == number, name


def test_only_what_is_named_is_let_through(judge):
    named = {judge.known.get(name) for name in seccomp.ALLOWED}
    judged = [*seccomp.JUDGED, *seccomp.MASKED, *seccomp.FORBIDDEN]
    judged += [*seccomp.DONE_WITHOUT_DOING, *seccomp.NOT_SUPPORTED]
    skipped = {judge.known.get(name) for name in judged}
    for number in set(range(1000)) - skipped:
        assert (judge(number) == ALLOW) == (number in named), number
    assert judge(451) == judge(0x40000000) == ERROR | errno.ENOSYS


def test_what_speaks_of_others_is_never_let_through(judge):
    known = from_headers(judge.machine)
    for name in NEVER:
        if name in known:
            for arguments in itertools.product((0, 1, OWN), repeat=2):
                assert judge(known[name], *arguments) != ALLOW, name


def test_another_architecture_ends_the_process(judge):
    assert run(judge.program, 0x40000003, 1) == KILL


@pytest.mark.parametrize("name", ["kill", "tgkill"])
def test_signals_go_to_itself_alone(judge, name):
    assert judge(name, OWN) == ALLOW
    for other in (0, 1, OWN + 1, -1, -OWN):
        assert judge(name, other) == ERROR | errno.EPERM


@pytest.mark.parametrize(
    "name, place",
    [
        ("prlimit64", 0), ("sched_getaffinity", 0), ("sched_setaffinity", 0),
        ("sched_getscheduler", 0), ("sched_getparam", 0), ("getpgid", 0),
        ("getsid", 0), ("get_robust_list", 0), ("getpriority", 1),
    ],
)  # fmt: skip
def test_questions_are_about_itself_alone(judge, name, place):
    def asked(who):
        return judge(name, *[0] * place, who)

    assert asked(0) == asked(OWN) == ALLOW
    for other in (1, OWN + 1, -1):
        assert asked(other) == ERROR | errno.EPERM


def test_no_clock_of_another_process(judge):
    for name in ("clock_gettime", "clock_getres", "clock_nanosleep", "timer_create"):
        assert all(judge(name, clock) == ALLOW for clock in (0, 1, 2, 3, 7))
        for other in (1, OWN, OWN + 1):
            assert judge(name, (~other << 3) | 2) == ERROR | errno.EPERM


def test_threads_and_no_processes_streams_and_no_datagrams(judge):
    assert judge("clone", 0x3D0F00) == ALLOW  # as the C library makes a thread
    assert judge("clone", 0x11) == ERROR | errno.EPERM
    assert judge("socketpair", 1, 1 | 0x80000) == ALLOW
    for family, kind in ((1, 2), (1, 5), (2, 1), (16, 3)):
        assert judge("socketpair", family, kind) == ERROR | errno.EPERM


def test_nothing_is_emptied_by_opening_it_to_read(judge):
    create, truncate = 0x40, 0x200
    for name, place in (("open", 1), ("openat", 2)):
        if name in judge.known:
            empty = [0] * place
            for flags in (0, 1, 2, create | truncate | 1, truncate | 2):
                assert judge(name, *empty, flags) == ALLOW
            for flags in (truncate, truncate | create):
                assert judge(name, *empty, flags) == ERROR | errno.EPERM


def test_modes_and_owners_are_left_as_they_are(judge):
    for name in seccomp.DONE_WITHOUT_DOING:
        assert judge(name) in (None, ERROR)


def test_the_kernel_agrees(level):
    """Every number that is not let through, asked inside: a whole table of calls."""
    if os.uname().machine not in MACHINES:
        pytest.skip("no filter is written for this processor")
    known = set(numbers().values())
    known |= {335, 336}  # uretprobe and uprobe end whoever calls them, by a signal
    refused = [number for number in range(0, 700) if number not in known]
    source = f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for number in {refused}:
    given = libc.syscall(number, 0, 0, 0, 0, 0, 0)
    if given != -1 or ctypes.get_errno() not in (1, 38):
        print(number, given, ctypes.get_errno())
"""
    runners = Runners(level.zygote)
    runner = runners.start()
    assert runner.cell(source, "<cell 1>", 20) == (None, "")
    runner.close()
    runners.close()
