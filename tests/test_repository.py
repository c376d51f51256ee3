"""The files around the code: they parse, and say the same as what they stand beside."""

import configparser
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
YAML = [
    *sorted((ROOT / ".github").rglob("*.yml")),
    ROOT / ".pre-commit-config.yaml",
    ROOT / "CITATION.cff",
]


def setup(section, key):
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    return parser[section][key]


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_parses(path):
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_workflow_runs_what_ci_runs():
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]
    steps = [step.get("run") for job in jobs.values() for step in job["steps"]]
    assert ".ci/run" in steps and (ROOT / ".ci/run").exists()
    makefile = (ROOT / "Makefile").read_text()
    for step in steps:
        if step and step.startswith("make "):
            assert f"\n{step.split()[1]}:" in makefile


def test_commits_are_held_to_what_lint_runs():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    entries = " ".join(hook["entry"] for hook in hooks[0]["hooks"])
    lint = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    for tool in ("ruff check", "ruff format", "mypy", "course build --check"):
        assert tool in entries and tool in lint


def test_the_citation_has_the_package_s_version_and_licence():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == setup("metadata", "version")
    assert citation["license"] == setup("metadata", "license")
