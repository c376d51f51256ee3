"""The guide for instructors, typed word by word by a new one with a class of eight.

In the full set every indented line of instructors.md is run, in its order, in one
folder, and what the guide says happens is then looked for. In every run its lines are
compared with what the programs understand.
"""

import csv
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from course.building.classroom import classroom
from course.checks import exercises
from course.command_line import make_parser
from course.paths import PACKAGE
from tests.grading import courses, downloads

UNIT, NOTEBOOK = "00_map", "1_map"
GUIDE = (PACKAGE / "grading" / "instructors.md").read_text(encoding="utf-8")
COMMANDS = ("transformer-course", "nbgrader", "jupyter", "mkdir", "cp", "cd")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
LINES = [line.strip() for line in GUIDE.splitlines() if line.startswith("    ")]


class Instructor:
    """Types the guide's lines; what the guide asks of a human is done in between."""

    def __init__(self, home: Path):
        self.home = home
        self.folder = home
        self.said: dict[str, str] = {}
        self.seen: dict[str, object] = {}
        self.class_ = list(classroom(courses.ROOT, [UNIT], 8))
        zipped = home / "Downloads" / "submissions.zip"
        self.handed_in = downloads.write(zipped, self.class_, "canvas")
        self.environment = {
            **courses.environment(home),
            "HOME": str(home),
            "JUPYTER_TOKEN": "token",
        }
        self._write_roster()

    def _write_roster(self):
        heads = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Quiz (7)"]
        rows = [["    Points Possible", "", "", "", "", "10"]]
        names = {**{s: one.student for s, one in self.handed_in.items()}, "999": "abs"}
        rows += [[f"Test, {n}", s, "", n, "A", "3"] for s, n in names.items()]
        with open(self.home / "Downloads" / "roster.csv", "w", newline="") as stream:
            csv.writer(stream).writerows([heads, *rows])

    def type(self, line):
        if line.startswith("cd "):
            self.folder /= line.removeprefix("cd ")
            return
        if line == "jupyter lab":
            self.look_at_form_grader()
            return
        if line.startswith("nbgrader db assignment"):
            self.arrange_late_work()
        if line == f"nbgrader zip_collect {UNIT} --force":
            self.fetch_late_zip()
        ran = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        assert ran.returncode == 0, f"{line}\n{ran.stdout[-3000:]}"
        self.said[line] = ran.stdout
        if line.startswith(f"nbgrader autograde {UNIT}"):
            self.seen["by nbgrader"] = self.scores()
        if line == f"transformer-course grade {UNIT} -j 4":
            self.seen["by grade"] = self.scores()

    def arrange_late_work(self):
        """What section 5 says may be done: a time, and what being late costs."""
        place = self.folder / "submitted" / "100" / UNIT
        (place / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC")
        place = self.folder / "submitted" / "101" / UNIT
        (place / "timestamp.txt").write_text("the day before yesterday")
        with open(self.folder / "nbgrader_config.py", "a") as stream:
            stream.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')

    def fetch_late_zip(self):
        """The student who had handed in nothing right hands in what is right."""
        right = next(s for s in self.class_ if s.what == "everything right")
        wrong = next(n for n, s in enumerate(self.class_) if s.what == "a syntax error")
        again = [*self.class_[:wrong], right][-1:]
        path = self.folder / "downloaded" / UNIT / "archive" / "submissions.zip"
        import zipfile

        with zipfile.ZipFile(path, "w") as archive:
            for name, notebook in again[0].notebooks.items():
                place = downloads.canvas(wrong, self.class_[wrong], name)
                archive.writestr(place, json.dumps(notebook))
        self.seen["late"] = str(wrong + 100)

    def look_at_form_grader(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        root = ["--allow-root"] if os.geteuid() == 0 else []
        server = subprocess.Popen(
            ["jupyter", "lab", *root],
            cwd=self.folder,
            env={**self.environment, "JUPYTER_PORT": str(port), "BROWSER": "true"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.address = f"http://127.0.0.1:{port}"
        try:
            self._wait_for_server(server)
            self._look()
        finally:
            server.terminate()
            server.wait()

    def _wait_for_server(self, server):
        until = time.monotonic() + 120
        while time.monotonic() < until and server.poll() is None:
            try:
                return self.get("/api/status")
            except OSError:
                time.sleep(0.5)
        raise AssertionError("jupyter lab did not start")

    def _look(self):
        place = f"/formgrader/gradebook/{UNIT}/{NOTEBOOK}"
        self.seen["units"] = self.api("assignments")
        submissions = self.api(f"submitted_notebooks/{UNIT}/{NOTEBOOK}")
        self.seen["submissions"] = submissions
        self.seen["list page"] = self.get("/formgrader/manage_assignments")
        one = next(s for s in submissions if s["student"] == "102")
        self.seen["submission"] = self.get(f"/formgrader/submissions/{one['id']}/")
        grades = self.api(f"grades?submission_id={one['id']}")
        mine = grades[0] | {"manual_score": 1.5, "extra_credit": 0.5}
        self.api(f"grade/{mine['id']}", mine)
        self.seen["by hand"] = mine["name"]
        if BROWSER:
            pages = ("/formgrader/manage_assignments", "/formgrader/gradebook", place)
            self.seen["browser"] = {page: self.browse(page) for page in pages}
            page = f"/formgrader/submissions/{one['id']}/"
            self.seen["browser"]["submission"] = self.browse(page)

    def api(self, path, data=None):
        return json.loads(self.get(f"/formgrader/api/{path}", data))

    def get(self, path, data=None):
        request = urllib.request.Request(
            self.address + path,
            method="GET" if data is None else "PUT",
            data=None if data is None else json.dumps(data).encode(),
            headers={"Authorization": "token token"},
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.read().decode()

    def browse(self, path):
        """The page as a browser has it once its scripts have run."""
        return subprocess.run(
            [
                BROWSER,
                *"--headless --no-sandbox --disable-gpu --no-first-run".split(),
                *"--disable-background-networking --disable-component-update".split(),
                *("--disable-sync", f"--user-data-dir={self.home}/browser"),
                *("--virtual-time-budget=20000", "--dump-dom"),
                f"{self.address}{path}?token=token",
            ],
            capture_output=True,
            text=True,
            timeout=120,
        ).stdout

    def scores(self):
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as book:
            return {
                (s.student.id, g.name): g.auto_score
                for s in book.assignment_submissions(UNIT)
                for notebook in s.notebooks
                for g in notebook.grades
            }


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """An instructor who has typed everything."""
    instructor = Instructor(tmp_path_factory.mktemp("home"))
    for line in LINES:
        if line.split()[0] in COMMANDS:
            instructor.type(line)
    return instructor


def test_every_indented_line_is_a_command_or_names_a_file():
    rest = [line for line in LINES if line.split()[0] not in COMMANDS]
    assert [line.split("  ")[0] for line in rest] == [
        "exercises/{en,es}/<unit>/<notebook>.ipynb",
        "nbgrader_config.py",
        "gradebook.db",
        "submitted/<student>/<unit>/<notebook>.ipynb",
    ]
    commands = [line for line in LINES if line not in rest]
    assert len(commands) >= 18, commands


def test_every_command_has_its_options():
    """No program is run: they say what they understand."""
    from nbgrader.apps.nbgraderapp import NbGraderApp

    programs = ("transformer-course", "nbgrader")
    lines = [line for line in LINES if line.split()[0] in programs]
    assert len(lines) >= 15, lines
    for program, *words in map(shlex.split, lines):
        if program == "transformer-course":
            assert make_parser("en").parse_args(words).run
        if program == "nbgrader":
            application, _ = NbGraderApp.subcommands[words[0]]
            flags = [word.removeprefix("--") for word in words if word == "--force"]
            assert set(flags) <= application.flags.keys()


@pytest.mark.full
def test_every_student_is_collected_and_graded_as_known(followed):
    scores = followed.seen["by grade"]
    for student, submission in followed.handed_in.items():
        for name, expected in submission.expected.items():
            exercise = exercises()[name]
            score = scores[student, exercise.grade_id]
            if expected == "right":
                assert score == exercise.points, (submission.what, name)
            elif expected == "nothing":
                assert score == 0, (submission.what, name)
            else:
                assert score < exercise.points, (submission.what, name)


@pytest.mark.full
def test_nbgrader_gives_the_same_scores(followed):
    assert followed.seen["by nbgrader"] == followed.seen["by grade"]


@pytest.mark.full
def test_the_form_grader_lists_the_unit_and_opens_a_submission(followed):
    units = {unit["name"]: unit for unit in followed.seen["units"]}
    assert set(units) >= {"00_map", "03_attention"}
    assert units[UNIT]["num_submissions"] == 8
    assert len(followed.seen["submissions"]) == 8
    assert "manage_assignments.js" in followed.seen["list page"]
    assert "course-card" in followed.seen["submission"]
    assert "<math" in followed.seen["submission"]


@pytest.mark.full
@pytest.mark.skipif(not BROWSER, reason="no Chromium on this machine")
def test_a_browser_shows_the_lists_and_a_submission(followed):
    pages = dict(followed.seen["browser"])
    submission = pages.pop("submission")
    lists = list(pages.values())
    assert all(">00_map<" in page for page in lists[:2])
    assert lists[2].count("/formgrader/submissions/") >= 8
    assert "course-card" in submission


@pytest.mark.full
def test_a_score_by_hand_stays_and_counts_everywhere(followed):
    exported = _table(followed.folder / "grades.csv", "student_id")
    spreadsheet = _table(followed.folder / "reports" / f"{UNIT}.csv", "student")
    assert float(spreadsheet["102"][followed.seen["by hand"]]) == 2.0
    for student in followed.handed_in:
        theirs = [
            row
            for row in csv.DictReader((followed.folder / "grades.csv").open())
            if row["assignment"] == UNIT and row["student_id"] == student
        ]
        mine = spreadsheet[student]
        assert float(mine["score"]) == float(theirs[0]["score"])
        assert float(mine["raw score"]) == float(theirs[0]["raw_score"])
        assert float(mine["points"]) == float(theirs[0]["max_score"])
    assert exported


@pytest.mark.full
def test_late_work_costs_what_the_configuration_says(followed):
    table = _table(followed.folder / "reports" / f"{UNIT}.csv", "student")
    assert float(table["100"]["score"]) == 0 < float(table["100"]["late penalty"])
    assert float(table["101"]["late penalty"]) == 0
    said = followed.said[f"transformer-course grade {UNIT}"]
    assert "101: timestamp.txt is left aside" in said


@pytest.mark.full
def test_what_came_later_is_graded(followed):
    table = _table(followed.folder / "reports" / f"{UNIT}.csv", "student")
    late = table[followed.seen["late"]]
    assert float(late["raw score"]) == float(late["points"])


@pytest.mark.full
def test_the_platform_gets_its_own_columns(followed):
    reports = followed.folder / "reports"
    canvas = _table(reports / f"{UNIT}-canvas.csv", "ID")
    spreadsheet = _table(reports / f"{UNIT}.csv", "student")
    assert list(canvas["100"]) == [
        *("Student", "ID", "SIS User ID", "SIS Login ID", "Section", UNIT)
    ]
    assert canvas["999"][UNIT] == ""
    for student in followed.handed_in:
        assert canvas[student][UNIT] == spreadsheet[student]["score"]
    moodle = _table(reports / f"{UNIT}-moodle.csv", "Identifier")
    assert moodle["Participant 100"]["Grade"] == spreadsheet["100"]["score"]


@pytest.mark.full
def test_feedback_is_there_for_everybody(followed):
    folder = followed.folder / "feedback"
    for student in followed.handed_in:
        page = (folder / student / UNIT / f"{NOTEBOOK}.html").read_text()
        body = re.sub(
            r"<(script|style)\b.*?</\1>|<code>.*?</code>", "", page, flags=re.S
        )
        assert "course-card" in body
        assert "<math" in body
        assert "$$" not in body
        assert "&lt;h1" not in body


def _table(path, key):
    with open(path, encoding="utf-8", newline="") as stream:
        return {row[key]: row for row in csv.DictReader(stream)}
