"""TensorFlow's own: generation as a SavedModel, served where no Python runs."""

import os
from typing import Any

import keras
import numpy as np

from transformer_tf.generation import programs
from transformer_tf.generation.buckets import Buckets
from transformer_tf.generation.checks import check_at_least
from transformer_tf.generation.compiled import build_once
from transformer_tf.generation.generate import (
    BEAMS,
    check_single,
    check_strategy,
    choose_strategy,
)
from transformer_tf.generation.request import Request
from transformer_tf.generation.strategies import (
    ContrastiveSearch,
    Greedy,
    PromptLookup,
    Sampling,
)
from transformer_tf.spelling import GENERATION_NAMES, refuse_unknown

OPTIONS = {
    "padding_id",
    "processors",
    "stop_ids",
    "stop_strings",
    "token_texts",
}
"""What `export_generation` takes as `generate` does."""


def export_generation(
    model: Any,
    path: str | os.PathLike,
    max_new_tokens: int,
    strategy: Any = None,
    *,
    prompt_length: int,
    rows: int = 1,
    tokenizer: Any = None,
    jit_compile: bool = True,
    **options,
):
    """Writes a SavedModel that takes prompts and gives continuations.

    It is loaded with `tf.saved_model.load`, or served by TensorFlow Serving, without
    this library. Its signatures take any number of prompts:

    * `serving_default`: `ids` [prompt, length] int32 and `padding_mask` [prompt,
      length] booleans (False for padding, wherever it stands) give `ids` [prompt,
      max_new_tokens] int32, filled with `padding_id`, and `length` [prompt] int32, how
      many of them were written.
    * `texts`, where there is a tokenizer: `texts` [prompt] strings give the same and
      `texts` [prompt] strings, the continuations.

    With `Sampling` both also take `seed`, a scalar int32. A prompt that is empty or
    longer than `prompt_length` is an InvalidArgumentError.

    Args:
        model: A `CausalLM` or a `Seq2SeqLM`.
        path: The folder to write.
        max_new_tokens: Maximum number of tokens to write.
        strategy: As in `generate`; of beam searches the best text is served, and the
            seed of `Sampling` gives way to that of the request.
        prompt_length: The most tokens that a prompt may have.
        rows: How many prompts are worked on at a time; more of them go one such batch
            after the other.
        tokenizer: A tokenizer that `InGraphTokenizer` can build (GPT-2, BERT, T5); the
            `stop_strings` are found in its text.
        jit_compile: Compile with XLA, on the machine that serves.
        options: `processors`, `stop_ids`, `stop_strings`, `start_ids`, `token_texts`,
            `padding_id`, as in `generate`.

    Raises:
        ValueError: as in `generate`; a backend that is not TensorFlow.
        TypeError: as in `generate`.

    Example:
        >>> import tensorflow as tf
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=16, **sizes))
        >>> export_generation(model, "served", max_new_tokens=4, prompt_length=8)
        >>> serve = tf.saved_model.load("served").signatures["serving_default"]
        >>> ids = tf.constant([[5, 3, 2]])
        >>> sorted(serve(ids=ids, padding_mask=tf.ones_like(ids, bool)))
        ['ids', 'length']
    """
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "a SavedModel needs Keras' tensorflow backend; got "
            f"{keras.backend.backend()}"
        )
    refuse_unknown(
        "export_generation",
        {name: value for name, value in options.items() if name not in OPTIONS},
        GENERATION_NAMES,
    )
    check_at_least("rows", rows, 1)
    check_at_least("prompt_length", prompt_length, 1)
    build_once(model)
    strategy = check_strategy(
        choose_strategy(model, strategy),
        *(Greedy, Sampling, PromptLookup, *BEAMS, ContrastiveSearch),
    )
    check_single(strategy)
    buckets = Buckets((rows,), tuple(sorted({1, prompt_length})), (max_new_tokens,))
    prompts = np.zeros((rows, prompt_length), "int32")
    options["padding_mask"] = prompts == 0  # whatever the config's padding is
    if options.get("token_texts") is None:
        options["tokenizer"] = tokenizer
    request = Request.of(
        model, prompts, max_new_tokens, strategy, buckets=buckets, **options
    )
    for processor in request.processors:
        if processor.calls_python:
            raise ValueError(
                f"{type(processor).__name__} calls a Python function, which a "
                "SavedModel cannot hold; where the allowed texts can be listed use "
                "AllowedSequences"
            )
    _save(ContinuedBatches(model, request, strategy, jit_compile), path, tokenizer)


