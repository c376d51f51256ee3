"""What no implementation beats: the multiplications at this machine's rate."""

import tensorflow as tf

from benchmarks.paired import seconds


def matmul_rate(*shapes, jit_compile=True):
    """Operations a second of a chain of products, the fastest of ten runs.

    Args:
        shapes: Of the first factor, and of what it is multiplied by in turn; the last
            product has the shape of the first factor, so that it goes round.
        jit_compile: Whether XLA multiplies, or TensorFlow's own kernels.
    """
    x, *kernels = [tf.random.normal(shape) for shape in shapes]
    rounds = 4

    @tf.function(jit_compile=jit_compile)
    def products(x):
        for _ in range(rounds):
            for kernel in kernels:
                x = tf.linalg.matmul(x, kernel) * 0.02
        return x

    products(x)
    fastest = min(seconds(lambda: products(x).numpy()) for _ in range(10))
    *outer, _ = shapes[0]
    rows = 1
    for size in outer:
        rows *= size
    operations = sum(2 * rows * shape[-2] * shape[-1] for shape in shapes[1:])
    return rounds * operations / fastest


def share(operations, rate, took):
    """For the table: how much of the time taken the multiplications alone need."""
    return f"{operations / rate / took:.0%} of the floor at {rate / 1e9:.0f} GFLOP/s"
