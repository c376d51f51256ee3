"""The files around the code: they parse, and say the same as what they stand beside."""

import configparser
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
YAML = [
    *sorted((ROOT / ".github").rglob("*.yml")),
    ROOT / ".pre-commit-config.yaml",
    ROOT / "CITATION.cff",
    ROOT / ".binder/environment.yml",
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


class TestServers:
    """What makes a learner's server elsewhere: no container engine is needed here."""

    def test_install_an_extra_that_there_is(self):
        conda = yaml.safe_load((ROOT / ".binder/environment.yml").read_text())
        assert {"pip": [".[course]"]} in conda["dependencies"]
        assert "/course[course]" in (ROOT / "Dockerfile").read_text()
        assert setup("options.extras_require", "course")

    def test_begin_in_a_folder_of_their_own(self, tmp_path):
        """Their own lines, run: Binder's after the build, the image's at each start."""
        image = (ROOT / "Dockerfile").read_text()
        program = json.loads(image.partition("\nCMD ")[2])[-1].partition(" && exec ")[0]
        environment = {
            **os.environ,
            "HOME": str(tmp_path),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "COURSE_LANGUAGE": "es",
            "PYTHONPATH": str(ROOT),
        }
        for command in ([ROOT / ".binder/postBuild"], ["sh", "-c", program]):
            run = subprocess.run(
                command, cwd=tmp_path, env=environment, capture_output=True, text=True
            )
            assert run.returncode == 0, run.stderr
            index = (tmp_path / "my-course" / "index.ipynb").read_text("utf-8")
        assert "El curso de Transformers" in index

    def test_leave_out_nothing_that_is_installed(self):
        """What the image does not copy is neither a package nor named by set-up."""
        left_out = (ROOT / ".dockerignore").read_text().split()
        packages = {"transformer_tf", "course", "setup.cfg", "pyproject.toml"}
        assert not packages & set(left_out)
        assert "README.md" not in left_out  # the package's description
