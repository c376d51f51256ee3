"""The first cell, run where the course is not installed: in Colab, for instance.

The Python is an environment's in which everything is but the course; a stand-in for pip
notes what it is asked for and unpacks it. `tests/test_wheel.py` has pip itself do it.
"""

import json
import subprocess
import sysconfig
import textwrap
import venv
import zipfile

import pytest

from course.building.install import KEY, install_cell
from course.messages import LANGUAGES
from course.paths import exercises_folder, lessons_folder
from tests.grading.courses import environment

PIP = """
    import sys, zipfile
    from pathlib import Path

    with open("asked.txt", "a") as file:
        print(*sys.argv[1:], sep="|", file=file)
    wheel = sys.argv[-1].removesuffix("[course]")
    zipfile.ZipFile(wheel).extractall(Path(__file__).parents[1])
"""
# A notebook in Colab: the first cell, then that which every notebook has next.
RUN = """
    import json, sys, types

    sys.modules["google.colab"] = types.ModuleType("google.colab")
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    for source in json.load(sys.stdin):
        found = shell.run_cell(source)
        print(found.success)
"""
NEXT = "import course\nprint(course.NAME)"


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """An environment with all that is installed here, without the course."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    place = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.run([python, "-c", place], capture_output=True, text=True)
    with open(f"{own.stdout.strip()}/others.pth", "w") as file:  # no hooks: no checkout
        file.write(sysconfig.get_path("purelib"))
    return python


@pytest.fixture
def open_notebook(python, tmp_path):
    """Runs the first cells of a notebook; gives what they print."""
    stand_in = tmp_path / "pip" / "pip"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").touch()
    (stand_in / "__main__.py").write_text(textwrap.dedent(PIP))
    here = tmp_path / "content"
    here.mkdir()

    def run(language):
        done = subprocess.run(
            [python, "-c", textwrap.dedent(RUN)],
            cwd=here,
            env={**environment(tmp_path), "PYTHONPATH": str(stand_in.parent)},
            input=json.dumps([install_cell(language).source, NEXT]),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run.folder = here
    return run


def put_wheel(path, name):
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("course/__init__.py", f"NAME = {name!r}")


SAID = {"en": "upload the release's file first", "es": "sube primero ese archivo"}


@pytest.mark.parametrize("language", LANGUAGES)
class TestWhereTheCourseIsNotInstalled:
    def test_without_the_release_s_file_it_says_what_to_do(
        self, open_notebook, language
    ):
        said = open_notebook(language)
        assert SAID[language] in said
        assert said.count("True") == 1  # and the next cell has no course
        assert not (open_notebook.folder / "asked.txt").exists()

    @pytest.mark.parametrize("place", ["", "My Drive/"])
    def test_the_file_beside_the_notebook_or_below_is_installed(
        self, open_notebook, language, place
    ):
        name = f"{place}transformer_tf-0.1.0-py3-none-any.whl"
        put_wheel(open_notebook.folder / name, "from the wheel")
        said = open_notebook(language)
        assert "from the wheel" in said and "False" not in said
        asked = (open_notebook.folder / "asked.txt").read_text().splitlines()
        assert asked == [f"install|--quiet|{name}[course]"]
        assert "from the wheel" in open_notebook(language)
        assert len((open_notebook.folder / "asked.txt").read_text().splitlines()) == 1


def test_it_is_the_first_code_of_every_notebook():
    paths = [*exercises_folder().rglob("*.ipynb"), *lessons_folder().rglob("*.ipynb")]
    paths = [path for path in paths if ".ipynb_checkpoints" not in path.parts]
    assert len(paths) > 100
    for path in paths:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        codes = [cell for cell in cells if cell["cell_type"] == "code"]
        if codes:
            language = next(one for one in LANGUAGES if one in path.parts)
            assert codes[0]["id"] == KEY, path
            assert "".join(codes[0]["source"]) == install_cell(language).source


def test_the_cell_is_python_but_for_one_line():
    for language in LANGUAGES:
        source = install_cell(language).source
        assert source.count("%pip") == 1
        compile(source.replace("%pip", "pass  #"), KEY, "exec")
        imported = [line for line in source.splitlines() if "import " in line]
        assert imported == ["import glob", "import importlib.util"]
