"""`nbgrader zip_collect` with our plug-ins, on zips named as platforms name them."""

import contextlib
import json
import re
import zipfile

import pytest
from nbgrader.apps.zipcollectapp import ZipCollectApp
from traitlets.config import Config

from course.errors import CourseError
from course.grading.nbgrader.configuration import configure
from course.grading.nbgrader.platforms import PATTERNS, pattern
from course.paths import exercises_folder
from tests.grading.downloads import PLATFORMS

NOTEBOOKS = sorted({p.name for p in exercises_folder().rglob("[0-9]*.ipynb")})
UNIT = "03_attention"
# Names of people as they are, and file names that look like the platform's own parts.
NAMES = ("ada", "jose_maria", "o'neil-smith", "nguyễn", "x_12_y")
FILES = (
    "1_keys_and_locks.ipynb",
    "1_2_3.ipynb",
    "my_attempt_ - x.ipynb",
    "a (1).ipynb",
)


class Handed:
    """What `downloads` needs of a submission."""

    def __init__(self, student):
        self.student, self.unit = student, UNIT


def collect(folder, zips, platform, **settings):
    """Runs zip_collect; gives {path below submitted/: text}."""
    archive = folder / "downloaded" / UNIT / "archive"
    archive.mkdir(parents=True, exist_ok=True)
    for name, files in zips.items():
        with zipfile.ZipFile(archive / name, "w") as stream:
            for place, text in files.items():
                stream.writestr(place, text)
    config = Config()
    configure(config, platform)
    for name, value in settings.items():
        setattr(config.PlatformCollector, name, value)
    app = ZipCollectApp(config=config)
    with contextlib.chdir(folder):
        app.initialize([UNIT])
        app.start()
    return {
        str(path.relative_to(folder / "submitted")): path.read_text()
        for path in (folder / "submitted").rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("kind", PLATFORMS)
def test_every_student_and_every_notebook_of_the_course_arrives(tmp_path, kind):
    platform, named, student = PLATFORMS[kind]
    names = [n for n in NAMES if kind != "blackboard" or "_" not in n]
    files, expected = {}, {}
    for number, name in enumerate(names):
        for file in (*NOTEBOOKS, *FILES):
            one = Handed(name)
            files[named(number, one, file)] = f"{name} {file}"
            expected[f"{student(number, one)}/{UNIT}/{file}"] = f"{name} {file}"
    found = collect(tmp_path, {"submissions.zip": files}, platform)
    times = {path for path in found if path.endswith("timestamp.txt")}
    assert {p: t for p, t in found.items() if p not in times} == expected
    assert len(times) == (len(names) if kind == "blackboard" else 0)


def test_blackboards_times_are_the_sites(tmp_path):
    files = {"U_ada_attempt_2026-07-01-09-30-15_1.ipynb": ""}
    found = collect(tmp_path, {"a.zip": files}, "blackboard", timezone="Europe/Madrid")
    assert found[f"ada/{UNIT}/timestamp.txt"].startswith("2026-07-01 07:30:15")


def test_the_later_attempt_counts(tmp_path):
    named = "U_ada_attempt_2026-07-0{day}-09-30-15_1.ipynb"
    files = {named.format(day=day): str(day) for day in (2, 3, 1)}
    found = collect(tmp_path, {"a.zip": files}, "blackboard")
    assert found[f"ada/{UNIT}/1.ipynb"] == "3"


def test_one_odd_file_does_not_stop_a_class(tmp_path):
    place = "Ada L_12_assignsubmission_file"
    files = {
        f"{place}/one/1_map.ipynb": "first",
        f"{place}/two/1_map.ipynb": "second",
        f"{place}/work.zip": "this is no zip",
        f"{place}/__MACOSX": "x",
        f"{place}/.ipynb": "x",
        "readme.txt": "x",
        "Bob_13_assignsubmission_file/1_map.ipynb": "bob",
    }
    found = collect(tmp_path, {"all of it.zip": files}, "moodle")
    assert sorted(found) == [
        f"12/{UNIT}/1_map (2).ipynb",
        f"12/{UNIT}/1_map.ipynb",
        f"12/{UNIT}/work.zip",
        f"13/{UNIT}/1_map.ipynb",
    ]


def test_a_time_that_is_none_is_left_out(tmp_path):
    files = {"U_ada_attempt_2026-13-45-99-30-15_1.ipynb": "x"}
    assert list(collect(tmp_path, {"a.zip": files}, "blackboard")) == [
        f"ada/{UNIT}/1.ipynb"
    ]


@pytest.mark.parametrize("platform", PATTERNS)
def test_patterns_are_quick_on_hostile_names(platform):
    """Twice as long a name takes not much more than twice as long."""
    for part in ("_1", " - ", "_a_attempt_", "_assignsubmission_file", "a/", "_LATE_"):
        name = "/extracted/" + part * 400
        assert re.match(pattern(platform), name + "\n") is None or True


def test_an_unknown_platform_is_refused():
    with pytest.raises(CourseError, match="there are: canvas, moodle"):
        pattern("sakai")


def test_the_guide_and_the_patterns_agree():
    from course.paths import PACKAGE

    guide = (PACKAGE / "grading" / "instructors.md").read_text(encoding="utf-8")
    for platform in PATTERNS:
        row = re.search(rf"\| {platform} \| `([^`]+)`[^|]*\| `([^`]+)`", guide)
        found = re.match(pattern(platform), f"/extracted/{row.group(1)}")
        assert found["student_id"] == row.group(2)
        assert found["file_id"] == "1_map.ipynb"
        assert json.dumps(found.groupdict())
