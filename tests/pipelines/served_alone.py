"""Runs SavedModels with TensorFlow alone: python served_alone.py FOLDER < calls.json

calls.json: {name of a SavedModel in FOLDER: {input: values}}; its answers are printed.
"""

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


answers = {}
for name, inputs in json.load(sys.stdin).items():
    served = tf.saved_model.load(str(Path(sys.argv[1]) / name))
    signature = served.signatures["serving_default"]
    given = {
        key: tf.constant(value, None if value else tf.string)
        for key, value in inputs.items()
    }
    answers[name] = {key: values(tensor) for key, tensor in signature(**given).items()}
assert not {"keras.src", "transformer_tf", "tensorflow_text"} & {
    name for name in sys.modules if name in ("transformer_tf", "tensorflow_text")
}
print(json.dumps(answers))
