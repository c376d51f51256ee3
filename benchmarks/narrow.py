"""Inference in 16 and 8 bits beside float32: how much faster, and how far off.

python -m benchmarks narrow [--pairs 15]

Of an encoder (MiniLM as published), a decoder and an encoder-decoder. Every precision
is at its best: by XLA, as a graph, or as one whose kernels are constants. A ratio is
one of processor time, call by call in turns, so that other load falls on both. Eight
bits are Keras' `quantize("int8")`; beside them onnxruntime's own, where a package
`onnx` is there to quantize the file (`PYTHONPATH` may name it).

Errors are those of trained models: the least cosine of a text's mean state to that in
float32; of the course's decoder nats a token on texts never seen, and how often the
best next token is the same; of its translator how many translations are the same.
"""

import importlib.util
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.paired import Row

SHAPES = (1, 128), (8, 32), (32, 128)
SIZES = {"vocabulary_size": 8192, "dim": 384, "num_layers": 6, "num_heads": 6}
PROMPT, NEW_TOKENS = 32, 64


def rows(pairs):
    for batch, length in SHAPES:
        yield from encoder_rows(batch, length, pairs)
    yield from generation_rows(pairs)


def time_in_turns(calls, rounds):
    """{name: seconds of processor time of every round}, after a call that warms up."""
    found = {name: [] for name in calls}
    for call in calls.values():
        call()
    for number in range(rounds):
        for name in list(calls) if number % 2 else reversed(list(calls)):
            start = time.process_time()
            calls[name]()
            found[name].append(time.process_time() - start)
    return found


def best(times, precision):
    """Of (precision, mode) the one with the least median."""
    names = [name for name in times if name[0] == precision]
    return min(names, key=lambda name: statistics.median(times[name]))


def ratio_row(work, times, precision, error):
    """Float32 at its best over a precision at its best."""
    one, other = best(times, "float32"), best(times, precision)
    ratios = [a / b for a, b in zip(times[one], times[other])]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    seconds = [1e3 * statistics.median(times[name]) for name in (one, other)]
    return Row(
        f"{work}, {precision}",
        "faster than float32",
        f"{middle:.2f}x ({low:.2f}-{high:.2f}, {len(ratios)} pairs)",
        middle > 1,
        f"{seconds[1]:.1f} ms ({other[1]}) against {seconds[0]:.1f} ms ({one[1]}) of "
        f"processor time; {error}",
    )


def encoder_rows(batch, length, rounds):
    """MiniLM, and onnxruntime on the same weights."""
    from course.datasets.minilm import published_folder

    ids = np.random.default_rng(0).integers(1000, 30000, (batch, length), "int32")
    calls, states = {}, {}
    for precision in ("float32", "bfloat16", "int8"):
        for mode in ("XLA", "graph", "constant kernels"):
            call = encoder_call(published_folder(), precision, mode, ids)
            calls[precision, mode] = call
            states[precision] = call()
    theirs = onnxruntime_calls(ids)
    calls |= {(f"onnxruntime {name}", "its own"): call for name, call in theirs.items()}
    times = time_in_turns(calls, rounds)
    work = f"encoder, {batch} x {length}"
    for precision in ("bfloat16", "int8"):
        error = f"least cosine {cosine(states['float32'], states[precision]):.5f}"
        yield ratio_row(work, times, precision, error)
    for name, call in theirs.items():
        error = f"least cosine {cosine(states['float32'], call()):.5f}"
        yield ratio_row(work, times, f"onnxruntime {name}", error)


def encoder_call(folder, precision, mode, ids):
    """A compiled call that gives float32 states."""
    import tensorflow as tf

    from transformer_tf import ConstantKernels, from_pretrained

    model = from_pretrained(
        folder, dtype="float32" if precision == "int8" else precision
    )
    given = tf.constant(ids), tf.ones(ids.shape, "bool")
    model(*given)
    if precision == "int8":
        model.quantize("int8")
    served = ConstantKernels(model) if mode == "constant kernels" else model
    compiled = tf.function(
        lambda: tf.cast(served(*given), "float32"),
        jit_compile=mode == "XLA",
        autograph=False,
    )
    return lambda: compiled().numpy()


def onnxruntime_calls(ids):
    """Its float32 and, where it can be made, its int8."""
    if not importlib.util.find_spec("onnxruntime"):
        return {}
    import onnxruntime

    from course.datasets.minilm import published_file

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.intra_op_num_threads = threads()
    files = {"float32": str(published_file("model.onnx"))}
    if importlib.util.find_spec("onnx"):
        files["int8"] = quantized_file(files["float32"])
    ids = ids.astype("int64")
    given = {"input_ids": ids, "attention_mask": ids * 0 + 1, "token_type_ids": ids * 0}
    sessions = {
        name: onnxruntime.InferenceSession(file, options)
        for name, file in files.items()
    }
    return {
        name: lambda session=session: session.run(None, given)[0]
        for name, session in sessions.items()
    }


