"""Longformer's attention beside transformers' on torch: seconds, in turn, and ratios.

    python -m benchmarks.longformer [--peer PYTHON] [--length 4096] [--pairs 5]

One layer: 768 features, 12 heads, a published window of 512, the first position global.
PYTHON is an interpreter with torch and transformers; this one where it is left out.
Each side runs in a process of its own, and they take turns, so that what else the
machine does falls on both.
"""

import argparse
import statistics
import subprocess
import sys
import time

DIM, HEADS, WINDOW = 768, 12, 512


def ours(length):
    """(forward, forward and backward): functions without arguments."""
    import tensorflow as tf

    from transformer_tf import LongformerAttention

    layer = LongformerAttention(HEADS, WINDOW // 2 + 1)
    x = tf.random.normal((1, length, DIM))
    mask = tf.range(length)[None] == 0
    layer(x[:, :8], global_attention_mask=mask[:, :8])

    @tf.function(jit_compile=True)
    def forward():
        return layer(x, global_attention_mask=mask)

    @tf.function(jit_compile=True)
    def backward():
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(layer(x, global_attention_mask=mask))
        return tape.gradient(total, [x, *layer.trainable_variables])

    return lambda: forward().numpy(), lambda: backward()[0].numpy()


def theirs(length):
    """The same of transformers."""
    import torch
    from transformers import LongformerConfig
    from transformers.models.longformer.modeling_longformer import (
        LongformerSelfAttention,
    )

    config = LongformerConfig(
        hidden_size=DIM, num_attention_heads=HEADS, attention_window=[WINDOW]
    )
    config.attention_probs_dropout_prob = 0.0
    attention = LongformerSelfAttention(config, 0)
    output = torch.nn.Linear(DIM, DIM)
    x = torch.randn(1, length, DIM, requires_grad=True)
    is_global = torch.arange(length)[None] == 0
    given = {
        "attention_mask": 10_000.0 * is_global,
        "is_index_masked": torch.zeros(1, length, dtype=torch.bool),
        "is_index_global_attn": is_global,
        "is_global_attn": True,
    }

    def forward():
        with torch.no_grad():
            output(attention(x, **given)[0])

    def backward():
        output(attention(x, **given)[0]).sum().backward()

    return forward, backward


def serve(side, length):
    """Runs a side each time that a line comes, and answers with the seconds."""
    calls = {"ours": ours, "theirs": theirs}[side](length)
    for call in calls:
        call()  # compiled, warmed up
    print("ready", flush=True)
    for line in sys.stdin:
        call = calls[int(line)]
        start = time.perf_counter()
        call()
        print(time.perf_counter() - start, flush=True)


def ask(process, number):
    process.stdin.write(f"{number}\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("side", nargs="?", choices=("ours", "theirs"))
    parser.add_argument("--peer", default=sys.executable)
    parser.add_argument("--length", type=int, default=4096)
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    if options.side:
        serve(options.side, options.length)
        return
    sides = []
    for side, python in (("ours", sys.executable), ("theirs", options.peer)):
        command = [python, __file__, side, "--length", str(options.length)]
        if side == "ours":
            command[1:2] = ["-m", "benchmarks.longformer"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        sides.append(subprocess.Popen(command, **pipes))
    for process in sides:
        while process.stdout.readline().strip() != "ready":
            pass
    for number, name in enumerate(("forward", "forward and backward")):
        pairs = [[ask(p, number) for p in sides] for _ in range(options.pairs)]
        seconds = [statistics.median(one) for one in zip(*pairs)]
        ratio = statistics.median(b / a for a, b in pairs)
        print(
            f"{name}: ours {seconds[0]:.3f} s, transformers {seconds[1]:.3f} s; "
            f"{ratio:.2f} times as fast"
        )
    for process in sides:
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    main()
