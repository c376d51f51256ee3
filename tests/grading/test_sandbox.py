"""The walls themselves, at each level that this machine allows."""

import os

import pytest

from course.grading.run.doctor import PROTECTIONS
from course.grading.sandbox import LEVELS, Policy, probe, seccomp
from course.grading.worker.runners import RunnerDied, Runners
from tests.selection import table


@pytest.fixture(scope="module")
def inside(level):
    """Runs a cell in a sandbox and gives what it printed, or its error's name."""
    runners = Runners(level.zygote)
    runner = runners.start()

    def run(source):
        error, output = runner.cell(source, "<cell 1>", 10)
        return error["kind"] if error else output.strip()

    yield run
    runner.close()
    runners.close()


def test_walls_that_are_probed_hold():
    assert probe.attempt("namespaces", probe.policy()) == ""
    assert probe.attempt("landlock", probe.policy()) == ""


def test_a_level_that_leaks_is_not_used(monkeypatch):
    monkeypatch.setattr(seccomp, "install", lambda: None)
    assert "make a process" in probe.attempt("landlock", probe.policy())


def test_auto_takes_the_strongest_that_works(monkeypatch):
    fails = {"namespaces": "not allowed here", "landlock": ""}
    monkeypatch.setattr(probe, "attempt", lambda level, allowed: fails[level])
    level, why = probe.choose("auto", None)
    assert level == "landlock"
    assert why["namespaces"] == "not allowed here"
    fails["landlock"] = "no"
    assert probe.choose("auto", None)[0] is None


@pytest.mark.parametrize(
    "source",
    [
        "import os; os.fork()",
        "import os; os.execv('/bin/true', ['true'])",
        "import socket; socket.socket()",
        "import os; os.listdir('/home')[0]",
        "open('/etc/shadow')",
        "open('/var/tmp/x', 'w')",
        "open('/x', 'w')",
        "import os; os.kill(os.getppid() or 2, 0)",
        "import os; os.memfd_create('x')",
        "import os; os.setpriority(os.PRIO_USER, 0, 19)",
        "import multiprocessing as m; m.Process(target=print).start()",
        f"import os; os.listdir('{os.path.dirname(os.path.dirname(__file__))}')[0]",
        "x = bytearray(30 << 30)",
        "open('big', 'wb').write(bytes(400 << 20))",
    ],
)
def test_what_is_refused(inside, source):
    assert inside(source) in (
        "PermissionError",
        "FileNotFoundError",
        "OSError",
        "IndexError",
        "MemoryError",
    )


@pytest.mark.parametrize(
    "source, printed",
    [
        ("open('own', 'w').write('x'); print(open('own').read())", "x"),
        ("import tempfile; print(tempfile.TemporaryFile().write(b'ab'))", "2"),
        ("import decimal, json; print(json.dumps({'a': 1}))", '{"a": 1}'),
        ("%matplotlib inline\nprint(1)", "1"),
        ("print(await __import__('asyncio').sleep(0, 5))", "5"),
        ("import threading as t\nx = t.Thread(target=print)\nx.start()\nx.join()", ""),
        ("import transformer_tf; print(transformer_tf.__name__)", "transformer_tf"),
        ("from course import check; print(check('x'))", "None"),
        ("import os; print(sorted(os.environ)[0])", "CUDA_VISIBLE_DEVICES"),
    ],
)
def test_what_honest_work_needs(inside, source, printed):
    assert inside(source) == printed


@pytest.mark.parametrize(
    "level", table(["namespaces", "landlock"], ["namespaces"]), indirect=True
)
def test_a_cell_that_hangs_is_interrupted_and_the_next_runs(level):
    runners = Runners(level.zygote)
    runner = runners.start()
    error, _ = runner.cell("while True: pass", "<cell 1>", 0.2)
    assert error["kind"] == "TimeIsUp"
    assert runner.cell("print(2)", "<cell 2>", 5) == (None, "2\n")
    runner.close()


def test_a_process_that_is_gone_is_told(level):
    runners = Runners(level.zygote)
    runner = runners.start()
    with pytest.raises(RunnerDied, match="ended"):
        runner.cell("import os; os._exit(3)", "<cell 1>", 5)
    assert runner.close()["status"] == 3


def test_a_client_that_disconnects_ends_its_submissions(level):
    runners = Runners(level.zygote)
    runner = runners.start()
    runner.connection.settimeout(10)
    runners.control.close()
    assert runner.connection.recv(1) == b""


def test_limits_can_be_named():
    policy = Policy(readable=("/usr/lib", "/usr/lib/x"), memory=1)
    assert "/usr" in policy.readable_paths()
    assert "/usr/lib" not in policy.readable_paths()


def test_every_protection_names_known_levels():
    assert all(set(levels) <= set(LEVELS) for _, levels in PROTECTIONS)
