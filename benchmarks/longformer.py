"""Longformer beside transformers' on torch: seconds, in turn, and ratios.

    python -m benchmarks.longformer [--peer PYTHON] [--length 4096] [--pairs 5]

One layer: 768 features, 12 heads, a published window of 512, the first position global.
A training step is of a whole masked language model with two such layers and AdamW.
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
LAYERS, VOCABULARY, RATE = 2, 1000, 1e-4


def ours(length):
    """(forward, forward and backward, training step): functions without arguments."""
    import keras
    import tensorflow as tf

    from transformer_tf import (
        LongformerAttention,
        MaskedLM,
        TokenCrossEntropy,
        longformer_config,
    )
    from transformer_tf.training.step import new_step

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

    config = longformer_config(
        vocabulary_size=VOCABULARY,
        num_layers=LAYERS,
        window=WINDOW // 2 + 1,
        max_length=length,
        dropout=0.0,
        attention_dropout=0.0,
    )
    model = MaskedLM(config)
    model.build()
    optimizer = keras.optimizers.AdamW(RATE)
    optimizer.build(model.trainable_variables)
    step = new_step(model, optimizer, TokenCrossEntropy())
    ids = tf.random.uniform((1, length), 5, VOCABULARY, "int32")
    inputs = {"ids": ids, "global_attention_mask": mask}

    return (
        lambda: forward().numpy(),
        lambda: backward()[0].numpy(),
        lambda: float(step(inputs, ids)),
    )


def theirs(length):
    """The same of transformers."""
    import torch
    from transformers import LongformerConfig, LongformerForMaskedLM
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

    whole = LongformerConfig(
        vocab_size=VOCABULARY,
        hidden_size=DIM,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=4 * DIM,
        attention_window=[WINDOW] * LAYERS,
        max_position_embeddings=length + 2,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model = LongformerForMaskedLM(whole).train()
    optimizer = torch.optim.AdamW(model.parameters(), RATE)
    ids = torch.randint(5, VOCABULARY, (1, length))

    def step():
        optimizer.zero_grad()
        model(ids, global_attention_mask=is_global.int(), labels=ids).loss.backward()
        optimizer.step()

    return forward, backward, step


def serve(side, length):
    """Runs a side each time that a line comes, and answers with the seconds."""
    calls = {"ours": ours, "theirs": theirs}[side](length)
    print("ready", flush=True)
    warm = set()
    for line in sys.stdin:
        call = calls[int(line)]
        if line not in warm:
            call()  # compiled, warmed up
            warm.add(line)
        start = time.perf_counter(), time.process_time()
        call()
        wall, processor = time.perf_counter() - start[0], time.process_time() - start[1]
        print(wall, processor, flush=True)


def ask(process, number):
    process.stdin.write(f"{number}\n")
    process.stdin.flush()
    return [float(number) for number in process.stdout.readline().split()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("side", nargs="?", choices=("ours", "theirs"))
    parser.add_argument("--peer", default=sys.executable)
    parser.add_argument("--length", type=int, default=4096)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", type=int, choices=(0, 1, 2), help="one of the rows")
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
    names = "forward", "forward and backward", "training step"
    for number, name in enumerate(names):
        if options.only not in (None, number):
            continue
        pairs = [[ask(p, number) for p in sides] for _ in range(options.pairs)]
        for kind, clock in enumerate(("wall", "processor")):
            times = [(ours[kind], theirs[kind]) for ours, theirs in pairs]
            seconds = [statistics.median(one) for one in zip(*times)]
            ratio = statistics.median(b / a for a, b in times)
            print(
                f"{name}, {clock} time: ours {seconds[0]:.3f} s, transformers "
                f"{seconds[1]:.3f} s; {ratio:.2f} times as fast",
                flush=True,
            )
    for process in sides:
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    main()
