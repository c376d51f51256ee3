"""Keras' own examination of a layer, `run_layer_test`, for everything public here.

Run by test_keras_contract.py in its own process under TensorFlow, and as a program
under JAX: `python -m tests.layer_test [names]` prints what failed.
"""

import inspect
import sys
import traceback

import keras
import numpy as np
from keras.src.testing import TestCase

import transformer_tf as t
from tests.every_layer import BATCH, DIM, EVERY_LAYER, LENGTH

SMALL = {
    "vocabulary_size": 29,
    "dim": 12,
    "num_heads": 2,
    "hidden_dim": 14,
    "num_layers": 1,
    "max_length": 20,
}
BERT, GPT2 = t.bert_config(**SMALL), t.gpt2_config(**SMALL)
XL = t.transformer_xl_config(
    **{**SMALL, "memory_length": 5, "cutoffs": (7, 13), "cutoff_divisor": 2}
)
LLAMA, T5 = t.llama_config(**SMALL), t.t5_config(**SMALL)
CELLS = (t.GRUCell, t.LSTMCell, t.RNNCell)
EVERY_MODEL = [
    (t.Encoder, {"config": t.albert_config(**SMALL, embedding_dim=10)}),
    (t.Decoder, {"config": LLAMA}),
    (t.EncoderDecoder, {"config": T5}),
    (t.CausalLM, {"body": GPT2}),
    (t.TransformerXL, {"config": XL}),
    (t.CausalLM, {"body": XL}),
    (t.MaskedLM, {"body": BERT}),
    (t.SequenceClassifier, {"body": BERT, "num_classes": 3}),
    (t.TokenClassifier, {"body": BERT, "num_classes": 3}),
    (t.SpanQuestionAnswerer, {"body": BERT}),
    (t.MultipleChoice, {"body": BERT}),
    (t.ReplacedTokenDetector, {"body": BERT}),
    (t.PretrainingModel, {"body": BERT}),
    # Its inputs are a dict, which `run_layer_test` takes apart.
    (t.Seq2SeqLM, None),
]


def settings(layer, objects):
    """Initializers and activations of a layer, as names or as objects."""
    names = set(inspect.signature(layer.__init__).parameters)
    if issubclass(layer, (t.EncoderBlock, t.DecoderBlock)):
        names |= set(inspect.signature(layer.__mro__[1].__init__).parameters)
    initializer = (
        keras.initializers.RandomNormal(stddev=0.1) if objects else "he_normal"
    )
    found = {name: initializer for name in names if name.endswith("_initializer")}
    if "activation" in names:
        found["activation"] = keras.activations.relu if objects else "tanh"
    return found


def examine_layer(row, objects, train):
    """Raises where Keras finds something wrong with a layer of EVERY_LAYER."""
    arguments = {**row.arguments, **settings(row.layer, objects)}
    inputs = row.inputs()
    tensors = {
        n: x
        for n, x in inputs.items()
        if isinstance(x, np.ndarray) and x.dtype != bool  # Keras draws no booleans
    }
    options = {n: x for n, x in inputs.items() if n not in tensors}
    if row.layer in CELLS:
        # A cell is called by keras.layers.RNN, whose tests are Keras' own of cells.
        case = {"input_shape": (BATCH, LENGTH, DIM)}
        run(keras.layers.RNN, {"cell": row.build()}, train, **case)
    elif len(tensors) == 1 or row.layer is t.MultipleChoiceHead:
        (data, *_) = tensors.values()
        case = {"input_data": keras.ops.convert_to_tensor(data), "call_kwargs": options}
        run(row.layer, arguments, train and not options, **case)
    else:
        shapes = {f"{n}_shape": x.shape for n, x in tensors.items()}
        dtypes = {f"{n}_shape": str(x.dtype) for n, x in tensors.items()}
        case = {"input_shape": shapes, "input_dtype": dtypes, "call_kwargs": options}
        run(row.layer, arguments, False, **case)


def examine_model(model, arguments, train):
    """Raises where Keras finds something wrong with a whole model."""
    if arguments is None:
        return
    if model is t.EncoderDecoder:
        shapes = {"source_ids_shape": (BATCH, 7), "target_ids_shape": (BATCH, LENGTH)}
        case = {"input_shape": shapes, "input_dtype": dict.fromkeys(shapes, "int32")}
        train = False
    else:
        shape = (BATCH, 3, LENGTH) if model is t.MultipleChoice else (BATCH, LENGTH)
        ids = np.random.default_rng(0).integers(1, 29, shape).astype("int32")
        case = {"input_data": keras.ops.convert_to_tensor(ids)}
    run(model, arguments, train, **case)


def run(layer, arguments, train, **case):
    TestCase().run_layer_test(layer, arguments, run_training_check=train, **case)


def main(names):
    """Examines all that is named, or everything, and prints what failed."""
    cases = [
        *((str(row), examine_layer, (row, True, False)) for row in EVERY_LAYER),
        *((m.__name__, examine_model, (m, a, False)) for m, a in EVERY_MODEL),
    ]
    cases = [case for case in cases if not names or case[0] in names]
    failed = []
    for name, examine, given in cases:
        try:
            examine(*given)
        except Exception:
            traceback.print_exc()
            failed.append(name)
    print("examined", len(cases), "failed", failed)
    return bool(failed) or len(cases) < len(names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
