"""What a beginner meets when something is wrong: one clear line, and no traceback."""

import os
import re
import stat
import subprocess
import sys

import pytest

from course import settings
from course.__main__ import main
from course.messages import catalogue
from course.paths import PACKAGE
from course.settings import FOLDER


@pytest.fixture
def said(capsys):
    """Runs the command line; gives its exit status and what it said on stderr."""

    def run(*arguments):
        try:
            status = main([str(a) for a in arguments])
        except SystemExit as stop:
            status = stop.code
        error = capsys.readouterr().err
        assert "Traceback" not in error
        return status, error

    return run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "99_nonsense"], "no unit 99_nonsense; there are: 00_map, 01_"),
        (["check", "nowhere.ipynb"], "there is no nowhere.ipynb"),
        (["check", "."], "is a folder; name a notebook in it"),
        (["status", "/"], "make one with transformer-course start FOLDER"),
        (["start", "setup.cfg"], "setup.cfg is a file; name a folder"),
        (["start", "x", "--lang", "fr"], "invalid choice: 'fr'"),
        (["course"], "name a folder, such as: transformer-course course my-class"),
        (["course", "setup.cfg"], "setup.cfg is a file; name a folder"),
        (["course", "x", "--platform", "sakai"], "there are: canvas, moodle"),
        (["report", "09_nonsense"], "no results of '09_nonsense' in .: run"),
        (["nonsense"], "invalid choice: 'nonsense'"),
        ([], "required: COMMAND"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_wrong_is_said(said, arguments, message):
    status, error = said(*arguments)
    assert status == 2
    assert message in error


class TestInSpanish:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["check", "nada.ipynb"], "no existe nada.ipynb"),
            (["check", "."], ". es una carpeta; indica un cuaderno"),
            (["check", "roto.ipynb"], "roto.ipynb no se puede leer como cuaderno"),
            (["status", "/"], "/ no es una carpeta de estudiante: crea una"),
            (["start", "roto.ipynb"], "roto.ipynb es un archivo; indica una carpeta"),
        ],
    )
    def test_in_a_spanish_folder(self, said, arguments, message, tmp_path, monkeypatch):
        (tmp_path / FOLDER).mkdir()
        (tmp_path / FOLDER / "settings.json").write_text('{"language": "es"}')
        (tmp_path / "roto.ipynb").write_text("{")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(settings, "_spoken", [])  # other tests have spoken
        status, error = said(*arguments)
        assert status == 2
        assert message in error

    def test_all_that_a_learner_may_meet_is_in_the_catalogues(self):
        """No English sentence stands in the code of what learners use."""
        places = [PACKAGE / "learning", PACKAGE / "datasets"]
        files = [path for place in places for path in place.rglob("*.py")]
        files += [PACKAGE / "commands" / f"{name}.py" for name in ("start", "status")]
        known = catalogue("errors", "es")
        found = set()
        for path in files:
            source = path.read_text("utf-8")
            assert "raise CourseError(" not in source, path
            found |= set(re.findall(r'errors\.error\(\s*"(\w+)"', source))
        assert found
        assert {f"errors.{key}" for key in found} <= set(known)


@pytest.mark.parametrize("text", ["", "no notebook", '{"cells": 3}', "\0"])
def test_a_broken_notebook(said, tmp_path, text):
    path = tmp_path / "broken.ipynb"
    path.write_text(text)
    status, error = said("check", path)
    assert status == 2
    assert "cannot be read as a notebook" in error


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission(said, tmp_path):
    tmp_path.chmod(stat.S_IREAD | stat.S_IEXEC)
    status, error = said("start", tmp_path / "mine")
    assert status == 2
    assert "no permission to write" in error


def outside(code, **environment):
    """Runs Python elsewhere, in another environment; gives what it printed."""
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)} | environment,
        timeout=120,
    )
    return found.stdout + found.stderr


def test_another_keras_backend():
    said = outside(
        "from course.__main__ import main; main(['status', '.'])", KERAS_BACKEND="jax"
    )
    assert "KERAS_BACKEND is jax: unset it" in said
    assert "Traceback" not in said


def test_no_tensorflow():
    said = outside(
        "import sys; sys.modules['tensorflow'] = None\n"
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda n, *a: None if n == 'tensorflow' else find(n, *a)\n"
        "from course.__main__ import main; main(['status', '.'])"
    )
    assert "TensorFlow is not installed here: pip install" in said
    assert "Traceback" not in said


def test_the_library_needs_neither_jupyter_nor_the_course():
    said = outside(
        "import sys, transformer_tf\n"
        "names = ['course', 'nbgrader', 'jupyter_core', 'tensorflow_text',\n"
        "         'tokenizers', 'torch', 'keras_hub']\n"
        "print('imported:', [n for n in names if n in sys.modules])"
    )
    assert "imported: []" in said
