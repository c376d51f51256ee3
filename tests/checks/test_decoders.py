"""The references of unit 08 against the library and independent truth."""

import itertools
import math
import re

import numpy as np
import pytest

import transformer_tf
from benchmarks.writing import DECODER, LEARN
from course.checks.decoders.cached_step import step
from course.checks.decoders.decoder import Decoder
from course.checks.decoders.greedy import continue_greedily
from course.checks.decoders.memory import remember
from course.checks.decoders.repetition import penalise
from course.checks.decoders.sample import DRAWS, LIMIT, likelihood_ratio
from course.checks.decoders.segments import segments
from course.checks.decoders.shift import shift
from course.checks.decoders.stop import stop
from course.checks.decoders.top_k import keep_top_k
from course.examination.candidate import source_of
from course.paths import repository
from course.pieces import (
    CausalBlock,
    causal_loss,
    keep_top_p,
    logits_of,
    sample,
    with_temperature,
)


@pytest.fixture
def rng():
    return np.random.default_rng(8)


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def log_softmax(logits):
    logits = np.asarray(logits, "float64")
    top = logits.max(axis=-1, keepdims=True)
    return logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))


def test_shift_pairs_neighbours(rng):
    ids = rng.integers(1, 50, size=(3, 6))
    real = np.arange(6) < np.array([[6], [4], [1]])
    inputs, targets = shift(ids, real)
    for row, place in np.ndindex(3, 5):
        both = real[row, place] and real[row, place + 1]
        assert inputs[row, place] == ids[row, place]
        assert targets[row, place] == (ids[row, place + 1] if both else -100)


def test_causal_loss_is_the_library_s_on_shifted_targets(rng):
    logits, ids = floats(rng, 3, 6, 7), rng.integers(7, size=(3, 6))
    real = np.arange(6) >= np.array([[0], [3], [5]])
    inputs, targets = shift(ids, real)
    library = transformer_tf.TokenCrossEntropy()(targets, logits[:, :-1])
    np.testing.assert_allclose(causal_loss(logits, ids, real), library, rtol=1e-6)
    logs = log_softmax(logits)
    losses = [
        -logs[row, place, ids[row, place + 1]]
        for row, place in np.ndindex(3, 5)
        if real[row, place] and real[row, place + 1]
    ]
    assert float(causal_loss(logits, ids, real)) == pytest.approx(np.mean(losses))


def test_greedy_continuation_is_the_likeliest_at_each_step(rng):
    weights = rng.normal(size=(3, 5, 5))
    text = continue_greedily([4, 1], weights, 6)
    assert text[:2] == [4, 1] and len(text) == 8
    for end in range(2, 8):
        seen = text[max(0, end - 3) : end]
        votes = sum(weights[place, token] for place, token in enumerate(seen))
        assert text[end] == int(np.argmax(votes))
        np.testing.assert_allclose(logits_of(seen, weights)[-1], votes)


def test_the_small_model_has_no_more_positions():
    with pytest.raises(ValueError, match="3 tokens.*2 positions"):
        logits_of([0, 1, 0], np.zeros((2, 2, 2)))


def test_temperature_is_the_library_s(rng):
    logits = floats(rng, 2, 5)
    expected = np.exp(log_softmax(logits / 0.3))
    np.testing.assert_allclose(with_temperature(logits, 0.3), expected, atol=1e-6)


@pytest.mark.parametrize("k", [1, 3, 6, 9])
def test_top_k_keeps_the_first_k_of_the_sorted_ids(rng, k):
    logits = rng.integers(-3, 3, size=(4, 6)).astype("float32")  # many ties
    kept = np.array(keep_top_k(logits, k))
    for row, found in zip(logits, kept):
        best = sorted(range(6), key=lambda n: (-row[n], n))[:k]
        assert set(np.flatnonzero(found > -np.inf)) == set(best)


