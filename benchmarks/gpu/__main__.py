"""Runs the GPU benchmark and prints one table.

python -m benchmarks.gpu [--device cpu|gpu] [--size full] [--programs FOLDER] [--keep]

Our layers run under Keras' JAX backend. The XLA programs of our `tf.function`s come
from FOLDER, where `benchmarks.gpu.write_program` has put them on a machine with
TensorFlow, or are written first where TensorFlow is installed. Peers that are not
installed are named in the table. `--keep` appends the table to RESULTS.md.
"""

import argparse
import importlib.util
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

from benchmarks.gpu.sizes import SIZES

PEERS = ("torch", "transformers", "keras_hub")
RESULTS = pathlib.Path(__file__).with_name("RESULTS.md")


def parse():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu")
    parser.add_argument("--device", choices=["cpu", "gpu"], default="gpu")
    parser.add_argument("--size", choices=SIZES, help="small on a CPU, else full")
    parser.add_argument("--programs", type=pathlib.Path, help="what was written before")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    parser.add_argument("--keep", action="store_true", help="append to RESULTS.md")
    arguments = parser.parse_args()
    if arguments.size is None:
        arguments.size = "full" if arguments.device == "gpu" else "small"
    return arguments


def prepare(device):
    """Chooses backend, device and memory before anything imports JAX."""
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"  # PyTorch needs some too
    os.environ["JAX_PLATFORMS"] = "cuda,cpu" if device == "gpu" else "cpu"


def write_programs(folder, size):
    """Writes the programs in a process with TensorFlow; the folder, or None."""
    if importlib.util.find_spec("tensorflow") is None:
        return None
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "benchmarks.gpu.write_program", folder]
    subprocess.run([*command, "--size", size], env=environment, check=True)
    return pathlib.Path(folder)


def versions(device):
    """One line: the day, the device, the versions."""
    import jax
    import keras

    found = [f"JAX {jax.__version__}", f"Keras {keras.__version__}"]
    for name in PEERS:
        if importlib.util.find_spec(name) is not None:
            found.append(f"{name} {importlib.import_module(name).__version__}")
    if device == "gpu":
        machine = jax.devices()[0].device_kind
    else:
        load = os.getloadavg()[0]
        machine = f"CPU only ({platform.machine()}, {os.cpu_count()} cores, load "
        machine += f"{load:.1f}), sizes far too small to judge a GPU by"
    return f"{time.strftime('%Y-%m-%d %H:%M')}, {machine}; {', '.join(found)}"


def main():
    arguments = parse()
    prepare(arguments.device)
    from benchmarks.gpu.works import measure

    with tempfile.TemporaryDirectory() as folder:
        programs = arguments.programs or write_programs(folder, arguments.size)
        head = versions(arguments.device)
        print(head, flush=True)
        lines = measure(
            SIZES[arguments.size], arguments.device, programs, arguments.peers
        )
    print(f"\n{lines.table()}")
    if arguments.keep:
        with RESULTS.open("a") as file:
            file.write(f"\n## {head}\n\nSize: {arguments.size}.\n\n{lines.table()}\n")


if __name__ == "__main__":
    main()
