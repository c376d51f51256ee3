"""JupyterLab shows no instructor's menus to a learner, and shows them to instructors.

That Lab itself heeds it is seen by `test_browser_walk.py`.
"""

import configparser
import importlib
import json
from types import SimpleNamespace

import pytest

import course_lab
from course.learning.folder import start
from course.paths import repository
from course.settings import FOLDER

ROOT = repository()


@pytest.fixture(scope="module")
def learner(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home") / "mine"
    start(folder, "es")
    return folder


def page_of(root, page, hook=None):
    """What a page of a server of that root is told."""
    settings = {} if hook is None else {"page_config_hook": hook}
    server = SimpleNamespace(
        root_dir=str(root), web_app=SimpleNamespace(settings=settings)
    )
    course_lab._load_jupyter_server_extension(server)
    change = settings.get("page_config_hook", lambda handler, told: told)
    return change(None, page)


@pytest.mark.parametrize("place", [".", "00_map", ".."])
@pytest.mark.parametrize("before", [{}, {"disabledExtensions": ["other"], "a": 1}])
def test_a_learner_s_lab_has_no_menus_of_nbgrader(learner, place, before):
    told = page_of((learner / place).resolve(), before)
    assert course_lab.NBGRADER in told["disabledExtensions"]
    assert set(before.get("disabledExtensions", [])) < set(told["disabledExtensions"])
    assert told.get("a") == before.get("a")


def test_make_learn_names_it():
    """An installation from a checkout has no files in etc/jupyter."""
    (lab,) = [
        line for line in (ROOT / "Makefile").read_text().splitlines() if " lab " in line
    ]
    assert lab.endswith(f"jpserver_extensions={course_lab.__name__}=True")


def test_another_s_hook_is_heeded(learner):
    told = page_of(learner, {}, lambda handler, page: {"disabledExtensions": ["b"]})
    assert told["disabledExtensions"] == ["b", course_lab.NBGRADER]


def test_an_instructor_s_lab_has_them(learner, tmp_path):
    assert page_of(tmp_path, {}) == {}
    (learner / "nbgrader_config.py").touch()
    try:
        assert page_of(learner, {}) == {}
    finally:
        (learner / "nbgrader_config.py").unlink()


def test_a_wheel_enables_it():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    file = setup["options.data_files"]["etc/jupyter/jupyter_server_config.d"]
    enabled = json.loads((ROOT / file).read_text())["ServerApp"]["jpserver_extensions"]
    for name, wanted in enabled.items():
        assert wanted and importlib.import_module(name) is course_lab
    assert course_lab._jupyter_server_extension_points() == [{"module": "course_lab"}]


def test_the_names_are_the_course_s():
    assert course_lab.LEARNERS == FOLDER
