"""The built wheel, with each extra alone in an empty environment, keeps its promises.

`make wheel-test` runs this; it needs a package registry, and some minutes.
"""

import functools
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from course.building.install import install_cell

pytestmark = pytest.mark.full
ROOT = Path(__file__).parents[1]

LAYERS = """
    import numpy as np
    import transformer_tf as tt

    model = tt.CausalLM(
        tt.gpt2_config(
            vocabulary_size=50, dim=8, num_layers=1, num_heads=2, max_length=16,
            hidden_dim=12,
        )
    )
    ids = np.arange(24).reshape(2, 12)
    assert model(ids).shape == (2, 12, 50)
    assert len(tt.generate(model, [[1, 2, 3]], max_new_tokens=4)[0]) <= 4

    from transformer_tf.text import BytePairTokenizer

    tokenizer = BytePairTokenizer.train(["low lower lowest"] * 9, 270)
    assert tokenizer.decode(tokenizer.encode("lower").ids) == "lower"
"""
TEXT = """
    import tensorflow as tf
    from transformer_tf.text import BytePairTokenizer

    tokenizer = BytePairTokenizer.train(["low lower lowest"] * 9, 270)
    expected = tokenizer.encode("low, lower!").ids
    assert tokenizer.encode_batch(["low, lower!"])[0].ids == expected
"""
COURSE = """
    import glob
    import sys
    from course import check
    from course.__main__ import main
    from course.datasets.corpus import english
    from course.messages import text

    assert main(["start", "mine", "--lang", "es"]) == 0
    assert len(glob.glob("mine/**/*.ipynb", recursive=True)) > 20
    assert main(["doctor"]) in (0, 1)
    enabled = "etc/jupyter/jupyter_server_config.d/transformer-course.json"
    assert "course_lab" in open(f"{sys.prefix}/{enabled}").read()
    assert len(next(iter(english()))) > 10
"""
# In a kernel of the name that the notebooks give, as JupyterLab starts it.
KERNEL = """
    import sys
    from pathlib import Path

    import nbclient
    import nbformat

    for path in map(Path, sys.argv[1:]):
        notebook = nbformat.read(path, as_version=4)
        nbclient.NotebookClient(
            notebook, timeout=900, resources={"metadata": {"path": str(path.parent)}}
        ).execute()
"""
NOTEBOOKS = ROOT / "tests" / "notebooks" / "run_notebooks.py"
# extra -> (what it promises, packages that it must not bring)
EXTRAS = {
    "": (LAYERS, ("tokenizers", "babel", "nbgrader", "Django", "keras-hub")),
    "text": (LAYERS + TEXT, ("babel", "nbgrader", "Django", "keras-hub")),
    "course": (LAYERS + TEXT + COURSE, ("keras-hub", "pytest", "torch")),
    "cluster": (LAYERS + "    import distributed\n", ("babel", "Django")),
    "hub": (LAYERS + "    import huggingface_hub\n", ("babel", "Django", "torch")),
    "gguf": (LAYERS + "    import gguf\n", ("babel", "Django", "torch")),
}


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from the tracked files alone, as a release is."""
    source = tmp_path_factory.mktemp("source")
    tracked = run("git", "ls-files", "-z", cwd=ROOT).split("\0")
    for name in filter(None, tracked):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_symlink():
            target.symlink_to(os.readlink(ROOT / name))
        elif (ROOT / name).is_file():
            target.write_bytes((ROOT / name).read_bytes())
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--outdir", folder, source)
    run(sys.executable, "-m", "twine", "check", "--strict", *folder.iterdir())
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(tmp_path_factory, wheel):
    """Makes an environment of the wheel and an extra, once; gives its Python."""

    @functools.cache
    def make(extra):
        folder = tmp_path_factory.mktemp("environment")
        run(sys.executable, "-m", "venv", folder)
        python = folder / "bin" / "python"
        wanted = f"{wheel}[{extra}]" if extra else str(wheel)
        run(python, "-m", "pip", "install", "--quiet", wanted)
        return python

    return make


def without_ours():
    """This environment's variables, without those that lead to the checkout."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return {**kept, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_alone_keeps_its_promises(environment, tmp_path, extra):
    promises, unwanted = EXTRAS[extra]
    python = environment(extra)
    code = textwrap.dedent(promises)
    run(python, "-c", code, cwd=tmp_path, env=without_ours())
    installed = run(python, "-m", "pip", "list", "--format=freeze").lower()
    brought = [name for name in unwanted if f"{name.lower()}==" in installed]
    assert brought == []


@pytest.fixture(scope="module")
def learner(environment, tmp_path_factory):
    """Makes the folder of a learner of a language; gives it and the Python."""

    @functools.cache
    def make(language):
        python = environment("course")
        folder = tmp_path_factory.mktemp("learner")
        command = [python.parent / "transformer-course", "start", folder]
        run(*command, "--lang", language, env=without_ours())
        return folder, python

    return make


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_notebook_runs_in_a_fresh_folder(learner, language):
    """As a learner gets it, show cells included, from the first cell to the last."""
    folder, python = learner(language)
    done = subprocess.run(
        [python, NOTEBOOKS, folder], env=without_ours(), capture_output=True, text=True
    )
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    raised = {one["notebook"]: one["raised"] for one in reports if one["raised"]}
    assert raised == {} and done.returncode == 0, done.stderr
    assert len(reports) >= 70


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_first_pages_run_in_the_kernel_that_they_name(learner, language):
    folder, python = learner(language)
    pages = folder / "index.ipynb", folder / "00_map" / "1_map.ipynb"
    settings = {**without_ours(), "PATH": f"{python.parent}:{os.environ['PATH']}"}
    run(python, "-c", textwrap.dedent(KERNEL), *pages, env=settings)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_first_cell_installs_the_wheel(environment, wheel, tmp_path, language):
    """Where all is there but the course; what it needs besides is not fetched here."""
    others = environment("course")
    place = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = Path(run(others, "-c", place).strip())
    run(sys.executable, "-m", "venv", tmp_path / "colab")
    python = tmp_path / "colab" / "bin" / "python"
    own = Path(run(python, "-c", place).strip())
    for path in found.iterdir():  # but ours, and what the environment has of its own
        ours = path.name.startswith(("course", "transformer_tf"))
        if not ours and not (own / path.name).exists():
            (own / path.name).symlink_to(path)
    (tmp_path / wheel.name).symlink_to(wheel)
    cells = json.dumps([install_cell(language).source, "import course; course.check"])
    code = (
        "import json, sys; from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "assert all(shell.run_cell(one).success for one in json.load(sys.stdin))"
    )
    settings = {**without_ours(), "PIP_NO_INDEX": "1"}
    run(python, "-c", code, input=cells, cwd=tmp_path, env=settings)


def test_without_the_course_s_packages_it_says_what_to_install(environment, tmp_path):
    command = environment("").parent / "transformer-course"
    done = subprocess.run(
        [command, "status", "."],
        cwd=tmp_path,
        env=without_ours(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("transformer-course: the course's own packages")
    assert "pip install 'transformer_tf[course]'" in done.stderr
    assert "Traceback" not in done.stderr
