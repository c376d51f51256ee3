"""The built wheel, with each extra alone in an empty environment, keeps its promises.

`make wheel-test` runs this; it needs a package registry, and some minutes.
"""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

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
    from course import check
    from course.__main__ import main
    from course.datasets.corpus import english
    from course.messages import text

    assert main(["start", "mine", "--lang", "es"]) == 0
    assert len(glob.glob("mine/**/*.ipynb", recursive=True)) > 20
    assert main(["doctor"]) in (0, 1)
    assert len(next(iter(english()))) > 10
"""
# Every notebook as a learner gets it, from the first cell to the last: nothing raises.
NOTEBOOKS = """
    import sys
    from pathlib import Path

    import nbclient
    import nbformat
    from course.__main__ import main

    folder = Path("learner").resolve()
    assert main(["start", str(folder), "--lang", sys.argv[1]]) == 0
    found = sorted(folder.rglob("*.ipynb"))
    assert len(found) > 25
    for path in found:
        notebook = nbformat.read(path, as_version=4)
        nbclient.NotebookClient(
            notebook,
            timeout=900,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
        ).execute()
"""
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


@pytest.fixture
def environment(tmp_path, wheel):
    """Makes an empty environment with the wheel and an extra; gives its Python."""

    def make(extra):
        run(sys.executable, "-m", "venv", tmp_path / "environment")
        python = tmp_path / "environment" / "bin" / "python"
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


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_notebook_runs_in_a_fresh_folder(environment, tmp_path, language):
    python = environment("course")
    code = textwrap.dedent(NOTEBOOKS)
    run(python, "-c", code, language, cwd=tmp_path, env=without_ours())


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
