"""Every layer and model on sizes that are not known yet, and on no rows at all.

`python -m tests.unknown_sizes` prints what fails under Keras' backend: TensorFlow has
None for a size that it does not know, JAX a symbol that refuses to be compared.
"""

import sys
import tempfile
import traceback

import keras
import numpy as np

from tests.drawn_by_numpy import drawn_by_numpy
from tests.every_layer import BATCH, EVERY_LAYER, LENGTH
from tests.layer_test import CELLS, EVERY_MODEL, T5
from transformer_tf import EncoderDecoder, MultipleChoice, TransformerXL

IDS = np.arange(1, 13, dtype="int32").reshape(3, 4)


def is_array(value):
    return isinstance(value, np.ndarray)


def symbolic(value):
    """An input with batch and length unknown; other axes as they are."""
    sizes = [None if size in (BATCH, LENGTH) else size for size in value.shape]
    return keras.KerasTensor(sizes, str(value.dtype))


def examine_layer(row):
    """Calls a layer on symbols alone: the rank and the last axis must be right."""
    layer, inputs = row.build(), row.inputs()
    expected = keras.tree.flatten(layer(**inputs))
    arrays = {name: value for name, value in inputs.items() if is_array(value)}
    others = {name: value for name, value in inputs.items() if name not in arrays}
    found = layer(**{name: symbolic(x) for name, x in arrays.items()}, **others)
    for one, other in zip(keras.tree.flatten(found), expected, strict=True):
        assert len(one.shape) == len(other.shape), (one.shape, other.shape)


def inputs_of(model):
    ids = np.stack([IDS, IDS[:, ::-1]], 1) if isinstance(model, MultipleChoice) else IDS
    several = len(model.required_inputs) > 1
    return dict.fromkeys(model.required_inputs, ids) if several else ids


def called(model, values):
    return model(**values) if isinstance(model, EncoderDecoder) else model(values)


def examine_model(kind, arguments):
    """As a functional model, trained; on an empty batch; exported for any sizes."""
    arguments = {"body": T5} if arguments is None else arguments
    keras.utils.set_random_seed(1)
    model = kind(**arguments)
    model.build()
    values = inputs_of(model)
    expected = keras.tree.map_structure(
        keras.ops.convert_to_numpy, keras.tree.flatten(called(model, values))
    )
    shape = (None,) * (keras.tree.flatten(values)[0].ndim - 1)
    symbols = keras.Input(shape, dtype="int32")
    if isinstance(values, dict):
        symbols = {n: keras.Input(shape, dtype="int32", name=n) for n in values}
    functional = keras.Model(symbols, called(model, symbols))
    close(functional(values), expected)
    none = keras.tree.map_structure(lambda x: x[:0], values)
    for output in keras.tree.flatten(called(model, none)):
        assert 0 in output.shape, output.shape
    if kind is TransformerXL:
        return  # gives its memory beside its states, which no exported program keeps
    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, verbose=False)
        if keras.backend.backend() == "jax":
            return  # a newer JAX writes programs that TensorFlow cannot read yet
        import tensorflow as tf

        served = tf.saved_model.load(folder)
        some = keras.tree.map_structure(lambda x: x[:2, ..., :3], values)
        given = some.values() if isinstance(model, EncoderDecoder) else [some]
        close(served.serve(*given), keras.tree.flatten(called(model, some)))


def close(found, expected):
    for one, other in zip(keras.tree.flatten(found), expected, strict=True):
        np.testing.assert_allclose(
            np.asarray(one, "float32"), np.asarray(other, "float32"), atol=1e-5
        )


def failures(names=()):
    """{what: error} of all layers and models, or of those named."""
    found = {}
    cases = [(str(row), examine_layer, (row,)) for row in EVERY_LAYER]
    cases = [case for case in cases if case[2][0].layer not in CELLS]
    for kind, arguments in EVERY_MODEL:
        body = (arguments or {}).get("body") or (arguments or {}).get("config")
        name = f"{kind.__name__} {getattr(body, 'positions', '')}".strip()
        cases.append((name, examine_model, (kind, arguments)))
    assert set(names) <= {name for name, _, _ in cases}, names
    for name, examine, case in cases:
        if names and name not in names:
            continue
        try:
            examine(*case)
        except Exception:
            found[name] = traceback.format_exc()
    return found


if __name__ == "__main__":
    with drawn_by_numpy():
        found = failures(sys.argv[1:])
    for name, error in found.items():
        print(f"{name}:\n{error}")
    sys.exit(bool(found))
