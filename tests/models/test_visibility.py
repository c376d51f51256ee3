"""Who sees whom in whole models: packed texts, prefixes, masks, windows by layer."""

import json

import keras
import numpy as np
import pytest

from tests.selection import table
from transformer_tf import (
    BeamSearch,
    CausalLM,
    MaskedLM,
    PromptLookup,
    Seq2SeqLM,
    SequenceClassifier,
    TransformerConfig,
    bert_config,
    generate,
    gpt2_config,
    llama_config,
    t5_config,
)
from transformer_tf.text import pack

SMALL = {
    "vocabulary_size": 31,
    "dim": 24,
    "num_layers": 2,
    "num_heads": 4,
    "hidden_dim": 40,
    "initializer_range": 0.3,
    "dropout": 0.0,
    "max_length": 40,
}
MODERN = {
    "num_key_value_heads": 2,
    "attention_soft_cap": 2.0,
    "query_key_norm": True,
    "rotary_dim": 4,
    "window": [None, 3],
}
DECODERS = {
    "learned": gpt2_config(**SMALL),
    "rotary": llama_config(**SMALL),
    "modern": llama_config(**SMALL, **MODERN),
    "linear": gpt2_config(**SMALL, positions="linear"),
    "relative": gpt2_config(**SMALL, positions="relative"),
    "sinusoidal": gpt2_config(**SMALL, positions="sinusoidal"),
}
TEXTS = [[7, 3, 9, 2, 5], [4, 4, 1], [8, 2, 6, 6, 1, 3, 9], [5, 1, 2, 8], [3, 7, 3, 1]]
PROMPTS = [[1, 2, 3], [4, 5, 6, 7, 8], [9]]


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(5)


def numbers(x):
    return np.asarray(x)


def longer(model, prompt, count, **inputs):
    """What greedy choice by calls of the whole model adds to a prompt."""
    ids = list(prompt)
    for _ in range(count):
        given = {name: np.array([value]) for name, value in inputs.items()}
        logits = model({"ids": np.array([ids]), **given})
        ids.append(int(numbers(logits)[0, -1].argmax()))
    return ids[len(prompt) :]


@pytest.mark.parametrize("name", DECODERS)
class TestPackedTexts:
    def test_equal_texts_alone(self, name):
        model, packed = CausalLM(DECODERS[name]), pack(TEXTS, 14)
        logits = numbers(model({"ids": packed.ids, "segments": packed.segments}))
        for row, segments in enumerate(packed.segments):
            for segment in set(segments) - {0}:
                here = segments == segment
                alone = numbers(model(packed.ids[row, here][None]))[0]
                np.testing.assert_allclose(logits[row, here], alone, atol=1e-5)
        assert np.abs(logits - numbers(model(packed.ids))).max() > 0.1

    def test_equal_a_dense_mask_with_positions(self, name):
        model, packed = CausalLM(DECODERS[name]), pack(TEXTS, 14)
        same = packed.segments[:, :, None] == packed.segments[:, None]
        dense = {"attention_mask": same, "positions": packed.positions}
        got = numbers(model({"ids": packed.ids, "segments": packed.segments}))
        expected = numbers(model({"ids": packed.ids, **dense}))
        real = packed.segments > 0
        np.testing.assert_allclose(got[real], expected[real], atol=1e-5)

    @pytest.mark.parametrize(
        "strategy", table([None, PromptLookup(2), BeamSearch(1)], [None], label=str)
    )
    def test_generation_equals_calls(self, name, strategy):
        """With every feature of the config: fast form, drafts and beams of one."""
        model = CausalLM(DECODERS[name])
        expected = [longer(model, prompt, 6) for prompt in PROMPTS]
        assert generate(model, PROMPTS, 6, strategy, jit_compile=False) == expected

    def test_embeddings_in_place_of_ids(self, name):
        model, packed = CausalLM(DECODERS[name]), pack(TEXTS, 14)
        expected = model({"ids": packed.ids, "segments": packed.segments})
        vectors = model.body.embedding.tokens(packed.ids)
        got = model({"embeddings": vectors, "segments": packed.segments})
        np.testing.assert_array_equal(got, expected)

    def test_loaded_as_it_was_saved(self, name, tmp_path):
        model, packed = CausalLM(DECODERS[name]), pack(TEXTS, 14)
        inputs = {"ids": packed.ids, "segments": packed.segments}
        expected = numbers(model(inputs))
        model.save(tmp_path / "model.keras")
        loaded = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_array_equal(loaded(inputs), expected)
        config = json.loads(json.dumps(model.config.get_config()))
        assert TransformerConfig.from_config(config) == model.config


def test_packed_pairs_of_an_encoder_decoder(rng):
    model = Seq2SeqLM(t5_config(**{**SMALL, "max_length": None}))
    source, target = (rng.integers(1, 31, (1, n)) for n in (9, 7))
    inputs = {
        "source_ids": source,
        "target_ids": target,
        "source_segments": np.array([[1] * 4 + [2] * 5]),
        "target_segments": np.array([[1] * 3 + [2] * 4]),
    }
    got = numbers(model(inputs))
    pairs = (source[:, :4], target[:, :3]), (source[:, 4:], target[:, 3:])
    expected = [numbers(model({"source_ids": s, "target_ids": t})) for s, t in pairs]
    np.testing.assert_allclose(got, np.concatenate(expected, axis=1), atol=1e-5)
    with pytest.raises(ValueError, match="source_segments and target_segments"):
        model({name: x for name, x in inputs.items() if name != "source_segments"})