class ContinuedBatches:
    """Continues prompts of any number, a batch at a time, in TensorFlow operations."""

    def __init__(self, model, request, strategy, jit_compile):
        import tensorflow as tf

        self.model, self.request = model, request
        self.samples = isinstance(strategy, Sampling)
        alpha = getattr(strategy, "length_penalty", getattr(strategy, "alpha", 0))
        self.alpha = np.float32(alpha)
        finds = isinstance(strategy, BEAMS)
        program = programs.search_beams if finds else programs.continue_text
        if isinstance(strategy, ContrastiveSearch):
            program = programs.search_contrasts
        self.program, self.finds = program(request, strategy), finds
        self.rows, self.length = request.arguments[
            "source" if model.reads_source else "prompt"
        ].shape
        self.batch = tf.function(self._batch, jit_compile=jit_compile, autograph=False)

    def __call__(self, ids, real, seed):
        """[prompt, length] ids and booleans -> (ids, length) of the continuations."""
        import tensorflow as tf

        ids, real, positions = self._check(ids, real)
        count = tf.shape(ids)[0]
        batches = -(-count // self.rows)
        more = batches * self.rows - count

        def in_batches(x):
            x = tf.pad(x, [[0, more]] + [[0, 0]] * (x.shape.rank - 1))
            return tf.reshape(x, [batches, self.rows, *x.shape[1:]])

        filler = in_batches(tf.ones([count], tf.bool))
        given = *(in_batches(x) for x in (ids, real, positions)), ~filler
        # Other batches draw other noise.
        seeds = seed + 1_000_003 * tf.range(batches)
        kinds = tf.TensorSpec(None, tf.int32), tf.TensorSpec(None, tf.int32)
        new, length = tf.map_fn(
            lambda batch: self.batch(*batch),
            (*given, seeds),
            fn_output_signature=kinds,
            parallel_iterations=1,
        )
        new = tf.reshape(new, [batches * self.rows, self.request.room])
        return new[:count], tf.reshape(length, [-1])[:count]

    def _check(self, ids, real):
        """Ids, which are real, and positions: [prompt, prompt length] each.

        Padding on the left is taken away, and of a prompt that no encoder reads all
        padding.
        """
        import tensorflow as tf

        place = tf.range(tf.shape(ids)[1])
        first = tf.argmax(tf.cast(real, tf.int32), axis=1, output_type=tf.int32)
        positions = place - first[:, None]
        if self.model.reads_source:
            order = (place + first[:, None]) % tf.maximum(tf.shape(ids)[1], 1)
        else:
            order = tf.argsort(tf.cast(~real, tf.int32), axis=1, stable=True)
        ids, real, positions = (
            tf.gather(x, order, batch_dims=1) for x in (ids, real, positions)
        )
        most = tf.reduce_max(tf.where(real, tf.range(tf.shape(ids)[1]) + 1, 0))
        tf.debugging.assert_less_equal(
            most, self.length, f"a prompt has more than {self.length} tokens"
        )
        tf.debugging.assert_equal(
            tf.reduce_all(tf.reduce_any(real, axis=1)), True, "a prompt has no token"
        )
        # One width for all.
        width = tf.minimum(tf.shape(ids)[1], self.length)
        rest = [[0, 0], [0, self.length - width]]
        shape = [None, self.length]
        return tuple(
            tf.ensure_shape(tf.pad(x[:, :width], rest), shape)
            for x in (ids, real, positions)
        )

    def _batch(self, ids, real, positions, filler, seed):
        """One batch through the program that `generate` compiles."""
        import tensorflow as tf

        arguments = keras.tree.map_structure(
            tf.convert_to_tensor, self.request.arguments
        )
        arguments["filler"] = filler
        first = real | (filler[:, None] & (tf.range(self.length) == 0))
        if self.model.reads_source:
            arguments |= {"source": ids, "source_mask": first}
        else:
            start = self.length - tf.reduce_sum(tf.cast(first, tf.int32), axis=1)
            slot = (tf.range(self.length) - start[:, None]) % self.length
            prompt, positions = (
                tf.gather(x, slot, batch_dims=1) for x in (ids, positions)
            )
            padding = tf.range(self.length) < start[:, None]
            positions = tf.where(padding, -1, positions)
            arguments |= {"prompt": prompt, "positions": positions, "start": start}
        if self.samples:
            arguments["seed"] = seed
        arguments["alpha"] = tf.constant(self.alpha)
        tokens, length, *_ = self.program(self.model, arguments)
        if self.finds:
            tokens, length = tokens[:, 0], length[:, 0]
        begin = arguments["prompt"].shape[1]
        new = tokens[:, begin : begin + self.request.room]
        written = tf.range(self.request.room) < length[:, None]
        return tf.where(written, new, arguments["padding_id"]), length


def _save(batches, path, tokenizer):
    import tensorflow as tf

    module = tf.Module()
    module.weights = [variable.value for variable in batches.model.variables]
    seed = tf.TensorSpec([], tf.int32, "seed")
    seeds = [seed] if batches.samples else []

    def from_ids(ids, padding_mask, seed=0):
        new, length = batches(ids, padding_mask, seed)
        return {"ids": new, "length": length}

    given = [
        tf.TensorSpec([None, None], tf.int32, "ids"),
        tf.TensorSpec([None, None], tf.bool, "padding_mask"),
    ]
    signatures = {"serving_default": _trace(from_ids, [*given, *seeds])}
    if tokenizer is not None:
        from transformer_tf.text.in_graph import InGraphTokenizer

        module.tokenizer = in_graph = InGraphTokenizer(tokenizer)

        def from_texts(texts, seed=0):
            found = in_graph(texts)
            new = from_ids(found["ids"], found["attention_mask"] > 0, seed)
            written = tf.sequence_mask(new["length"], batches.request.room, tf.int32)
            return {**new, "texts": in_graph.decode(new["ids"], written)}

        texts = tf.TensorSpec([None], tf.string, "texts")
        signatures["texts"] = _trace(from_texts, [texts, *seeds])
    # What serves is not trained: layers that recompute themselves for a gradient, and
    # XLA's own update of a cache, which has none, need not be differentiable.
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    tf.saved_model.save(module, str(path), signatures, options)


def _trace(function, signature):
    import tensorflow as tf

    function = tf.function(function, input_signature=signature, autograph=False)
    return function.get_concrete_function()
