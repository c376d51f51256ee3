"""Transformer-XL equals its paper in float64, memory, clusters and start included."""

import keras
import numpy as np
import pytest

import transformer_tf as t
from tests.models.transformer_xl_reference import Reference
from tests.selection import table

SMALL = {
    "vocabulary_size": 29,
    "dim": 12,
    "num_layers": 2,
    "num_heads": 3,
    "hidden_dim": 14,
    "memory_length": 5,
    "max_distance": 6,
    "cutoffs": (7, 13),
    "cutoff_divisor": 2,
    "initializer_range": 0.4,
    "dropout": 0.0,
}
CONFIGS = {
    "paper": {},
    "zeros": {"zero_memory": True, "window": 5},
    "one table": {"cutoff_divisor": 1, "embedding_dim": 8, "zero_memory": True},
    "not projected": {"cutoff_divisor": 1, "shared_position_biases": True},
    "pre-norm": {"norm_first": True, "head_dim": 6, "zero_memory": True},
    "no memory": {"memory_length": 0, "max_distance": 2**30},
}
FIRST = np.array([[3, 9, 20, 1, 15, 6, 28], [12, 5, 2, 13, 7, 0, 22]])
SECOND = np.array([[4, 11, 27], [8, 16, 2]])


def make(**changes):
    keras.utils.set_random_seed(2)
    model = t.CausalLM(t.transformer_xl_config(**{**SMALL, **changes}))
    model.build()
    rng = np.random.default_rng(5)
    for weight in model.trainable_weights:
        weight.assign(np.asarray(weight) + 0.2 * rng.normal(size=weight.shape))
    return model


def expected_of(model, *segments):
    """Log-probabilities [length, vocabulary] of each segment of one text."""
    reference, config = Reference(model), model.config
    rows = config.memory_length if config.zero_memory else 0
    past = [np.zeros((rows, config.dim)) for _ in range(config.num_layers)]
    outputs = []
    for segment in segments:
        x, read = reference.states(segment, past)
        both = [np.concatenate([a, b]) for a, b in zip(past, read)]
        past = [one[max(0, len(one) - config.memory_length) :] for one in both]
        outputs.append(reference.log_probabilities(x))
    return outputs


@pytest.mark.parametrize("name", CONFIGS)
def test_segments_equal_the_paper_in_float64(name):
    model = make(**CONFIGS[name])
    memory = model.body.empty_cache(2)
    states, memory = model.body(FIRST, cache=memory)
    more, _ = model.body(SECOND, cache=memory)
    got = [np.asarray(model.logits(one)) for one in (states, more)]
    for row in range(2):
        wanted = expected_of(model, FIRST[row], SECOND[row])
        for one, other in zip(got, wanted):
            np.testing.assert_allclose(one[row], other, atol=2e-5)
    np.testing.assert_allclose(model(FIRST), got[0], atol=1e-5)
    np.testing.assert_allclose(np.exp(got[0]).sum(-1), 1, atol=1e-5)


@pytest.mark.parametrize("name", ["paper", "zeros"])
def test_padding_on_either_side_changes_nothing(name):
    model = make(**CONFIGS[name])
    expected = np.asarray(model(FIRST))
    for before, after in ((3, 0), (0, 4), (8, 1)):
        widths = (0, 0), (before, after)
        real = np.pad(np.ones_like(FIRST), widths).astype(bool)
        ids = np.pad(FIRST, widths, constant_values=9)
        got = np.asarray(model({"ids": ids, "padding_mask": real}))
        got = got[:, before : before + 7]
        np.testing.assert_allclose(got, expected, atol=1e-5)


def test_a_memory_long_enough_makes_segments_one_text():
    model = make(memory_length=12, max_distance=2**30)
    ids = np.concatenate([FIRST, SECOND], axis=1)
    memory, parts = model.body.empty_cache(2), []
    for first in range(0, 10, 3):
        states, memory = model.body(ids[:, first : first + 3], cache=memory)
        parts.append(np.asarray(model.logits(states)))
    np.testing.assert_allclose(np.concatenate(parts, 1), model(ids), atol=1e-5)