@pytest.mark.parametrize("p", [0.0, 0.25, 0.6, 0.875, 1.0])
def test_top_p_is_the_smallest_set_that_reaches_p(rng, p):
    """By brute force over every set of tokens."""
    rows = rng.multinomial(16, np.full(7, 1 / 7), size=5).astype("float32") / 16
    for row, kept in zip(rows, np.array(keep_top_p(rows, p))):
        sizes = [
            len(chosen)
            for size in range(1, 8)
            for chosen in itertools.combinations(range(7), size)
            if row[list(chosen)].sum() >= p
        ]
        assert kept.sum() == min(sizes)
        assert row[kept].sum() >= p
        assert row[kept].min() >= row[~kept].max(initial=0)


def test_penalty_is_the_library_s(rng):
    logits, seen = floats(rng, 2, 9), rng.integers(9, size=(2, 4))
    found = np.array(penalise(logits, seen, 1.7))
    for row, ids, changed in zip(logits, seen, found):
        for number, value in enumerate(row):
            lower = value / 1.7 if value > 0 else value * 1.7
            wanted = lower if number in ids else value
            assert changed[number] == pytest.approx(wanted, rel=1e-6)


class TestTheLaw:
    """The statistical probe of `sample`: its error rate, and its power."""

    LIKELY = np.array([3, 9, 1, 6, 2, 11]) / 32

    def refused(self, rng, likely, runs):
        counts = rng.multinomial(DRAWS, likely / likely.sum(), size=runs)
        return np.mean([likelihood_ratio(c, self.LIKELY) > LIMIT for c in counts])

    def test_a_right_sampler_is_refused_less_than_once_in_a_million(self):
        """G is chi-squared with five degrees of freedom; its tail in closed form."""
        half = LIMIT / 2
        tail = math.erfc(half**0.5) + math.exp(-half) * sum(
            half ** (n - 0.5) / math.gamma(n + 0.5) for n in (1, 2)
        )
        assert tail < 1e-6
        assert self.refused(np.random.default_rng(0), self.LIKELY, 3000) == 0

    @pytest.mark.parametrize(
        ("temperature", "share"),
        [(0.85, 1.0), (0.9, 0.8), (1.05, 0.005), (1.1, 0.49), (1.2, 1.0)],
    )
    def test_wrong_temperatures_are_seen_as_often_as_is_said(self, temperature, share):
        rng = np.random.default_rng(1)
        found = self.refused(rng, self.LIKELY ** (1 / temperature), 2000)
        assert found == pytest.approx(share, abs=0.04)

    def test_the_reference_follows_it(self, rng):
        draws = rng.random(DRAWS).astype("float32")
        ids = np.array(sample(self.LIKELY.astype("float32"), draws))
        counts = np.bincount(ids, minlength=6)
        assert likelihood_ratio(counts, self.LIKELY) < LIMIT


def test_sampled_ids_are_those_of_a_ruler():
    likely = np.array([0.25, 0, 0.5, 0.25, 0], "float32")
    draws = np.array([0, 0.2, 0.25, 0.74, 0.75, 0.99999], "float32")
    assert np.array(sample(likely, draws)).tolist() == [0, 0, 2, 2, 3, 3]


def test_each_text_ends_as_it_would_alone(rng):
    proposed = rng.integers(4, size=(6, 8))
    for row, found in zip(proposed.tolist(), np.array(stop(proposed, 2, 9))):
        kept = row[: row.index(2) + 1] if 2 in row else row
        assert found.tolist() == kept + [9] * (8 - len(kept))


def test_steps_with_a_cache_are_one_pass_over_everything(rng):
    """Each text alone, without padding, by the library's attention with its mask."""
    lengths, dim = (4, 2), 5
    query, key, value = (floats(rng, 2, 6, dim) for _ in range(3))
    real = np.arange(4) >= 4 - np.array(lengths)[:, None]
    cache = (key[:, :4], value[:, :4], real)
    outputs = []
    for place in (4, 5):
        new = (part[:, place] for part in (query, key, value))
        output, *cache = step(*new, *cache)
        outputs.append(output)
    for row, length in enumerate(lengths):
        q, k, v = (part[row : row + 1, 4 - length :] for part in (query, key, value))
        mask = np.tri(length + 2, dtype=bool)
        expected, _ = transformer_tf.scaled_dot_product_attention(q, k, v, mask)
        for found, wanted in zip(outputs, np.array(expected)[0, -2:]):
            np.testing.assert_allclose(found[row], wanted, atol=1e-5)


