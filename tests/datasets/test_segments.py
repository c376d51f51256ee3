"""Reading in segments: what is remembered, and what the perplexity is of."""

import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from course.checks.decoders.memory import remember
from course.datasets.segments import (
    KEEP,
    LENGTH,
    learn_in_segments,
    perplexity_in_segments,
    read_segment,
    segment_reader,
)

TEXT = np.random.default_rng(0).integers(20, size=4 * LENGTH + 3).astype("int32")


def carry(memory, states):
    return remember(memory, states, KEEP)


@pytest.fixture(scope="module")
def model():
    return segment_reader(20)


def losses_of(model, text, way):
    """Of every segment, [segment, LENGTH]."""
    memory, found = list(model.body.empty_cache(1).states), []
    for start in range(0, len(text) - LENGTH, LENGTH):
        tokens = tf.constant(text[None, start : start + LENGTH + 1])
        losses, memory = read_segment(model, tokens, memory, way)
        found.append(losses.numpy()[0])
    return np.stack(found)


def test_without_a_memory_every_segment_is_read_alone(model):
    parts = [TEXT[n * LENGTH : (n + 1) * LENGTH + 1] for n in range(4)]
    inputs, targets = np.stack(parts)[:, :-1], np.stack(parts)[:, 1:]
    scores = ops.log_softmax(model(inputs), axis=-1)
    expected = -np.take_along_axis(np.array(scores), targets[..., None], -1)[..., 0]
    np.testing.assert_allclose(losses_of(model, TEXT, None), expected, atol=1e-5)
    found = perplexity_in_segments(model, TEXT, None)
    assert found == pytest.approx(np.exp(expected.mean()), rel=1e-5)


def test_with_a_memory_what_came_before_counts(model):
    """As far as one segment for each layer and what is kept, and never backwards."""
    other = TEXT.copy()
    other[3] += 1
    changed = losses_of(model, TEXT, carry) != losses_of(model, other, carry)
    assert changed[1].any() and changed[2].any() and not changed[0, :2].any()
    alone = losses_of(model, TEXT, None) != losses_of(model, other, None)
    assert not alone[1:].any()


@pytest.mark.slow
def test_a_few_steps_lower_the_perplexity():
    text = np.tile(TEXT[:11], 60)
    model = segment_reader(20)
    before = perplexity_in_segments(model, text[:100], carry)
    learn_in_segments(model, text, carry, steps=30, rows=4)
    assert perplexity_in_segments(model, text[:100], carry) < before / 2
