"""One side: answers every line with what one call took, or gave. Run by `Sides`.

The file imports nothing of this project but in `ours`: torch lives elsewhere.
"""

import argparse
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np


def inputs(batch, length):
    """Ids and a mask that hides nothing."""
    ids = np.random.default_rng(0).integers(1000, 30000, (batch, length))
    return ids, np.ones_like(ids)


def by_parts(call, parts):
    """`call` on parts of the batch, each in a thread of its own, which has one core."""
    pool = ThreadPoolExecutor(parts)

    def call_all(*arrays):
        split = (np.array_split(x, min(parts, len(x))) for x in arrays)
        return np.concatenate(list(pool.map(call, *split)))

    return call_all


def ours(name, folder, _):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import tensorflow as tf

    from transformer_tf import ConstantKernels, MicroBatches, from_pretrained

    models = {}

    def call(shape, dtype):
        if (shape, dtype) not in models:
            model = from_pretrained(folder, dtype=dtype)
            # Texts of full length need no mask; torch's side looks at its mask and
            # leaves out one that hides nothing.
            given = (tf.constant(inputs(*shape)[0], "int32"),)
            if name.endswith("parts"):
                served = ConstantKernels(model) if "constant" in name else model
                in_parts = MicroBatches(served, os.cpu_count())
                models[shape, dtype] = lambda: in_parts(*given)
                return in_parts(*given).numpy()
            compiled = tf.function(
                lambda: model(*given), jit_compile=name.endswith("xla"), autograph=False
            )
            models[shape, dtype] = compiled
        return models[shape, dtype]().numpy()

    return call


def onnxruntime(name, _, graph):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if name.endswith("parts"):
        options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, options)

    def run(ids, mask):
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": 0 * ids}
        return session.run(None, given)[0]

    if name.endswith("parts"):
        run = by_parts(run, os.cpu_count())
    return lambda shape, dtype: run(*inputs(*shape))


def torch(name, folder, _):
    import torch
    import transformers

    models = {}
    parts = os.cpu_count() if name.endswith("parts") else 1

    def call(shape, dtype):
        if dtype not in models:
            model = transformers.AutoModel.from_pretrained(
                folder, dtype=getattr(torch, dtype)
            ).eval()

            def run(*arrays):
                with torch.inference_mode():
                    states = model(*map(torch.tensor, arrays)).last_hidden_state
                    return states.float().numpy()

            models[dtype] = by_parts(run, parts) if parts > 1 else run
        return models[dtype](*inputs(*shape))

    return call


BLOCK = 5  # calls that are timed together, after one that is not


def serve(side, *arguments):
    """Answers every line with what one call took, or gave."""
    call = {"ours": ours, "onnxruntime": onnxruntime, "torch": torch}[side](*arguments)
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        question = json.loads(line)
        asked = tuple(question["shape"]), question["dtype"]
        output = call(*asked)
        if question.get("show"):
            answer = np.asarray(output, "float32").mean(axis=1).tolist()
        else:
            wall, processor = time.perf_counter(), time.process_time()
            for _ in range(BLOCK):
                call(*asked)
            spent = time.perf_counter() - wall, time.process_time() - processor
            answer = [seconds / BLOCK for seconds in spent]
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("side", choices=("ours", "onnxruntime", "torch"))
    parser.add_argument("arguments", nargs=3)
    options = parser.parse_args()
    serve(options.side, *options.arguments)
