"""Limits on a submission's processes together, and nothing left of them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course.grading.run.processes import ForkServer
from course.grading.sandbox import Policy
from course.grading.sandbox.controllers import Place, places
from course.grading.sandbox.groups import Groups
from course.grading.worker.runners import Runners
from tests.grading.courses import ROOT
from tests.grading.processes import descendants

SMALL = Policy(group_memory=64 << 20, threads=20, processors=0.25)
MEMORY_BOMB = """
held = []
for _ in range(64):
    held.append(bytearray(b"x") * (4 << 20))
print("all of it")
"""
FORK_BOMB = """
import os, time
made = 0
try:
    while made < 200:
        if not os.fork():
            time.sleep(60)
        made += 1
except OSError:
    pass
print(made, flush=True)
os._exit(0)
"""
BUSY = """
import time
begun = time.monotonic()
while time.monotonic() < begun + 1.2:
    pass
print(time.process_time())
"""
# Other tests run beside these: each looks at what it has made itself, and no more.
A_RUN = """
import os, time
from course.grading.sandbox import Policy
from course.grading.sandbox.groups import Groups
groups = Groups(Policy())
if not os.fork():
    groups.enter(1)
    print(*groups.directories, flush=True)
    {locks}
    time.sleep(60)
time.sleep(60)
"""


def needed(*controllers):
    groups = Groups(SMALL)
    missing = [name for name in controllers if name not in groups.limits]
    groups.close()
    if missing:
        pytest.skip(f"no {missing} groups for this user here: {groups.why}")


def holding(numbers):
    """The submissions' groups that one of these processes is in."""
    mine = set(map(str, numbers))
    return [
        path
        for place in places()
        for path in Path(place.directory).glob("transformer-course-*/*/")
        if mine.intersection(processes(path))
    ]


def processes(group):
    try:
        return (group / "cgroup.procs").read_text().split()
    except FileNotFoundError:  # another test's, and gone by now
        return []


def there(directories):
    return [directory for directory in directories if os.path.exists(directory)]


