"""What the GPU benchmark measures, line by line."""

import importlib.util

import jax
import keras
import numpy as np

import transformer_tf
from benchmarks.gpu import under_jax
from benchmarks.gpu.lines import Line, Lines
from benchmarks.gpu.programs import programs


class Peers:
    """The peers that were asked for; one that is not there raises ImportError."""

    def __init__(self, asked, device):
        self.asked, self.device = asked, device

    def torch(self):
        from benchmarks.gpu.under_torch import Torch

        return Torch(self.device)

    def make_peers(self, **makers):
        """{the peer's words: maker} of those asked for; keys are package__words."""
        chosen = {}
        for key, maker in makers.items():
            package, _, words = key.partition("__")
            if package in self.asked:
                if importlib.util.find_spec(package) is None:
                    maker = _missing(package)
                name = f"{package} {words.replace('_', ' ')}".strip()
                chosen[name] = maker
        return chosen


def _missing(package):
    def maker():
        raise ImportError(f"{package} is not installed")

    return maker


def measure(sizes, device, folder, asked):
    """All lines.

    Args:
        sizes: A `Sizes`.
        device: "cpu" or "gpu".
        folder: Where `write_program` has written, or None.
        asked: Packages of peers to compare with.
    """
    call, operations = under_jax.matmul_rate(sizes.matmul)
    lines = Lines(sizes.pairs, rate=1.0)
    lines.rate = operations / lines.alone(call)
    size = f"[{sizes.matmul}, {sizes.matmul}]"
    rate = f"{lines.rate / 1e12:.3g} TFLOP/s"
    lines.add(Line(f"matrix product {size}, bfloat16", rate, "100%"))
    program_lines(lines, folder)
    peers = Peers(asked, device)
    keras.config.set_dtype_policy("mixed_bfloat16")
    attention_lines(lines, sizes, peers)
    model_lines(lines, sizes, peers)
    generation_lines(lines, sizes, peers)
    return lines


def program_lines(lines, folder):
    """The programs of our `tf.function`s, compiled here, float32."""
    work = "XLA program of our tf.function, float32"
    if folder is None:
        lines.add(Line(work, "missing: TensorFlow, and no --programs"))
        return
    for program in programs(folder, jax.devices()[0]):
        apart = f"{program.difference():.1e} from TensorFlow's own result on a CPU"
        time = f"{lines.alone(program) * 1e3:.3g} ms, {apart}"
        lines.add(Line(f"{work}: {program.name}", time))


def attention_lines(lines, sizes, peers):
    """Time and memory of causal attention against the length."""
    for length in sizes.attention_lengths:
        work = f"attention forward and backward, causal, 8 heads x 64, length {length}"
        ours = under_jax.attention_step(under_jax.our_attention, length)
        held, theirs = {"ours": ours.memory}, {}

        def by_torch(length=length, theirs=theirs):
            torch = peers.torch()
            theirs["call"] = torch.attention_step(length)
            theirs["memory"] = torch.memory(theirs["call"])
            return theirs["call"]

        def by_keras(length=length, held=held):
            work = under_jax.attention_step(under_jax.keras_attention, length)
            held["keras.ops"] = work.memory
            return work

        makers = {"keras.ops.dot_product_attention": by_keras}
        makers |= peers.make_peers(torch__scaled_dot_product_attention=by_torch)
        # Seven products over half of the pairs.
        operations = 7 * 2 * length**2 * 64 * 8 // 2
        lines.speed(work, ours, makers, _milliseconds, operations)
        if theirs.get("memory"):
            held["torch"] = theirs["memory"]
        memory = ", ".join(
            f"{name} {size / 2**20:.0f} MiB" for name, size in held.items()
        )
        lines.add(Line(f"memory of the same, length {length}", memory))


def model_lines(lines, sizes, peers):
    """Forward pass and training step of a GPT-2, tokens a second."""
    generator = np.random.default_rng(0)
    shape = sizes.batch, sizes.length + 1
    ids = generator.integers(1, sizes.vocabulary, shape).astype("int32")
    inputs, targets = ids[:, :-1], ids[:, 1:]
    tokens = _tokens(inputs.size)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    of = f"GPT-2 {sizes.layers} x {sizes.dim}, {sizes.batch} x {sizes.length} tokens"

    def torch_model(method, *data, compiled):
        def maker():
            torch = peers.torch()
            model = torch.model(sizes)
            return getattr(torch, method)(model, *data, compiled=compiled)

        return maker

    ours = under_jax.our_model(sizes)
    lines.speed(
        f"forward pass, {of}, bfloat16",
        under_jax.forward(ours, inputs),
        peers.make_peers(
            transformers=torch_model("forward", inputs, compiled=False),
            transformers__torch_compile=torch_model("forward", inputs, compiled=True),
            keras_hub__under_JAX=lambda: under_jax.forward(
                under_jax.keras_hub_model(sizes), under_jax.keras_hub_inputs(inputs)
            ),
        ),
        tokens,
        sizes.forward_operations,
    )
    both = inputs, targets
    lines.speed(
        f"training step, {of}, mixed_bfloat16",
        under_jax.training_step(ours, transformer_tf.TokenCrossEntropy(), *both),
        peers.make_peers(
            transformers=torch_model("training_step", *both, compiled=False),
            transformers__torch_compile=torch_model(
                "training_step", *both, compiled=True
            ),
            keras_hub__under_JAX=lambda: under_jax.training_step(
                under_jax.keras_hub_model(sizes),
                loss,
                under_jax.keras_hub_inputs(inputs),
                targets,
            ),
        ),
        tokens,
        3 * sizes.forward_operations,
    )


def generation_lines(lines, sizes, peers):
    """Greedy generation, tokens a second."""
    ours = under_jax.our_model(sizes)
    for batch in sizes.generation_batches:
        generator = np.random.default_rng(0)
        shape = batch, sizes.prompt
        prompts = generator.integers(1, sizes.vocabulary, shape).astype("int32")

        def by_torch(prompts=prompts):
            torch = peers.torch()
            return torch.generation(torch.model(sizes), prompts, sizes.new_tokens)

        def by_keras_hub(prompts=prompts):
            model = under_jax.keras_hub_model(sizes)
            return under_jax.keras_hub_generation(model, prompts, sizes.new_tokens)

        lines.speed(
            f"greedy generation, prompt {sizes.prompt}, {sizes.new_tokens} new tokens, "
            f"batch {batch}, bfloat16",
            under_jax.our_generation(ours, prompts, sizes.new_tokens),
            peers.make_peers(transformers=by_torch, keras_hub__under_JAX=by_keras_hub),
            _tokens(batch * sizes.new_tokens),
        )


def _milliseconds(seconds):
    return f"{seconds * 1e3:.3g} ms"


def _tokens(count):
    return lambda seconds: f"{count / seconds:,.0f} tokens/s"
