"""Causal attention forward and backward, and its memory at a long length."""

import subprocess
import sys

import keras
import numpy as np
import tensorflow as tf

import transformer_tf
from benchmarks.floor import matmul_rate, share
from benchmarks.paired import Row, compare, fastest, speed_row
from benchmarks.peak_memory import peak_memory
from transformer_tf.attention import AttentionMask

LENGTH, LONG, HEADS, HEAD_DIM = 4096, 32_768, 8, 64


def ours(query, key, value):
    mask = AttentionMask(causal=True)
    return transformer_tf.blockwise_attention(query, key, value, mask)


def of_keras(query, key, value):
    return keras.ops.dot_product_attention(query, key, value, is_causal=True)


def arrays(length):
    rng = np.random.default_rng(0)
    return rng.normal(size=(4, 1, length, HEADS, HEAD_DIM)).astype("float32")


def there_and_back(attend, mode, length=LENGTH):
    """A call that attends and takes the gradients of query, key and value."""

    @tf.function(jit_compile=mode == "XLA")
    def run(tensors, gradient):
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            output = attend(*tensors)
        return output, tape.gradient(output, tensors, gradient)

    *tensors, gradient = map(tf.constant, arrays(length))
    return lambda: run(tensors, gradient)[0].numpy()


def of_torch():
    """The same for PyTorch, or None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    *tensors, gradient = (torch.tensor(x.swapaxes(1, 2).copy()) for x in arrays(LENGTH))
    tensors = [x.requires_grad_() for x in tensors]

    def run():
        attend = torch.nn.functional.scaled_dot_product_attention
        output = attend(*tensors, is_causal=True)
        return torch.autograd.grad(output, tensors, gradient)

    return run


def floor(comparison, mode):
    """Seven products over the pairs that are not in the future."""
    rate = matmul_rate(
        (HEADS, 256, HEAD_DIM),
        (HEADS, HEAD_DIM, LENGTH // 2),
        (HEADS, LENGTH // 2, HEAD_DIM),
        jit_compile=mode == "XLA",
    )
    operations = 7 * HEADS * HEAD_DIM * LENGTH * (LENGTH + 1)
    return share(operations, rate, comparison.ours)


def rows(pairs):
    work = f"attention forward + backward, causal, {LENGTH}, {HEADS} x {HEAD_DIM}"
    modes = {mode: there_and_back(ours, mode) for mode in ("graph", "XLA")}
    theirs = {mode: there_and_back(of_keras, mode) for mode in ("graph", "XLA")}
    best, rival = fastest(modes), fastest(theirs)
    comparison = compare(modes[best], theirs[rival], pairs)
    yield speed_row(
        f"{work}, each in its best mode",
        1.5,
        comparison,
        f"ours {best}, keras.ops.dot_product_attention {rival}; "
        + floor(comparison, best),
    )
    comparison = compare(modes["XLA"], theirs["XLA"], pairs)
    yield speed_row(
        f"{work}, both under XLA",
        4.0,
        comparison,
        f"against keras.ops.dot_product_attention; {floor(comparison, 'XLA')}",
    )
    torch = of_torch()
    if torch is not None:
        comparison = compare(modes[best], torch, pairs)
        yield speed_row(f"{work}, against torch SDPA", 1.0, comparison, f"ours {best}")
    yield memory_row()


def memory_row():
    """Peak memory of a fresh process that attends to a long sequence and back."""
    program = "from benchmarks.attention import long_run; long_run()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    gigabytes = float(done.stdout.split()[-1])
    return Row(
        work=f"peak memory of the same at {LONG}, a fresh process",
        target="<= 4.0 GB",
        measured=f"{gigabytes:.1f} GB",
        met=gigabytes <= 4,
    )


def long_run():
    there_and_back(ours, "graph", LONG)()
    print(peak_memory() / 1e9)
