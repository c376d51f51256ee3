"""Damaged files of every form are read or refused, and never end or hang a process."""

import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.checkpoints import fuzzing
from tests.checkpoints.outputs import CORPUS

FILES = CORPUS.parent / "files"
SILENCE = 30  # seconds without an answer are a hang


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Small whole files of every form."""
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "whole").mkdir()
    for name in ("model.safetensors", "zip.bin", "row.bin", "protocol_4.bin"):
        shutil.copy(FILES / name, folder / "whole")
    for name in ("parameters.bin", "module.bin"):
        shutil.copy(FILES / name, folder / "whole")
    with h5py.File(folder / "whole" / "tf_model.h5", "w") as file:
        file.attrs["layer_names"] = ["bert", "cls"]
        layer = "bert/tf_bert_model/bert/encoder/layer_._0"
        file[f"{layer}/dense/kernel:0"] = np.arange(12.0).reshape(3, 4)
        file[f"{layer}/dense/bias:0"] = np.ones((1, 4), "float16")
        file[f"{layer}/norm/gamma:0"] = np.ones(3, "float32")
        chunks = {"chunks": (2, 2), "compression": "gzip", "shuffle": True}
        table = f"{layer}/word/embeddings:0"
        file.create_dataset(table, data=np.eye(5, 3), **chunks)
    try:
        from tests.checkpoints.test_gguf import write
    except pytest.skip.Exception:
        return folder
    write(folder / "whole" / "model.gguf")
    return folder


def fuzz(folder, first, count):
    """How many were read and how many refused; what ends the process is told."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.checkpoints.fuzzing"]
        + [str(folder), str(first), str(count)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    told, done, last = Counter(), 0, first - 1
    watch = threading.Timer(20 * SILENCE, process.kill)  # it imports TensorFlow first
    watch.start()
    for line in process.stdout:
        number, answer = line.split()
        told[answer], last, done = told[answer] + 1, int(number), done + 1
        watch.cancel()
        watch = threading.Timer(SILENCE, process.kill)
        watch.start()
    watch.cancel()
    errors = process.stderr.read()
    if process.wait() or done < count:
        originals = {p.name: p.read_bytes() for p in (folder / "whole").iterdir()}
        name, _ = fuzzing.damage(originals, last + 1)
        pytest.fail(
            f"number {last + 1}, of {name}: {process.returncode}\n{errors[-2000:]}"
        )
    return told


def test_a_damaged_file_is_read_or_refused(folder):
    told = fuzz(folder, 0, 2000)
    assert told["read"] > 100 and told["refused"] > 500


@pytest.mark.full
def test_a_hundred_thousand_damaged_files(folder, request):
    """Goes on where it was stopped: the count is kept in pytest's cache."""
    done = request.config.cache.get("checkpoints/fuzzed", 0)
    while done < 100_000:
        told = fuzz(folder, 10_000 + done, 5000)
        done += 5000
        request.config.cache.set("checkpoints/fuzzed", done)
        print(done, dict(told), flush=True)
    request.config.cache.set("checkpoints/fuzzed", 0)