@pytest.mark.parametrize("positions", ["learned", "rotary", "relative", "linear"])
def test_packed_texts_of_an_encoder(positions, rng):
    model = MaskedLM(bert_config(**SMALL, positions=positions, window=3))
    ids, segments = rng.integers(1, 31, (2, 9)), np.array([[1] * 4 + [2] * 5] * 2)
    got = numbers(model({"ids": ids, "segments": segments}))
    expected = [numbers(model(ids[:, :4])), numbers(model(ids[:, 4:]))]
    np.testing.assert_allclose(got, np.concatenate(expected, axis=1), atol=1e-5)


def test_encoder_reads_positions(rng):
    ids = rng.integers(1, 31, (2, 6))
    shifted = {"ids": ids, "positions": np.arange(6)[None] + [[3], [0]]}
    learned = SequenceClassifier(bert_config(**SMALL), 3)
    change = np.abs(numbers(learned(shifted)) - numbers(learned(ids)))
    assert change[0].max() > 1e-3 and change[1].max() < 1e-6
    # Distances are the same wherever they are counted from.
    relative = SequenceClassifier(bert_config(**SMALL, positions="relative"), 3)
    np.testing.assert_allclose(relative(shifted), relative(ids), atol=1e-6)


def test_encoder_window_equals_a_dense_mask(rng):
    ids = rng.integers(1, 31, (2, 9))
    windowed = MaskedLM(bert_config(**SMALL, window=[2, 2]))
    windowed.build()
    whole = MaskedLM(bert_config(**SMALL))
    whole.build()
    whole.set_weights(windowed.get_weights())
    near = abs(np.arange(9)[:, None] - np.arange(9)) < 2
    near = np.broadcast_to(near, (2, 9, 9))
    expected = whole({"ids": ids, "attention_mask": near})
    np.testing.assert_allclose(windowed(ids), expected, atol=1e-5)


class Whole(CausalLM):
    """A model that generation can only call as a whole."""

    def call(self, inputs, training=None):
        return super().call(inputs, training=training)


class TestPrefixLanguageModel:
    config = gpt2_config(**SMALL, prefix_lm=True)

    def test_sees_all_of_the_prefix_and_nothing_ahead_of_it(self, rng):
        model = CausalLM(self.config)
        ids, prefix = rng.integers(1, 31, (2, 8)), np.array([3, 5])
        before = numbers(model({"ids": ids, "prefix_length": prefix}))
        for place in range(8):
            changed = ids.copy()
            changed[:, place] = (changed[:, place] + 1) % 31
            after = numbers(model({"ids": changed, "prefix_length": prefix}))
            moved = np.abs(after - before).max(-1) > 1e-4
            for row in range(2):
                first = 0 if place < prefix[row] else place
                np.testing.assert_array_equal(moved[row], np.arange(8) >= first)

    def test_equals_a_bidirectional_stack_on_the_prefix_alone(self, rng):
        model = CausalLM(self.config)
        encoder = MaskedLM(gpt2_config(**SMALL))
        encoder.build()
        model.build()
        encoder.body.set_weights(model.body.get_weights())
        ids = rng.integers(1, 31, (2, 6))
        states = model.body(ids, prefix_length=np.array([6, 6]))
        np.testing.assert_allclose(states, encoder.body(ids), atol=1e-5)

    @pytest.mark.parametrize(
        "kind, strategy",
        table(
            [
                (kind, strategy)
                for kind in (CausalLM, Whole)
                for strategy in (None, PromptLookup(2), BeamSearch(1))
            ],
            [(CausalLM, None), (CausalLM, PromptLookup(2)), (Whole, BeamSearch(1))],
        ),
    )
    def test_generation_reads_prompts_in_both_directions(self, kind, strategy):
        model = kind(self.config)
        expected = [
            longer(model, prompt, 6, prefix_length=len(prompt)) for prompt in PROMPTS
        ]
        got = generate(model, PROMPTS, 6, strategy, jit_compile=False)
        assert got == expected
        assert expected != [longer(model, prompt, 6) for prompt in PROMPTS]

    def test_needs_the_config(self):
        with pytest.raises(ValueError, match="prefix_lm=True"):
            model = CausalLM(gpt2_config(**SMALL))
            model({"ids": np.ones((1, 3), int), "prefix_length": np.array([2])})


@pytest.mark.parametrize(
    ("inputs", "error", "message"),
    [
        ({"attention_mask": np.ones((2, 4), bool)}, ValueError, "padding_mask"),
        ({"attention_mask": np.ones((2, 4, 4))}, TypeError, "must be boolean"),
        ({"segments": np.ones((2, 4))}, TypeError, "segments must be integers"),
        ({"segments": np.ones((2, 5), int)}, ValueError, "segments does not fit"),
        ({"embeddings": np.ones((2, 4, 24), "float32")}, ValueError, "got both"),
        ({"inputs_embeds": np.ones((2, 4, 24))}, ValueError, "here it is embeddings"),
    ],
)
def test_rejects(inputs, error, message):
    model = CausalLM(gpt2_config(**SMALL))
    with pytest.raises(error, match=message):
        model({"ids": np.ones((2, 4), "int32"), **inputs})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"window": [1, 2, 3]}, "one entry for each layer; got 3 for"),
        ({"window": [1, 0]}, "window must be at least 1"),
        ({"window": [1, 2], "shared_layers": True}, "share their window"),
        ({"rotary_dim": 5}, "rotary_dim must be even"),
        ({"rotary_dim": 8}, "of 6 features"),
        ({"attention_soft_cap": -1.0}, "attention_soft_cap must be positive"),
    ],
)
def test_config_rejects(changes, message):
    with pytest.raises(ValueError, match=message):
        llama_config(**{**SMALL, **changes})
