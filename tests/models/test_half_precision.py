"""T5's residual stream grows beyond what float16 holds: it is clamped, not lost."""

import numpy as np
import pytest

from transformer_tf import Seq2SeqLM, generate, t5_config

SMALL = {"vocabulary_size": 31, "dim": 16, "num_layers": 3, "num_heads": 2}


def weights_that_overflow(model, rng):
    """One feature of every block's output is a thousand times larger, as in T5."""
    weights = []
    for weight in model.weights:
        value = rng.normal(size=weight.shape, scale=0.2)
        if "norm" in weight.path:
            value = np.ones(weight.shape)
        if value.shape == (40, 16):  # back from the hidden features
            value[:, 3] = np.abs(value[:, 3]) * 60_000
        weights.append(value.astype("float32"))
    return weights


@pytest.mark.parametrize("policy", ["float16", "mixed_float16"])
@pytest.mark.parametrize("gated", [False, True])
def test_t5_in_float16_equals_float32(policy, gated, rng):
    config = t5_config(**SMALL, hidden_dim=40, gated=gated)
    exact, half = Seq2SeqLM(config), Seq2SeqLM(config, dtype=policy)
    for model in (exact, half):
        model.build()
    weights = weights_that_overflow(exact, rng)
    exact.set_weights(weights)
    half.set_weights(weights)
    source, target = rng.integers(1, 31, (2, 9)), rng.integers(1, 31, (2, 7))
    states = exact.body.encoder(source, return_hidden_states=True)["hidden_states"]
    assert np.abs(states[-1]).max() > 65_504
    inputs = {"source_ids": source, "target_ids": target}
    expected, got = np.asarray(exact(inputs)), np.asarray(half(inputs), "float32")
    assert np.isfinite(got).all()
    np.testing.assert_allclose(got, expected, atol=0.01 * np.abs(expected).max())
    if gated or policy == "mixed_float16":
        return  # one of them shows that the decoding step clamps too
    texts = [generate(m, source, 5, jit_compile=False) for m in (exact, half)]
    assert texts[0] == texts[1]
