"""A learner opens a notebook in JupyterLab, errs, reads the card, and gets it right.

Needs `pip install playwright` and a Chromium in the PATH, and no network. Pictures of
every card go to the test's folder: `pytest -m full -k 'walk and 08' --basetemp=FOLDER`.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from course.building.answers import answer_text
from course.building.notebook import source_notebook
from course.checks import exercises
from course.kernel import SPECIFICATION
from course.messages import LANGUAGES, catalogue, text
from course.notebooks.rebuild import role
from course.paths import repository, units_of
from tests.grading.courses import environment

UNITS = units_of(repository())
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SECONDS = 240  # that a cell may take on a busy machine

# Cells out of sight are not in the page otherwise; and no question about news.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


def notebook_of(unit):
    """The first notebook of a unit that has exercises, and the first two of those."""
    known = {e.grade_id: e for e in exercises().values() if e.unit == unit}
    for path in sorted((repository() / "exercises" / "en" / unit).glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        found = [known[c["id"]] for c in cells if role(c) == "check"]
        if found:
            return path.name, found[:2]
    raise AssertionError(f"{unit} has no exercise")


def right_answer(exercise, name, language):
    script = repository() / "solutions" / exercise.unit / Path(name).with_suffix(".py")
    cells = source_notebook(script, language).cells
    (cell,) = (c for c in cells if c.id == f"{exercise.grade_id}-answer")
    lines = cell.source.splitlines()
    return "\n".join(line for line in lines if "### " not in line)


def wrong_answer(exercise):
    """What the exercise's first mistake looks like in a cell, and its name."""
    mistake = next(iter(exercise.misconceptions))
    return answer_text(exercise, exercise.misconceptions[mistake]), mistake


def named(exercise, mistake, language):
    """How the message of a mistake begins, as a page shows it."""
    topic = exercise.name.partition(".")[0]
    message = catalogue(topic, language)[f"{exercise.name}.mistake.{mistake}"]
    return message.partition("{")[0].replace("`", "")[:60].strip()


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_has_something_to_walk_through(unit):
    name, walked = notebook_of(unit)
    for exercise in walked:
        wrong, mistake = wrong_answer(exercise)
        said = {named(exercise, mistake, language) for language in LANGUAGES}
        assert len(said) == len(LANGUAGES) and all(len(one) > 5 for one in said)
        for language in LANGUAGES:
            right = right_answer(exercise, name, language)
            assert right != wrong
            for answer in (right, wrong):
                compile(answer, exercise.answer, "exec")
                assert exercise.answer in answer


