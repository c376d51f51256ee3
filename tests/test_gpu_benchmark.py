"""The GPU benchmark runs anywhere at its smallest size, so it cannot rot unseen."""

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

from benchmarks.gpu.sizes import SIZES


def table_of(*arguments):
    """The benchmark's output at the smallest size on a CPU."""
    command = [sys.executable, "-m", "benchmarks.gpu", "--device", "cpu"]
    done = subprocess.run(
        [*command, "--size", "smallest", *arguments],
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        timeout=540,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]


needs_jax = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="the JAX backend is not installed"
)


def test_the_programs_of_the_smallest_size(tmp_path):
    from benchmarks.gpu import write_program

    functions = write_program.functions(SIZES["smallest"].program)
    assert set(functions) == {"forward pass", "loss and gradients", "greedy generation"}
    function, arguments = functions["forward pass"]
    write_program.write(tmp_path, "forward", function, arguments)
    assert (tmp_path / "forward.hlo").stat().st_size > 1000
    with np.load(tmp_path / "forward.npz") as arrays:
        np.testing.assert_allclose(arrays["output_0"], function(*arguments), atol=1e-4)


# It starts two processes; the test above makes what they time.
@needs_jax
@pytest.mark.full
def test_smallest_size_on_a_cpu():
    rows = table_of("--peers")
    ours = {row[0]: row[1] for row in rows}
    programs = [text for work, text in ours.items() if "tf.function" in work]
    assert len(programs) == 3
    for text in programs:
        apart = float(text.split(" ms, ")[1].split(" from")[0])
        assert apart < 1e-4
    for work in ("forward pass", "training step", "greedy generation"):
        assert any(key.startswith(work) and "tokens/s" in ours[key] for key in ours)
    assert any("MiB" in text for text in ours.values())


@needs_jax
@pytest.mark.full
@pytest.mark.peers
def test_every_peer():
    rows = table_of()
    named = {row[3] for row in rows if row[5].endswith(")")}
    for peer in ("torch scaled", "transformers torch compile", "keras_hub"):
        assert any(name.startswith(peer) for name in named)
    assert not any("failed" in row[4] for row in rows)
