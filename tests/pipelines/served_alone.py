"""Runs SavedModels with TensorFlow alone: python served_alone.py FOLDER < calls.json

A second argument names a module to import as well: tensorflow_text.
calls.json: {name of a SavedModel in FOLDER: {input: values}}; its answers are printed.
"""

import importlib
import json
import sys
from pathlib import Path

import tensorflow as tf


def values(tensor):
    found = tensor.numpy()
    if found.dtype == object:
        return [
            [part.decode() for part in row] if isinstance(row, list) else row.decode()
            for row in found.tolist()
        ]
    return found.tolist()


for module in sys.argv[2:]:
    importlib.import_module(module)
answers = {}
for name, inputs in json.load(sys.stdin).items():
    served = tf.saved_model.load(str(Path(sys.argv[1]) / name))
    signature = served.signatures["serving_default"]
    given = {
        key: tf.constant(value, None if value else tf.string)
        for key, value in inputs.items()
    }
    answers[name] = {key: values(tensor) for key, tensor in signature(**given).items()}
assert "transformer_tf" not in sys.modules
assert "tensorflow_text" not in sys.modules or sys.argv[2:] == ["tensorflow_text"]
print(json.dumps(answers))
