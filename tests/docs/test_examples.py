"""Every example of the documentation site runs, and prints what the page says.

A page is one program: its blocks run in order and share their names. A `text` block
holds what the block before it prints.
"""

import importlib.util
import os
import re
import subprocess
import sys

import keras
import pytest

from tests.docs.pages import ALONE, ROOT, blocks, guide, pages

MACHINES = "transformer_tf/training/distribution.md"  # a page of the site, too
PAGES = {**pages(), MACHINES: f"{ALONE}\n{guide(MACHINES)}"}
# What makes an example small enough for a test; each must occur.
SMALLER = {
    "quickstart.md": {
        "list(topics.values())": "list(topics.values())[:2]",
        "train(texts, 1000)": "train(texts, 300)",
        '"vocabulary_size": 1000': '"vocabulary_size": 300',
        "epochs=8": "epochs=1",
        "max_new_tokens=30": "max_new_tokens=3",
        "max_new_tokens=20": "max_new_tokens=3",
        '"num_layers": 3': '"num_layers": 1',
        "jit_compile=True": "jit_compile=False",
    },
    "how-to/real-text.md": {
        "[:6000]": "[:400]",
        "max_new_tokens=30": "max_new_tokens=5",
        "num_layers=3": "num_layers=1",
    },
}


def a_model_learns_and_serves(names, printed):
    losses = names["model"].history.history["loss"]
    assert losses[-1] < 6.8  # below ln 1000, chance
    assert re.match("The country has.+", printed)


# What else holds when a page has run: (its names, what its last block printed).
AFTERWARDS = {"how-to/real-text.md": a_model_learns_and_serves}
# In the full set: what the quickstart does, on more text. Exports, callbacks, low rank
# and int8 are in every run in tests/generation/test_exporting.py and in
# test_everyday.py of tests/models and tests/checkpoints, the command in
# tests/training/test_train_command.py.
LONG = (
    "how-to/real-text.md",
    "how-to/export.md",
    "how-to/callbacks.md",
    "how-to/lora-and-int8.md",
    "how-to/fast-inference.md",
    "how-to/train-command.md",
)
WITH_PYTHON = [name for name, page in PAGES.items() if "```python" in page]


def runnable(name):
    """The blocks of a page as they run in a test."""
    page = PAGES[name]
    for what, less in SMALLER.get(name, {}).items():
        assert what in page
        page = page.replace(what, less)
    return [
        block
        for block in blocks(page)
        if block.mark != "not run"
        and (block.mark != "needs" or importlib.util.find_spec(block.what))
    ]


def expected_after(found, number):
    """What the page says that a block prints; None where it does not say."""
    after = found[number + 1 : number + 2]
    return after[0].text if after and after[0].language == "text" else None


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*does not have a `quantize` method")
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=pytest.mark.full if n in LONG else ())
        for n in WITH_PYTHON
        if ALONE not in PAGES[n]
    ],
)
def test_a_page_runs(name, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(1)
    names: dict = {"__name__": "page"}
    found = runnable(name)
    for number, block in enumerate(found):
        if block.language != "python":
            continue
        code = compile(block.text, f"{name}, block {number}", "exec")
        exec(code, names)
        printed = capsys.readouterr().out
        expected = expected_after(found, number)
        if expected is not None:
            assert printed == expected
    AFTERWARDS.get(name, lambda names, printed: None)(names, printed)


# In the full set: the ordinary one holds the same to one device's weights, in
# tests/models/test_everyday.py and tests/training/test_multi_worker.py.
@pytest.mark.full
@pytest.mark.parametrize("name", [n for n in WITH_PYTHON if ALONE in PAGES[n]])
def test_a_page_runs_in_a_process_of_its_own(name, tmp_path):
    found = runnable(name)
    code = "".join(block.text for block in found if block.language == "python")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    expected = "".join(block.text for block in found if block.language == "text")
    assert done.stdout == expected