def run(source, groups, slot=1):
    """Runs Python code in a group; gives its exit code and what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", source],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: groups.enter(slot),
    )
    first = process.stdout.readline()
    process.wait(60)
    process.stdout.close()
    return process.returncode, first.strip()


@pytest.fixture
def groups():
    groups = Groups(SMALL)
    directories = groups.directories
    assert there(directories) == directories
    yield groups
    groups.close()
    assert there(directories) == []


def test_a_memory_bomb_ends_alone(groups):
    needed("memory")
    assert run(MEMORY_BOMB, groups) == (-signal.SIGKILL, "")
    assert run("print(1)", groups, 2) == (0, "1")
    groups.remove(1)
    groups.remove(2)


def test_a_fork_bomb_is_stopped_and_killed_whole(groups):
    needed("pids")
    status, printed = run(FORK_BOMB, groups)
    assert status == 0
    assert 10 <= int(printed) < SMALL.threads
    begun = time.monotonic()
    groups.remove(1)
    assert time.monotonic() < begun + 2
    assert there(os.path.join(root, "1") for root in groups.directories) == []


@pytest.mark.parametrize(
    "source, controller, name",
    [(MEMORY_BOMB, "memory", "memory"), (FORK_BOMB, "pids", "processes")],
)
def test_the_kernel_tells_which_limit_a_group_met(source, controller, name):
    needed(controller)
    groups = Groups(SMALL)
    run("print(1)", groups, 1)
    run(source, groups, 2)
    assert groups.read_limits(1) == []
    assert groups.read_limits(2) == [name]
    groups.close()


def test_a_group_gets_its_share_of_a_processor(groups):
    needed("cpu")
    status, printed = run(BUSY, groups)
    assert status == 0
    assert float(printed) < 0.7


def a_run(locks=""):
    """A process with groups and one submission in them, and where they are."""
    process = subprocess.Popen(
        [sys.executable, "-c", A_RUN.format(locks=locks)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    directories = process.stdout.readline().decode().split()
    process.stdout.close()
    assert directories and there(directories) == directories
    return process, directories


def test_what_a_killed_run_left_is_removed_at_the_next_start():
    needed("pids")
    # The submission's own process holds no lock, as after `runner.main`.
    (dead, left), (alive, kept) = a_run("os.closerange(3, 100)"), a_run()
    dead.kill()
    dead.wait()
    Groups(SMALL).close()
    assert there(left) == []
    assert there(kept) == kept
    os.killpg(alive.pid, signal.SIGKILL)
    alive.wait()
    until = time.monotonic() + 5
    while there(kept) and time.monotonic() < until:
        Groups(SMALL).close()
    assert there(kept) == []


def test_a_submission_is_in_a_group_while_it_lives():
    needed("pids")
    fork_server = ForkServer().wait()
    runners = Runners(fork_server.zygote)
    runner = runners.start()
    mine = holding(descendants(fork_server.process.pid))
    assert mine
    assert all(len(processes(group)) == 1 for group in mine)
    runner.close()
    assert there(mine) == []
    assert there(group.parent for group in mine) != []
    runners.start()
    fork_server.close()
    assert there(group.parent for group in mine) == []


def test_version_2_ends_a_group_whole(monkeypatch):
    """Where version 2 is mounted beside version 1, with no controller of ours."""
    unified = [
        line.split()[4]
        for line in Path("/proc/self/mountinfo").read_text().splitlines()
        if " - cgroup2 " in line
    ]
    place = unified and Path(unified[0])
    if not place or not os.access(place, os.W_OK):
        pytest.skip("no cgroups of version 2 for this user")
    for name in ("_limit", "hand_down"):
        monkeypatch.setattr(f"course.grading.sandbox.groups.{name}", lambda *a: None)
    groups = Groups(SMALL, [Place(str(place), 2, ("pids",))])
    source = FORK_BOMB.replace("200", "5")
    assert run(source, groups) == (0, "5")
    (root,) = groups.directories
    group = Path(root, "1")
    assert len(processes(group)) == 5
    groups.remove(1)
    assert not group.exists()
    groups.close()
    assert there([root]) == []


def test_a_limit_that_cannot_be_had_is_told(tmp_path):
    """A directory that is no cgroup at all has no file to write a limit to."""
    groups = Groups(SMALL, [Place(str(tmp_path), 1, ("memory", "pids"))])
    assert groups.limits == {}
    assert set(groups.why) == {"memory", "pids"}
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def tree(tmp_path):
    """A made-up mount of version 2, with a session's group in a slice."""
    session = tmp_path / "user.slice" / "session.scope"
    session.mkdir(parents=True)
    for folder, names in ((session, ""), (session.parent, "memory pids")):
        (folder / "cgroup.subtree_control").write_text(names)
    own, mounts = tmp_path / "own", tmp_path / "mounts"
    own.write_text("0::/user.slice/session.scope\n")
    mounts.write_text(f"30 23 0:26 / {tmp_path} rw - cgroup2 cgroup2 rw\n")
    return own, mounts, session


def test_version_2_is_used_beside_a_group_that_holds_processes(tree):
    own, mounts, session = tree
    (session / "cgroup.subtree_control").unlink()
    found = places(own, mounts)
    assert found == [Place(str(session.parent), 2, ("memory", "pids"))]


def test_version_2_is_used_below_a_group_that_hands_down(tree):
    own, mounts, session = tree
    (session / "cgroup.subtree_control").write_text("cpu memory pids")
    found = places(own, mounts)
    assert found == [Place(str(session), 2, ("memory", "pids", "cpu"))]


def test_a_container_sees_its_own_group_as_the_root(tmp_path):
    own, mounts = tmp_path / "own", tmp_path / "mounts"
    own.write_text("4:cpu,cpuacct:/box/7\n3:devices:/box/7\n0::/box/7\n")
    mounts.write_text(f"31 23 0:27 /box/7 {tmp_path} rw - cgroup cgroup rw,cpu\n")
    assert places(own, mounts) == [Place(str(tmp_path), 1, ("cpu",))]


def test_without_cgroups_there_is_no_place(tmp_path):
    assert places(tmp_path / "absent") == []
