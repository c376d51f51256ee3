"""The line that starts a container, and clear words where there is none."""

import argparse

import pytest

from course.commands import grade
from course.errors import CourseError
from course.grading.run import container


def parsed(*words):
    parser = argparse.ArgumentParser()
    grade.add_arguments(parser)
    return parser.parse_args(["03_attention", "--container", "course:1", *words])


def test_the_line_walls_everything_in(tmp_path):
    args = parsed("-j", "3", "--course", str(tmp_path), "--student", "ada", "--force")
    options = grade.options_of(args)
    line = container.command_line("podman", options, tmp_path / "secret")
    before, after = line[: line.index("course:1")], line[line.index("course:1") + 1 :]
    for wall in ("--network=none", "--read-only", "--cap-drop=ALL", "--memory=8g"):
        assert wall in before
    volumes = [word for word in before if word.startswith("--volume")]
    assert volumes == [
        f"--volume={tmp_path}:/course",
        f"--volume={tmp_path}/secret:/secret:ro",
    ]
    assert "--privileged" not in line
    assert after[:3] == ["transformer-course", "grade", "03_attention"]
    assert {"--jobs=3", "--student=ada", "--force"} <= set(after)
    parser = argparse.ArgumentParser()
    grade.add_arguments(parser)
    assert parser.parse_args(after[2:]).course == "/course"


def test_an_option_cannot_smuggle_a_mount(tmp_path):
    args = parsed("--course", f"{tmp_path}/a:/etc", "--student=--volume=/:/host")
    with pytest.raises(CourseError, match="without ':'"):
        container.command_line("docker", grade.options_of(args), "secret")


@pytest.mark.parametrize("word", ["--trust", "--cluster=tcp://x:1", "--gradebook=none"])
def test_what_cannot_go_inside_is_refused(word):
    with pytest.raises(CourseError, match="cannot be used with"):
        container.command_line("docker", grade.options_of(parsed(word)), "secret")


def test_without_an_engine_it_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(container.shutil, "which", lambda name: None)
    with pytest.raises(CourseError, match="podman or docker"):
        grade.run(parsed())
