"""Writes the XLA programs of our `tf.function`s, to be compiled elsewhere.

KERAS_BACKEND=tensorflow python -m benchmarks.gpu.write_program FOLDER [--size small]

Each program is a folder entry: NAME.hlo (the serialised HLO module), NAME.npz (its
parameters in order and the outputs that this machine's CPU computed).
"""

import argparse
import os
import pathlib

import keras
import numpy as np
import tensorflow as tf

import transformer_tf
from benchmarks.gpu.sizes import SIZES
from transformer_tf.generation import programs
from transformer_tf.generation.buckets import Buckets
from transformer_tf.generation.request import Request


def functions(shape):
    """{name: (function, arguments)}: forward pass, gradients, generation."""
    dim, layers, heads, vocabulary, length, batch, new_tokens = shape
    keras.utils.set_random_seed(0)
    model = transformer_tf.CausalLM(
        transformer_tf.gpt2_config(
            vocabulary_size=vocabulary,
            dim=dim,
            num_layers=layers,
            num_heads=heads,
            max_length=length + new_tokens,
            initializer_range=0.1,
            dropout=0.0,
            attention_dropout=0.0,
        )
    )
    model.build()
    generator = np.random.default_rng(0)
    ids = generator.integers(0, vocabulary, (batch, length + 1)).astype("int32")
    loss = transformer_tf.TokenCrossEntropy()
    weights = [variable.value for variable in model.trainable_variables]

    def gradients(inputs, targets):
        with tf.GradientTape() as tape:
            value = loss(targets, model(inputs))
        gradients = tape.gradient(value, weights)
        return value, tf.stack([tf.norm(tf.convert_to_tensor(x)) for x in gradients])

    buckets = Buckets((batch,), (length,), (new_tokens,))
    request = Request.of(model, ids[:, :-1], new_tokens, buckets=buckets)
    program = programs.continue_text(request, transformer_tf.Greedy())

    def generate(prompt, start):
        arguments = {**request.arguments, "prompt": prompt, "start": start}
        arguments = keras.tree.map_structure(tf.convert_to_tensor, arguments)
        return program(model, arguments)[0]

    prompt, start = request.arguments["prompt"], request.arguments["start"]
    return {
        "forward pass": (lambda inputs: model(inputs), [ids[:, :-1]]),
        "loss and gradients": (gradients, [ids[:, :-1], ids[:, 1:]]),
        "greedy generation": (generate, [prompt, start]),
    }


def write(folder, name, function, arguments):
    """Writes NAME.hlo and NAME.npz."""
    compiled = tf.function(function, jit_compile=True, autograph=False)
    arguments = [tf.constant(argument) for argument in arguments]
    concrete = compiled.get_concrete_function(*arguments)
    outputs = tf.nest.flatten(compiled(*arguments))
    values = {id(v.handle): v for v in concrete.graph.variables}
    parameters = [*arguments]
    for captured in concrete.captured_inputs:
        parameters.append(values.get(id(captured), captured))
    arrays = {f"parameter_{n}": x.numpy() for n, x in enumerate(parameters)}
    arrays |= {f"output_{n}": x.numpy() for n, x in enumerate(outputs)}
    np.savez(folder / f"{name}.npz", **arrays)
    intermediate = compiled.experimental_get_compiler_ir(*arguments)
    (folder / f"{name}.hlo").write_bytes(intermediate(stage="hlo_serialized"))


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu.write_program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--size", choices=SIZES, default="small")
    arguments = parser.parse_args()
    os.makedirs(arguments.folder, exist_ok=True)
    for name, (function, given) in functions(SIZES[arguments.size].program).items():
        write(arguments.folder, name, function, given)


if __name__ == "__main__":
    main()
