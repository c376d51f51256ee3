"""A learner's process holds nothing that judges: neither in files nor in memory."""

import ast
import importlib.util
from pathlib import Path

import pytest

from course.grading.runner.submission import run_submission
from course.grading.worker.runners import Runners

RUNNER = Path(run_submission.__code__.co_filename).parent
# What holds right answers, seeds, verdicts, names or the secret.
JUDGING = (
    "course.checks",
    "course.examination.judge",
    "course.examination.examiner",
    "course.examination.diagnose",
    "course.examination.tolerance",
    "course.examination.audit",
    "course.grading.worker",
    "course.grading.run",
    "course.grading.nbgrader",
)


def judges(module):
    return any(f"{module}.".startswith(f"{name}.") for name in JUDGING)


def imported(path, everywhere):
    """The modules that a file imports; in its functions too if `everywhere`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree)) if everywhere else _at_once(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _at_once(tree):
    """The nodes that run when a module is imported."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        if not typing and not isinstance(node, ast.FunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def file_of(module):
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None
    return Path(found.origin) if found and found.origin else None


def test_the_runner_imports_nothing_that_judges():
    waiting = [name for path in RUNNER.glob("*.py") for name in imported(path, True)]
    reached = set()
    while waiting:
        module = waiting.pop()
        parents = [module.rsplit(".", n)[0] for n in range(module.count(".") + 1)]
        for name in parents:
            if not name.startswith("course") or name in reached:
                continue
            path = file_of(name)
            if path is not None:
                reached.add(name)
                waiting += imported(path, False)
    assert "course.examination.perform" in reached
    assert sorted(filter(judges, reached)) == []


@pytest.mark.parametrize("cell", ["pass", "import course.grading.runner.respond"])
def test_a_live_submission_has_nothing_that_judges(fork_server, cell):
    runners = Runners(fork_server.zygote)
    runner = runners.start()
    source = f"{cell}\nimport sys\nprint(*sorted(sys.modules))"
    error, printed = runner.cell(source, "<cell 1>", 20)
    runner.close()
    runners.close()
    assert error is None
    found = printed.split()
    assert "course.grading.runner.submission" in found
    assert list(filter(judges, found)) == []