@pytest.mark.parametrize("name", table(["paper", "zeros"], ["paper"]))
def test_generation_carries_the_memory(name):
    """Every next token from the one before and the memory, prompts of any length."""
    model = make(**CONFIGS[name])
    prompts = [FIRST[0].tolist(), SECOND[1].tolist()]
    expected = []
    for prompt in prompts:
        segments = [prompt]
        for _ in range(8):
            last = expected_of(model, *segments)[-1][-1]
            segments.append([int(last.argmax())])
        expected.append([token for (token,) in segments[1:]])
    assert model.generate(prompts, 8) == expected
    beams = model.generate(prompts, 5, t.BeamSearch(3))
    assert [len(text) for text in beams] == [5, 5]
    with pytest.raises(ValueError, match="cannot: use another strategy"):
        model.generate(prompts, 5, t.PromptLookup(3))


def test_perplexity_with_and_without_memory():
    model = make()
    ids = np.concatenate([FIRST, SECOND], axis=1)
    for carried in (True, False):
        total = 0.0
        for row in ids:
            segments = [row[first : min(first + 4, 9)] for first in (0, 4, 8)]
            outputs = expected_of(model, *segments)
            if not carried:
                outputs = [expected_of(model, one)[0] for one in segments]
            found = np.concatenate(outputs)
            total += -found[np.arange(9), row[1:]].sum()
        got = t.perplexity_of_text(model, ids, 4, carry_memory=carried)
        assert got == pytest.approx(np.exp(total / 18), rel=1e-4)


def test_no_gradient_goes_into_the_memory():
    import tensorflow as tf

    model = make()
    table = model.body.embedding.tokens.tables[0]
    with tf.GradientTape() as tape:
        _, memory = model.body(FIRST, cache=model.body.empty_cache(2))
        total = sum(tf.reduce_sum(state) for state in memory.states)
    assert tape.gradient(total, table.value) is None


def test_trains_saves_and_loads(tmp_path):
    model = make(dropout=0.1, attention_dropout=0.1)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(FIRST, np.roll(FIRST, -1, 1), epochs=8, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    model.save(tmp_path / "model.keras")
    twin = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(twin(FIRST), model(FIRST))


class TestErrors:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"positions": "learned", "max_length": 9}, "needs positions=None"),
            ({"cutoffs": (13, 7)}, "cutoffs must increase"),
            ({"cutoffs": (7, 29)}, "below the vocabulary size of 29"),
        ],
    )
    def test_of_the_config(self, changes, message):
        with pytest.raises(ValueError, match=message):
            t.transformer_xl_config(**{**SMALL, **changes})

    def test_of_models(self):
        config = t.transformer_xl_config(**SMALL)
        for kind in (t.Encoder, t.Decoder, t.EncoderDecoder):
            with pytest.raises(ValueError, match="is for a TransformerXL"):
                kind(config)
        with pytest.raises(ValueError, match="needs memory_length"):
            t.TransformerXL(config.with_changes(memory_length=None))
        with pytest.raises(ValueError, match="leave nothing of"):
            t.CausalLM(config.with_changes(cutoff_divisor=16))
        model = t.CausalLM(config)
        with pytest.raises(ValueError, match="takes no positions"):
            model({"ids": FIRST, "positions": np.arange(7)})

    @pytest.mark.parametrize(
        ("ids", "length", "message"),
        [
            (FIRST[0], 4, r"\[batch, length\]"),
            (FIRST[:, :1], 4, "two tokens or more"),
            (FIRST, 0, "segment_length must be positive"),
        ],
    )
    def test_of_perplexity(self, ids, length, message):
        with pytest.raises(ValueError, match=message):
            t.perplexity_of_text(make(), ids, length)

    def test_of_a_model_without_a_memory(self):
        config = t.gpt2_config(vocabulary_size=29, dim=12, num_heads=2, num_layers=1)
        with pytest.raises(ValueError, match="has no memory"):
            t.perplexity_of_text(t.CausalLM(config), FIRST, 4)
