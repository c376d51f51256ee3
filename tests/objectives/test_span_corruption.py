"""corrupt_spans: the paper's example, exact reconstruction, and where spans lie.

Statistics are held within five standard deviations (see test_masked_tokens.py).
"""

from itertools import groupby

import numpy as np
import pytest
import tensorflow as tf

from transformer_tf.objectives import corrupt_spans
from transformer_tf.objectives.span_corruption import draw_spans, replace_spans

SENTINELS = range(99, 79, -1)


def many(draws, draw):
    """What `draw(step)` gives for many steps, in one array."""
    dataset = tf.data.Dataset.range(draws).map(draw).batch(draws)
    return next(iter(dataset)).numpy()


def put_back(inputs, targets):
    """The text again: every sentinel replaced by what the targets say it held."""
    spans, current = {}, None
    for token in targets:
        if token in SENTINELS:
            current = spans.setdefault(token, [])
        else:
            current.append(token)
    return [t for token in inputs for t in spans.get(token, [token])], spans


class TestReplaceSpans:
    def test_example_of_the_paper(self):
        """Figure 2: Thank you [for inviting] me to your party [last] week."""
        ids = tf.range(10, 20)
        dropped = np.isin(ids, [12, 13, 18])
        inputs, targets = replace_spans(ids, tf.constant(dropped), SENTINELS)
        assert inputs.numpy().tolist() == [10, 11, 99, 14, 15, 16, 17, 98, 19]
        assert targets.numpy().tolist() == [99, 12, 13, 98, 18, 97]

    def test_end_follows_both(self):
        dropped = tf.constant([True, False, False])
        parts = replace_spans(tf.range(10, 13), dropped, SENTINELS, end_id=1)
        assert [p.numpy().tolist() for p in parts] == [[99, 11, 12, 1], [99, 10, 98, 1]]


class TestCorruptSpans:
    @pytest.mark.parametrize("length", [2, 3, 9, 40, 101])
    @pytest.mark.parametrize("rate", [0.15, 0.5, 0.9])
    def test_nothing_is_lost(self, length, rate):
        text = np.arange(100, 100 + length)
        for step in range(5):
            inputs, targets = corrupt_spans(
                text, (3, step), sentinel_ids=SENTINELS, rate=rate, mean_span=6
            )
            back, spans = put_back(inputs.numpy().tolist(), targets.numpy().tolist())
            assert back == text.tolist()
            dropped = np.clip(np.round(np.float32(length * rate)), 1, length - 1)
            assert sum(map(len, spans.values())) == dropped
            assert list(spans) == list(SENTINELS[: len(spans)])

    def test_number_of_spans(self):
        for step in range(20):
            dropped = draw_spans(100, 0.15, 3.0, (3, step)).numpy()
            spans = sum(is_dropped for is_dropped, _ in groupby(dropped))
            assert dropped.sum() == 15
            assert spans == 5  # touching spans would be fewer

    def test_every_placement_is_equally_likely(self):
        """Of 5 tokens 2 in spans of their own: 6 ways."""
        draws = 3000
        masks = many(draws, lambda step: draw_spans(5, 0.4, 1.0, (5, step)))
        ways, counts = np.unique(masks, axis=0, return_counts=True)
        assert len(ways) == 6
        deviation = np.sqrt(draws / 6 * 5 / 6)
        assert np.abs(counts - draws / 6).max() < 5 * deviation

    def test_every_split_is_equally_likely(self):
        """6 dropped tokens in 2 spans of 1 to 5 tokens."""
        draws = 3000
        masks = many(draws, lambda step: draw_spans(12, 0.5, 3.0, (6, step)))
        first = [
            next(len(list(run)) for is_dropped, run in groupby(m) if is_dropped)
            for m in masks
        ]
        counts = np.bincount(first)[1:]
        assert len(counts) == 5
        assert np.abs(counts - draws / 5).max() < 5 * np.sqrt(draws / 5 * 4 / 5)

    def test_dataset_repeats_exactly(self):
        text = tf.range(100, 130)
        dataset = tf.data.Dataset.from_tensors(text).repeat(4).enumerate()
        dataset = dataset.map(
            lambda step, ids: corrupt_spans(ids, (7, step), sentinel_ids=SENTINELS)
        )
        runs = [[i.numpy().tolist() for i, _ in dataset] for _ in range(2)]
        assert runs[0] == runs[1]
        assert len(set(map(tuple, runs[0]))) > 1

    def test_refuses_too_few_sentinels(self):
        with pytest.raises(ValueError, match="3 sentinel_ids are too few"):
            corrupt_spans(np.arange(100), (1, 1), sentinel_ids=[7, 8, 9])

    def test_refuses_too_few_sentinels_when_the_graph_runs(self):
        dataset = tf.data.Dataset.from_tensors(tf.range(100)).map(
            lambda ids: corrupt_spans(ids, (1, 1), sentinel_ids=[7, 8, 9])
        )
        with pytest.raises(tf.errors.InvalidArgumentError, match="too few"):
            next(iter(dataset))