@pytest.mark.parametrize("size", [2, 5, 8])
def test_windows_score_each_token_once_with_a_past(size):
    for length, stride in itertools.product(range(1, 30), range(1, size)):
        windows = segments(length, size, stride)
        scored = [n for _, end, first in windows for n in range(first, end)]
        assert scored == list(range(1, length))
        for number, (begin, end, first) in enumerate(windows):
            assert begin == number * stride
            assert begin < first < end <= begin + size
        assert all(end < length for _, end, _ in windows[:-1])


def test_memory_is_the_end_of_what_was_read(rng):
    memory, states = floats(rng, 2, 3, 4), floats(rng, 2, 5, 4)
    both = np.concatenate([memory, states], axis=1)
    for keep in range(10):
        found = np.array(remember(memory, states, keep))
        assert found.shape[1] == min(keep, 8)
        np.testing.assert_array_equal(found, both[:, 8 - found.shape[1] :])


def test_decoder_is_its_own_blocks_and_table_by_hand(rng):
    """Against NumPy in float64, from the same weights."""
    layer = Decoder(11, dim=8, num_heads=2, hidden_dim=12, num_layers=2)
    ids = rng.integers(11, size=(2, 5)).astype("int32")
    layer(ids)
    layer.set_weights([floats(rng, *w.shape) * 0.4 for w in layer.weights])
    weights = {w.path.split("/", 1)[1]: np.array(w, "float64") for w in layer.weights}
    expected = decoder_in_numpy(ids, weights, heads=2, layers=2)
    np.testing.assert_allclose(layer(ids), expected, atol=1e-4)


def decoder_in_numpy(ids, weights, heads, layers):
    table = weights["table"]
    dim, length = table.shape[1], ids.shape[1]
    angles = np.arange(length)[:, None] * 10_000.0 ** (-np.arange(0, dim, 2) / dim)
    pattern = np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, dim)
    x = table[ids] * dim**0.5 + pattern
    for number in range(layers):
        part = {
            name.split("/")[1]: value
            for name, value in weights.items()
            if name.startswith(f"block_{number}/")
        }
        normed = norm(x, part["first_scale"], part["first_offset"])
        q, k, v = (
            (normed @ part[name]).reshape(*ids.shape, heads, -1).transpose(0, 2, 1, 3)
            for name in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 1, 3, 2) / q.shape[-1] ** 0.5
        scores = np.where(np.tri(length, dtype=bool), scores, -np.inf)
        found = np.exp(log_softmax(scores)) @ v
        x = x + found.transpose(0, 2, 1, 3).reshape(x.shape) @ part["mix"]
        normed = norm(x, part["second_scale"], part["second_offset"])
        hidden = np.maximum(0, normed @ part["wide_kernel"] + part["wide_bias"])
        x = x + hidden @ part["narrow_kernel"] + part["narrow_bias"]
    return norm(x, weights["scale"], weights["offset"]) @ table.T


def norm(x, scale, offset):
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-6)
    return centred / spread * scale + offset


def test_the_notebook_shows_the_block_that_the_checks_use():
    script = repository() / "solutions" / "08_decoders" / "5_capstone.py"
    assert source_of(CausalBlock).strip() in script.read_text(encoding="utf-8")


def test_the_notebook_trains_as_the_benchmark_does():
    script = repository() / "solutions" / "08_decoders" / "5_capstone.py"
    text = script.read_text(encoding="utf-8")
    for name, value in (DECODER | LEARN).items():
        assert re.search(rf"\b{name}={value}\b", text) or f"{name}=4e-3" in text, name