class Learner:
    """Types into one notebook; cells have the numbers that they have in its file."""

    def __init__(self, page, path, address, pictures):
        self.page, self.pictures = page, pictures
        self.cells = json.loads(path.read_text("utf-8"))["cells"]
        page.set_default_timeout(1000 * SECONDS)
        page.goto(address)
        page.locator(".jp-Notebook .jp-Cell").nth(len(self.cells) - 1).wait_for()
        kernel = page.locator(".jp-Toolbar-kernelName")
        kernel.get_by_text(SPECIFICATION["display_name"]).wait_for()
        idle = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
        page.locator(idle).wait_for()

    def cell(self, number):
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def number(self, cell_id):
        return next(n for n, c in enumerate(self.cells) if c["id"] == cell_id)

    def type(self, number, source):
        editor = self.cell(number).locator(".cm-content").first
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source.rstrip("\n"))

    def run(self, number):
        """Runs a cell as one does with the keyboard, and waits for its number.

        While the kernel is starting JupyterLab takes no notice, or asks for a kernel:
        its own choice is accepted, and the key pressed again.
        """
        prompt = self.cell(number).locator(".jp-InputPrompt").first
        before = prompt.inner_text()
        until = time.monotonic() + SECONDS
        while prompt.inner_text() == before:
            assert time.monotonic() < until, f"cell {number} does not run"
            asked = self.page.locator(".jp-Dialog .jp-mod-accept")
            if asked.count():
                self.page.screenshot(path=self.pictures / "asked.png")
                asked.click()
            prompt.click()
            self.page.keyboard.press("Control+Enter")
            self.page.wait_for_timeout(2000)
        while not re.fullmatch(r"\[\d+\]:", prompt.inner_text()):
            assert time.monotonic() < until, f"cell {number} did not end"
            self.page.wait_for_timeout(100)
        broken = self.cell(number).locator("[data-mime-type$='stderr'], .jp-mod-error")
        assert not broken.count(), broken.first.inner_text()

    def check(self, exercise, source, picture):
        """Types an answer, checks it, and gives what the card says."""
        answer = self.number(f"{exercise.grade_id}-answer")
        self.type(answer, source)
        self.run(answer)
        place = self.number(exercise.grade_id)
        self.run(place)
        card = self.cell(place).locator(".course-card")
        card.wait_for()
        self.cell(answer).scroll_into_view_if_needed()
        self.page.screenshot(path=self.pictures / f"{picture}.png")
        card.screenshot(path=self.pictures / f"{picture}_card.png")
        return card.inner_text()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab over a learner's folder in each language: its folder and address."""
    pytest.importorskip("playwright")
    if not CHROMIUM:
        pytest.skip("needs Chromium")
    home = tmp_path_factory.mktemp("lab")
    for language in LANGUAGES:
        start = [sys.executable, "-m", "course", "start", home / language]
        settings = {**environment(home), "HOME": str(home)}
        subprocess.run([*start, "--lang", language], env=settings, check=True)
    for name, values in SETTINGS.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    settings["JUPYTERLAB_SETTINGS_DIR"] = str(home / "settings")
    enabled = home / "jupyter" / "jupyter_server_config.d"  # as a wheel puts it
    enabled.mkdir(parents=True)
    shutil.copy(repository() / "course_lab" / "transformer-course.json", enabled)
    settings["JUPYTER_CONFIG_PATH"] = str(enabled.parent)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = "--no-browser --allow-root --IdentityProvider.token= --ServerApp.port="
    lab = [sys.executable, "-m", "jupyter", "lab", *f"{options}{port}".split()]
    with open(home / "lab.log", "w") as log:
        process = subprocess.Popen(lab, cwd=home, env=settings, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + SECONDS
        while not answers(f"{address}/api"):
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.5)
        yield home, address
    finally:
        process.terminate()
        process.wait()


def answers(address):
    try:
        return urllib.request.urlopen(address).status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def browser(lab):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        rooted = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=rooted)
        yield chromium
        chromium.close()


@pytest.mark.full
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", UNITS)
def test_walk_through_a_notebook(unit, language, lab, browser, tmp_path):
    home, address = lab
    name, walked = notebook_of(unit)
    place = f"{language}/{unit}/{name}"
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    learner = Learner(page, home / place, f"{address}/lab/tree/{place}?reset", tmp_path)
    assert page.get_by_text("File", exact=True).count()
    for instructors in ("Nbgrader", "Create Assignment", "Validate"):
        assert not page.get_by_text(instructors, exact=True).count(), instructors
    first = learner.number(f"{walked[0].grade_id}-answer")
    for number, cell in enumerate(learner.cells[:first]):
        if role(cell) == "code":
            learner.run(number)
    for exercise in walked:
        wrong, mistake = wrong_answer(exercise)
        right = right_answer(exercise, name, language)
        said = learner.check(exercise, wrong, f"{exercise.grade_id}_wrong")
        assert named(exercise, mistake, language) in said
        assert text("engine.outcome.right", language) not in said
        said = learner.check(exercise, right, f"{exercise.grade_id}_right")
        assert text("engine.outcome.right", language) in said
        earned = {"score": exercise.points, "points": exercise.points}
        assert text("engine.points", language, **earned) in said
        assert text(f"{exercise.name}.title", language) in said
    page.close()