def threads():
    """As many as TensorFlow was told to take; 0 is as many as there are cores."""
    import tensorflow as tf

    return tf.config.threading.get_intra_op_parallelism_threads()


def quantized_file(graph):
    """The graph with products of eight bits; made once."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder = Path(tempfile.gettempdir()) / "minilm-int8"
    made = folder / "int8.onnx"
    if not made.exists():
        # Copied, since onnx refuses weights beside the graph that have two names.
        for part in Path(graph).parent.glob("model.onnx*"):
            folder.mkdir(exist_ok=True)
            shutil.copyfile(part, folder / part.name)
        quantize_dynamic(folder / "model.onnx", made, weight_type=QuantType.QInt8)
    return str(made)


def cosine(one, other):
    """The least of all texts, of the means of their states."""
    one, other = one.mean(axis=1), other.mean(axis=1)
    lengths = np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1)
    return float(((one * other).sum(axis=-1) / lengths).min())


def generation_rows(rounds):
    """Greedy continuations and answers, with XLA and without."""
    from transformer_tf import CausalLM, Seq2SeqLM, gpt2_config, t5_config

    length = PROMPT + NEW_TOKENS
    models = {
        "decoder": (CausalLM, gpt2_config(**SIZES, max_length=length)),
        "encoder-decoder": (Seq2SeqLM, t5_config(**SIZES, head_dim=64)),
    }
    errors = {"decoder": decoder_error, "encoder-decoder": translator_error}
    for name, (kind, config) in models.items():
        error = errors[name]()
        for batch in (1, 8):
            ids = np.random.default_rng(0).integers(5, 8192, (batch, PROMPT), "int32")
            calls = {}
            for precision in ("float32", "bfloat16"):
                model = kind(config, dtype=precision)
                model.build()
                for mode in ("XLA", "graph"):
                    calls[precision, mode] = writing_call(model, ids, mode)
            work = f"{name}, {batch} x {PROMPT}, {NEW_TOKENS} tokens"
            yield ratio_row(work, time_in_turns(calls, rounds), "bfloat16", error)


def writing_call(model, ids, mode):
    """`NEW_TOKENS` tokens, none of which ends the text."""

    def call():
        return model.generate(ids, max_new_tokens=NEW_TOKENS, jit_compile=mode == "XLA")

    return call


def decoder_error():
    """Of the course's decoder, on sentences held out."""
    from course.models import model_folder
    from course.models.bilingual_decoder.train import CONTEXT, SOURCES, held_out
    from transformer_tf import TokenCrossEntropy, from_pretrained, text
    from transformer_tf.objectives import causal_shift

    folder = model_folder("bilingual_decoder")
    reader = text.from_pretrained(folder)
    lines = held_out(SOURCES["home"], "en")[:200]
    found = [[0, *reader.encode(line).ids, 0][:CONTEXT] for line in lines]
    ids = np.zeros((len(found), max(map(len, found))), "int32")
    real = np.zeros(ids.shape, bool)
    for row, mask, line in zip(ids, real, found):
        row[: len(line)], mask[: len(line)] = line, True
    read, targets = causal_shift(ids, token_mask=real)
    logits = {
        dtype: from_pretrained(folder, dtype=dtype)(read)
        for dtype in ("float32", "bfloat16")
    }
    losses = [float(TokenCrossEntropy()(targets, one)) for one in logits.values()]
    same = [np.argmax(np.array(one, "float32"), -1) for one in logits.values()]
    share = 100 * (same[0] == same[1])[real[:, 1:]].mean()
    return (
        f"{losses[1] - losses[0]:+.4f} nats a token of {losses[0]:.3f}; the same best "
        f"token at {share:.1f} % of {int(real[:, 1:].sum()):,} places"
    )


def translator_error():
    """Of the course's translator, on phrases held out."""
    from course.datasets.phrases import KINDS, learnt_pairs
    from course.models import model_folder
    from transformer_tf import pipeline

    texts = [english for kind in KINDS for english, _ in learnt_pairs(kind)[1][:100]]
    folder = str(model_folder("bilingual_translator"))
    one, other = (
        pipeline("translation_en_to_es", folder, dtype=dtype)(texts, batch_size=50)
        for dtype in ("float32", "bfloat16")
    )
    same = sum(a == b for a, b in zip(one, other))
    return f"{same} of {len(texts)} translations are the same"
