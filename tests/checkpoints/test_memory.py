"""Loading takes little more memory than the model, and no numbers that are not read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.checkpoints.outputs import CORPUS, load
from transformer_tf import TokenClassifier
from transformer_tf.checkpoints import read_safetensors, write_safetensors

PROCESS = """
import json, sys, threading, time
import keras, numpy as np, tensorflow as tf
from transformer_tf import from_pretrained
keras.layers.Dense(3)(np.ones((2, 4), "float32"))

def resident():
    pages = open("/proc/self/statm").read().split()[1]
    return int(pages) * 4096

before = peak = resident()
done = False
def watch():
    global peak
    while not done:
        peak = max(peak, resident())
        time.sleep(0.002)
thread = threading.Thread(target=watch)
thread.start()
model = from_pretrained(sys.argv[1])
done = True
thread.join()
size = sum(weight.numpy().nbytes for weight in model.weights)
print(json.dumps([size, peak - before]))
"""


def test_no_weight_of_the_file_is_drawn_first(monkeypatch):
    drawn = []
    draw = keras.initializers.TruncatedNormal.__call__

    def watched(self, shape, dtype=None, **options):
        drawn.append(tuple(shape))
        return draw(self, shape, dtype, **options)

    monkeypatch.setattr(keras.initializers.TruncatedNormal, "__call__", watched)
    load(CORPUS / "BertForMaskedLM")
    assert drawn == []
    load(CORPUS / "DistilBertModel", TokenClassifier, num_classes=7)
    assert drawn == [(20, 7)]


def test_what_was_read_is_given_back():
    """And can be read again."""
    path = CORPUS / "BertForMaskedLM" / "model.safetensors"
    for tensor in read_safetensors(path).values():
        first = np.array(tensor.numpy())
        tensor.release()
        np.testing.assert_array_equal(tensor.numpy(), first)


@pytest.mark.full
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="Linux tells")
def test_the_peak_is_little_above_the_model(tmp_path):
    """In a fresh process, the mapped file counted in; 540 MB of BERT."""
    sizes = {"hidden_size": 1024, "intermediate_size": 4096, "vocab_size": 20000}
    config = json.loads((CORPUS / "BertForMaskedLM" / "config.json").read_text())
    config |= {**sizes, "num_hidden_layers": 9, "num_attention_heads": 16}
    (tmp_path / "config.json").write_text(json.dumps(config))
    large = {20: 1024, 36: 4096, 61: 20000}
    tensors = read_safetensors(CORPUS / "BertForMaskedLM" / "model.safetensors")
    shapes = {
        n: [large.get(size, size) for size in t.shape] for n, t in tensors.items()
    }
    for name in [name for name in shapes if ".layer.1." in name]:
        for layer in range(2, 9):
            shapes[name.replace(".1.", f".{layer}.")] = shapes[name]
    write_safetensors(
        tmp_path / "model.safetensors",
        {name: np.ones(shape, "float32") for name, shape in shapes.items()},
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROCESS, tmp_path],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    size, peak = json.loads(done.stdout.splitlines()[-1])
    assert size > 5e8 and peak < 1.2 * size, (size, peak, peak / size)
