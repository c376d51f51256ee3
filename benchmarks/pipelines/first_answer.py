"""The first answer of a fresh process: import, load, one sentence."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.paired import compare, speed_row
from benchmarks.pipelines.peer import peer
from benchmarks.pipelines.shapes import MINILM, bert

# TensorFlow imports JAX where it finds it, and Keras matplotlib: most of a second where
# the tests run, and nothing that comes with the library.
OURS = """
import sys
sys.modules["jax"] = sys.modules["matplotlib"] = None
from transformer_tf import pipeline
print(pipeline("feature-extraction", {folder!r}, pooling="mean")("A sentence.").shape)
"""
THEIRS = """
from transformers import pipeline
print(len(pipeline("feature-extraction", {folder!r})("A sentence.")[0]))
"""


def rows(pairs):
    them = peer(5)
    if them is None:
        return
    with tempfile.TemporaryDirectory() as name:
        with them:
            bert(them, Path(name), "BertModel", MINILM)
            python = them.process.args[0]
        found = compare(
            lambda: fresh(sys.executable, OURS.format(folder=name)),
            lambda: fresh(python, THEIRS.format(folder=name)),
            pairs,
            warmup=1,
        )
    yield speed_row(
        "first answer of a fresh process, MiniLM's shape, one sentence",
        1.0,
        found,
        "import, load, answer, end",
    )


def fresh(python, program):
    # As installed: compiled to bytecode, in the call before the first timed one.
    environment = {
        **os.environ,
        "KERAS_BACKEND": "tensorflow",
        "PYTHONDONTWRITEBYTECODE": "",
    }
    subprocess.run(
        [python, "-c", program],
        check=True,
        capture_output=True,
        env=environment,
    )
