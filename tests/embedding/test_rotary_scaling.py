"""Rope dictionaries of every published form, against others' code and the papers."""

import json
import math
import random

import keras
import numpy as np
import pytest

from transformer_tf import CausalLM, RotaryPositions, llama_config
from transformer_tf.embedding.rotary_scaling import KEYS, inverse_frequencies

TRAINED = "original_max_position_embeddings"
LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    TRAINED: 256,
}


def by_the_papers(dim, way, base, values, longest, length):
    """Speeds and magnitude, pair by pair, from the papers' own quantities.

    Written in wavelengths and single pairs, where the library computes with arrays of
    speeds.
    """
    factor = values.get("factor") or longest / values.get(TRAINED, longest)
    trained = values.get(TRAINED) or longest
    length = length or 0
    speeds, magnitude = [], 1.0
    for pair in range(dim // 2):
        wavelength = 2 * math.pi * base ** (2 * pair / dim)
        turns = trained / wavelength
        if way == "linear":
            wavelength *= factor
        elif way in ("ntk", "dynamic"):
            if way == "dynamic" and "alpha" in values:
                stretch = values["alpha"]
            elif way == "dynamic":
                stretch = factor * max(length, trained) / trained - (factor - 1)
            else:
                stretch = factor
            base_now = base * stretch ** (dim / (dim - 2))
            wavelength = 2 * math.pi * base_now ** (2 * pair / dim)
        elif way == "llama3":
            low, high = values["low_freq_factor"], values["high_freq_factor"]
            if turns < low:
                wavelength *= factor
            elif turns <= high:
                smooth = (turns - low) / (high - low)
                wavelength = 1 / (
                    (1 - smooth) / (factor * wavelength) + smooth / wavelength
                )
        elif way == "longrope":
            kind = "long" if length > trained else "short"
            wavelength *= values[f"{kind}_factor"][pair]
            grown = 1 + math.log(factor) / math.log(trained) if factor > 1 else 1
            magnitude = values.get("attention_factor") or math.sqrt(grown)
        elif way == "yarn":

            def pair_of(turns):
                ratio = trained / (turns * 2 * math.pi)
                return dim * math.log(ratio) / (2 * math.log(base))

            first = pair_of(values.get("beta_fast", 32))
            last = pair_of(values.get("beta_slow", 1))
            if values.get("truncate", True):
                first, last = math.floor(first), math.ceil(last)
            first, last = max(first, 0), min(last, dim - 1)
            ramp = (pair - first) / ((last - first) or 0.001)
            kept = 1 - min(max(ramp, 0), 1)
            wavelength = 1 / (kept / wavelength + (1 - kept) / (factor * wavelength))

            def temperature(scale):
                return 0.1 * scale * math.log(factor) + 1 if factor > 1 else 1.0

            magnitude = values.get("attention_factor") or temperature(1)
            one, other = values.get("mscale"), values.get("mscale_all_dim")
            if one and other and not values.get("attention_factor"):
                magnitude = temperature(one) / temperature(other)
        speeds.append(2 * math.pi / wavelength)
    return np.array(speeds), magnitude


def any_scaling(rng, way, dim):
    """A dictionary as a published configuration might hold it."""
    values = {"factor": rng.choice([1.0, 2.0, 4.0, 8.0, 40.0])}
    if way in ("llama3", "yarn", "longrope"):
        values[TRAINED] = rng.choice([256, 512, 2048])
    if way == "dynamic" and rng.random() < 0.3:
        values |= {"alpha": 1000.0, "mscale": 1.0, "beta_fast": 32}
    if way == "llama3":
        values |= {"low_freq_factor": 1.0, "high_freq_factor": rng.choice([4.0, 8.0])}
    if way == "longrope":
        for kind, most in (("short", 2), ("long", 60)):
            values[f"{kind}_factor"] = [rng.uniform(1, most) for _ in range(dim // 2)]
    if way == "yarn":
        choices = {
            "beta_fast": [32, 16.0],
            "beta_slow": [1, 2.0],
            "mscale": [1.0, 0.707],
            "mscale_all_dim": [1.0, 0.707],
            "truncate": [True, False],
        }
        values |= {k: rng.choice(c) for k, c in choices.items() if rng.random() < 0.5}
    if way in ("yarn", "longrope"):
        if rng.random() < 0.3:
            values["attention_factor"] = 1.2
        if rng.random() < 0.3:
            del values["factor"]
    return values


@pytest.mark.parametrize("way", sorted(set(KEYS) - {"proportional", "default"}))
@pytest.mark.parametrize("seed", range(25))
def test_equals_the_papers(way, seed):
    rng = random.Random(f"{way} {seed}")
    dim, base = rng.choice([8, 16, 64, 128]), rng.choice([1e4, 5e5, 1e6])
    longest, length = rng.choice([4096, 131_072]), rng.choice([None, 9, 300, 9000])
    values = any_scaling(rng, way, dim)
    expected, magnitude = by_the_papers(dim, way, base, values, longest, length)
    key = rng.choice(["type", "rope_type"])
    old = {key: way, **values}
    new = {**old, "rope_theta": base}  # the form of transformers 5
    for scaling, given in ((old, base), (new, 123.0)):
        got, by = inverse_frequencies(dim, given, scaling, longest, length)
        np.testing.assert_allclose(got, expected, rtol=1e-6)
        assert by == pytest.approx(magnitude, rel=1e-6)


@pytest.mark.parametrize("truncate", [True, False])
def test_yarn_equals_keras_hub(truncate, rng):
    hub = pytest.importorskip("keras_hub")
    x = rng.normal(size=(1, 300, 2, 32)).astype("float32")
    peer = hub.layers.RotaryEmbedding(
        max_wavelength=150_000.0,
        scaling_factor=32.0,
        rope_type="yarn",
        original_max_position_embeddings=4096,
        truncate=truncate,
    )
    ours = RotaryPositions(
        scaling={
            "rope_type": "yarn",
            "rope_theta": 150_000.0,
            "factor": 32.0,
            "truncate": truncate,
            TRAINED: 4096,
        }
    )
    np.testing.assert_allclose(ours(x), peer(x), atol=2e-4)


def test_partial_factors_turn_a_share_of_the_features(rng):
    x = rng.normal(size=(2, 5, 3, 16)).astype("float32")
    half = RotaryPositions(
        scaling={"rope_type": "default", "partial_rotary_factor": 0.5}
    )
    np.testing.assert_array_equal(half(x), RotaryPositions(dim=8)(x))
    share = {"rope_type": "proportional", "partial_rotary_factor": 0.5}
    speeds, _ = inverse_frequencies(16, 1e4, share)
    whole, _ = inverse_frequencies(16, 1e4)
    np.testing.assert_array_equal(speeds[:4], whole[:4])
    assert not speeds[4:].any()


@pytest.mark.parametrize("way", ["dynamic", "longrope"])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_what_depends_on_the_length_does_so_in_a_graph(way, jit_compile, rng):
    import tensorflow as tf

    values = {"factor": 4.0, TRAINED: 8}
    if way == "longrope":
        values |= {"short_factor": [1.0] * 4, "long_factor": [1.0, 2.0, 3.0, 4.0]}
    layer = RotaryPositions(scaling={"type": way, **values})
    graph = tf.function(layer, jit_compile=jit_compile)
    for length in (6, 12):
        x = rng.normal(size=(1, length, 1, 8)).astype("float32")
        speeds, magnitude = by_the_papers(8, way, 1e4, values, 8, length)
        angle = np.arange(length)[:, None] * speeds
        a, b = x[0, :, 0, :4], x[0, :, 0, 4:]
        turned = [a * np.cos(angle) - b * np.sin(angle), b * np.cos(angle)]
        turned[1] = turned[1] + a * np.sin(angle)
        expected = magnitude * np.concatenate(turned, axis=-1)
        for call in (layer, graph):
            np.testing.assert_allclose(call(x)[0, :, 0], expected, atol=1e-5)


@pytest.mark.parametrize(
    "scaling, words",
    [
        ({**LLAMA3, "mscale": 1.0}, ["'mscale'", "low_freq_factor"]),
        ({"type": "linear", "factor": 2.0, "beta": 1}, ["'beta'"]),
        ({"type": "yarn", "factor": 2.0}, [TRAINED]),
        ({"type": "dynamic", "factor": 2.0}, [TRAINED, "max_length"]),
        ({"type": "longrope", TRAINED: 8}, ["short_factor"]),
        ({"type": "cubic"}, ["'cubic'", "longrope"]),
        (
            {"full_attention": {"rope_type": "default"}},
            ["full_attention", "one of them"],
        ),
        ({"type": "linear", "factor": 0.5}, ["factor", "0.5"]),
        ({"type": "default", "rope_theta": 1}, ["rope_theta"]),
        ({"type": "default", "partial_rotary_factor": 1.5}, ["1.5"]),
    ],
)
def test_what_is_unknown_is_refused_by_name(scaling, words):
    with pytest.raises(ValueError) as caught:
        RotaryPositions(scaling=scaling)
    for word in words:
        assert word in str(caught.value)


def test_a_model_reads_it_from_its_config_and_keeps_it(tmp_path):
    config = llama_config(
        vocabulary_size=29,
        dim=16,
        num_heads=2,
        num_layers=1,
        hidden_dim=8,
        max_length=64,
        initializer_range=0.2,
        rotary_scaling={"rope_type": "yarn", "rope_theta": 5e5, TRAINED: 16},
    )
    model = CausalLM(type(config)(**json.loads(json.dumps(config.get_config()))))
    ids = np.arange(1, 21)[None]
    expected = model(ids)
    assert np.abs(expected - CausalLM(config)(ids)).max() > 0  # weights differ
    model.save(tmp_path / "model.keras")
    twin = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(twin(ids), expected)
    plain = CausalLM(config.with_changes(rotary_scaling=None))
    plain.build()
    plain.set_weights(model.get_weights())
    assert np.abs(plain(ids) - expected).max() > 1e-4
