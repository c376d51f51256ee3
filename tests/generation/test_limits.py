"""Numbers at and beyond the limits of every processor and strategy."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from keras import ops

import transformer_tf.generation as g
from tests.generation.toy_models import BigramModel
from transformer_tf.generation.history import History

# A good value of every field that is a number, by class.
REAL_NUMBERS = {
    g.Temperature: {"temperature": 0.5},
    g.TopP: {"p": 0.5},
    g.MinP: {"p": 0.5},
    g.TypicalP: {"p": 0.5},
    g.EpsilonCutoff: {"epsilon": 0.5},
    g.EtaCutoff: {"epsilon": 0.5},
    g.RepetitionPenalty: {"penalty": 0.5},
    g.ContrastiveSearch: {"alpha": 0.5},
    g.BeamSearch: {"length_penalty": 0.5},
    g.PublishedBeamSearch: {"length_penalty": 0.5},
}
WHOLE_NUMBERS = {
    g.TopK: {"k": 3},
    g.NoRepeatNgrams: {"n": 3},
    g.MinimumLength: {"length": 3, "stop_ids": (1,)},
    g.Sampling: {"seed": 3, "num_results": 3},
    g.ContrastiveSearch: {"candidates": 3},
    g.BeamSearch: {"beams": 3, "num_results": 2},
    g.PublishedBeamSearch: {"beams": 3, "num_results": 2},
    g.PromptLookup: {"draft": 3, "ngram": 3},
}
NO_NUMBERS = [True, np.True_, "1", 1j, [1], np.ones(1)]
NOT_FINITE = [float("inf"), -float("inf"), float("nan"), np.float32("inf")]
FIELDS = [
    (kind, field, values)
    for table in (REAL_NUMBERS, WHOLE_NUMBERS)
    for kind, values in table.items()
    for field in values
    if field != "stop_ids"
]


@pytest.mark.parametrize("kind, field, values", FIELDS)
def test_what_is_no_number_is_refused(kind, field, values):
    for wrong in [*NO_NUMBERS, *NOT_FINITE]:
        with pytest.raises((TypeError, ValueError), match=field):
            kind(**{**values, field: wrong})
    if field != "seed":
        with pytest.raises(TypeError, match=field):
            kind(**{**values, field: None})


@pytest.mark.parametrize("kind, field, values", FIELDS)
def test_numbers_of_numpy_are_numbers(kind, field, values):
    number = np.asarray(values[field])[()]
    assert isinstance(number, np.number)
    made = kind(**{**values, field: number})
    assert getattr(made, field) == getattr(kind(**values), field)


def test_the_tables_hold_every_field():
    """Every field of a public processor or strategy, but for those that hold ids."""
    known = {(kind, field) for kind, field, _ in FIELDS}
    others = {"stop_ids", "stop_id", "biases", "sequences", "ids", "allowed"}
    others |= {"early_stopping"}
    kinds = [getattr(g, name) for name in g.__all__]
    processors = [
        kind
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, g.LogitsProcessor)
    ]
    strategies = [kind for kind in kinds if kind.__module__ == g.Greedy.__module__]
    for kind in {*processors, *strategies} - {g.DraftModel}:
        for field in dataclasses.fields(kind):
            assert (kind, field.name) in known or field.name in others


NEUTRAL = {
    "temperature": g.Temperature(1),
    "top_k": g.TopK(10**9),
    "top_p": g.TopP(1.0),
    "typical_p": g.TypicalP(1.0),
    "min_p": g.MinP(2e-38),
    "epsilon": g.EpsilonCutoff(1e-300),
    "eta": g.EtaCutoff(1e-300),
    "repetition": g.RepetitionPenalty(1),
    "ngrams": g.NoRepeatNgrams(10**6),
    "minimum": g.MinimumLength(0, [1]),
}


@pytest.mark.parametrize("name", NEUTRAL)
@pytest.mark.parametrize("vocabulary, spread", [(7, 9.0), (128_256, 0.01)])
def test_a_neutral_value_changes_nothing(name, vocabulary, spread, rng):
    """Not one of 128,256 ids, flat or peaked."""
    processor = NEUTRAL[name]
    logits = rng.normal(size=(2, vocabulary), scale=spread).astype("float32")
    history = History(
        tokens=tf.constant([[1, 2, 3, 0], [4, 5, 5, 0]]),
        start=tf.zeros(2, "int32"),
        end=tf.fill([2], 3),
        new_tokens=tf.fill([2], 1),
        limit=tf.constant(9),
    )
    values = processor.tensor_values(vocabulary)
    values = {
        name: ops.convert_to_tensor(np.float32(v) if isinstance(v, int | float) else v)
        for name, v in values.items()
    }
    got = processor.with_tensors(values)(tf.constant(logits), history)
    np.testing.assert_array_equal(got, logits)


GREEDY_LIMITS = {
    "temperature": g.Temperature(1e-3),
    "top_k": g.TopK(1),
    "top_p": g.TopP(1e-9),
    "top_p of nothing": g.TopP(1e-300),
    "min_p": g.MinP(1),
    "epsilon": g.EpsilonCutoff(1 - 1e-7),
}


@pytest.mark.parametrize("name", GREEDY_LIMITS)
def test_the_other_end_is_greedy(name, rng):
    model = BigramModel(rng.normal(size=(13, 13)))
    greedy = g.generate(model, [[3], [5]], 6, jit_compile=False)
    for seed in range(3):
        got = g.generate(
            model,
            [[3], [5]],
            6,
            g.Sampling(seed),
            processors=GREEDY_LIMITS[name],
            jit_compile=False,
        )
        assert got == greedy


@pytest.mark.parametrize("p", [1e-3, 1e-9, 1e-300])
def test_the_most_typical_id_is_always_there(p, rng):
    logits = rng.normal(size=(4, 300)).astype("float32")
    processor = g.TypicalP(p)
    values = {"p": tf.constant(processor.tensor_values(300)["p"])}
    got = ops.convert_to_numpy(
        processor.with_tensors(values)(tf.constant(logits), None)
    )
    probability = np.exp(logits.astype("float64"))
    probability /= probability.sum(-1, keepdims=True)
    information = -np.log(probability)
    distance = np.abs(information - (probability * information).sum(-1, keepdims=True))
    for row, near in zip(got, distance.argmin(-1)):
        assert np.flatnonzero(row > -1e29).tolist() == [near]
