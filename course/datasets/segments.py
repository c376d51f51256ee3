"""TensorFlow's own: a text read segment by segment, with a memory or without one.

What the last notebook but one of unit 08 needs around the learner's `remember`: a small
Transformer-XL, its training, and its perplexity on other text.
"""

from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from transformer_tf import CausalLM, transformer_xl_config
from transformer_tf.models.segment_memory import SegmentMemory

LENGTH, KEEP = 8, 16  # tokens of a segment, and how many of those before are kept
RATE = 1.5e-3

Memory = list[tf.Tensor]  # of every layer [row, past, dim]


def segment_reader(vocabulary_size: int, seed: int = 1) -> CausalLM:
    """A Transformer-XL of three layers with random weights; distances, no places."""
    keras.utils.set_random_seed(seed)
    config = transformer_xl_config(
        vocabulary_size=vocabulary_size,
        dim=96,
        num_layers=3,
        num_heads=4,
        hidden_dim=192,
        memory_length=KEEP,
        max_distance=LENGTH + KEEP,
        cutoffs=None,
        dropout=0.0,
    )
    model = CausalLM(config)
    model.build()
    return model


def read_segment(
    model: CausalLM, tokens: tf.Tensor, memory: Memory, carry: Callable | None
) -> tuple[tf.Tensor, Memory]:
    """The loss of each token of a segment, and the memory behind it.

    Args:
        model: As `segment_reader` makes it.
        tokens: [row, length + 1] int32: what is read, and the token behind it.
        memory: What each layer remembers.
        carry: From [row, past, dim] and [row, length, dim], what one layer remembered
            and what it read, to what it remembers from then on; None remembers nothing.
    """
    cache = SegmentMemory(memory, tf.fill(tf.shape(memory[0])[:2], carry is not None))
    found, _ = model.body(tokens[:, :-1], cache=cache, return_hidden_states=True)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
        tokens[:, 1:], model.logits(found["output"])
    )
    if carry is not None:
        memory = [carry(*pair) for pair in zip(memory, found["hidden_states"])]
    return losses, memory


def learn_in_segments(
    model: CausalLM, ids: np.ndarray, carry: Callable | None, steps: int, rows: int = 64
) -> float:
    """Trains on segments one behind the other, in many places of a text at once.

    Args:
        model, carry: As in `read_segment`.
        ids: The text.
        steps: How many segments.
        rows: In how many places.

    Returns:
        The mean loss of the last tenth, in nats per token.
    """
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=RATE, warmup_steps=steps // 20
    )
    optimizer = keras.optimizers.Adam(schedule, clipnorm=1.0)
    optimizer.build(model.trainable_variables)

    @tf.function(jit_compile=True)
    def step(tokens, memory):
        with tf.GradientTape() as tape:
            losses, memory = read_segment(model, tokens, memory, carry)
            loss = tf.reduce_mean(losses)
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss, memory

    memory, losses = list(model.body.empty_cache(rows).states), []
    for tokens, _ in zip(_segments(ids, rows), range(steps)):
        loss, memory = step(tokens, memory)
        losses.append(float(loss))
    return float(np.mean(losses[-max(1, steps // 10) :]))


def perplexity_in_segments(
    model: CausalLM, ids: np.ndarray, carry: Callable | None
) -> float:
    """Of a text that is read once, segment by segment; see `read_segment`."""
    read = tf.function(read_segment, jit_compile=True)
    memory, losses = list(model.body.empty_cache(1).states), []
    for tokens in _once(ids, 1):
        found, memory = read(model, tokens, memory, carry)
        losses.append(found.numpy())
    return float(np.exp(np.mean(losses)))


def _segments(ids: np.ndarray, rows: int) -> Iterator[tf.Tensor]:
    while True:
        yield from _once(ids, rows)


def _once(ids: Sequence[int] | np.ndarray, rows: int) -> Iterator[tf.Tensor]:
    """[row, LENGTH + 1]: rows go on in the next segment where this one ended."""
    count = (len(ids) - 1) // (rows * LENGTH)
    parts = np.asarray(ids, "int32")
    starts = np.arange(rows)[:, None] * count * LENGTH + np.arange(LENGTH + 1)
    for number in range(count):
        yield tf.constant(parts[starts + number * LENGTH])
