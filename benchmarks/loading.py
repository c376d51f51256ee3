"""Opening a 540 MB checkpoint beside transformers on torch: time, and memory.

    TRANSFORMERS_5=/path/to/python python -m benchmarks loading [--pairs 5]

The other Python needs `pip install torch "transformers>=5"`. Each side opens the same
safetensors file in a fresh process, in turns, after its imports; the file has been read
before, so that the disk does not count. Opening ends when every weight has been read
once: transformers maps the file, and reads nothing of it before it is used. Memory is
the peak while opening above what the process had before, by the size of the weights;
pages of the mapped file count.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

from benchmarks.paired import Row

SIZES = {
    **{"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 9},
    **{"num_attention_heads": 16, "vocab_size": 20_000},
}
MAKE = """
import json, sys, transformers
config = transformers.BertConfig(**json.loads(sys.argv[2]))
transformers.BertForMaskedLM(config).save_pretrained(sys.argv[1])
"""
# How a process measures; `load` and `read` are defined by what stands before.
MEASURE = """
import json, re, sys, time

def memory(name):
    return int(re.search(name + r":\\s+(\\d+) kB", open("/proc/self/status").read())[1])

open("/proc/self/clear_refs", "w").write("5")  # forget the peak so far
before, start = memory("VmRSS"), time.perf_counter()
model = load(sys.argv[1])
read(model)
seconds = time.perf_counter() - start
print(json.dumps([seconds, 1024 * (memory("VmHWM") - before)]))
"""
OURS = """
import keras, numpy as np
from transformer_tf import from_pretrained as load
keras.layers.Dense(3)(np.ones((2, 4), "float32"))

def read(model):
    return [float(keras.ops.sum(weight)) for weight in model.trainable_weights]
"""
THEIRS = """
import torch, transformers
torch.nn.Linear(4, 3)(torch.ones(2, 4))
load = transformers.BertForMaskedLM.from_pretrained

def read(model):
    return [float(weight.sum()) for weight in model.parameters()]
"""


def measure(python, load, folder):
    """Seconds and bytes of one process."""
    done = subprocess.run(
        [python, "-W", "ignore", "-c", load + MEASURE, folder],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def rows(pairs):
    python = os.environ.get("TRANSFORMERS_5")
    if python is None:
        print(
            "left out: set TRANSFORMERS_5 to a Python of an environment with "
            'pip install torch "transformers>=5"'
        )
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [python, "-c", MAKE, folder, json.dumps(SIZES)],
            check=True,
            capture_output=True,
        )
        size = Path(folder, "model.safetensors").stat().st_size
        found = []
        for number in range(pairs + 1):
            sides = [(sys.executable, OURS), (python, THEIRS)]
            order = sides if number % 2 else sides[::-1]
            told = {side: measure(*side, folder) for side in order}
            found.append([told[side] for side in sides])
    found = found[1:]  # the first fills the file cache
    ratios = [theirs[0] / ours[0] for ours, theirs in found]
    low, _, high = quantiles(ratios, n=4)
    ours, theirs = (median(pair[side][0] for pair in found) for side in (0, 1))
    peaks = [median(pair[side][1] for pair in found) / size for side in (0, 1)]
    megabytes = round(size / 1e6)
    yield Row(
        f"open a BERT of {megabytes} MB",
        "shown",
        f"{median(ratios):.2f}x ({low:.2f}-{high:.2f}, {pairs} pairs)",
        True,
        f"{ours:.2f} s, and {theirs:.2f} s of transformers on torch",
    )
    yield Row(
        f"peak memory of opening {megabytes} MB",
        "1.2 times the weights",
        f"{peaks[0]:.2f} times",
        peaks[0] <= 1.2,
        f"transformers on torch: {peaks[1]:.2f}",
    )
