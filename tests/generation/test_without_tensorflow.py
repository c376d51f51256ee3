"""Under Keras' JAX backend models generate with TensorFlow out of reach."""

import importlib.util
import json
import os
import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest

from tests.generation.toy_models import BigramModel
from transformer_tf import CausalLM, Seq2SeqLM, gpt2_config, t5_config
from transformer_tf.generation import (
    AllowedSequences,
    BeamSearch,
    EpsilonCutoff,
    EtaCutoff,
    ForbiddenSequences,
    PrefixConstraint,
    PromptLookup,
    Sampling,
    SequenceBias,
    TopK,
    TopP,
    TypicalP,
    generate,
    stream,
)

PROMPTS = [[3, 7, 7, 1], [5], [9, 2, 4, 4, 8, 1, 6]]
# One strategy for each kind of program; compiling is what takes the time here.
STRATEGIES = [[Sampling(3), PromptLookup(3, 1)], [BeamSearch(3)]]
# Those that one chain in a model leaves untested.
PROCESSORS = [
    [EpsilonCutoff(0.01), EtaCutoff(0.01), TypicalP(0.95), TopP(0.8)],
    [ForbiddenSequences([[7], [3, 1]]), SequenceBias({(4,): 1.0, (4, 8): 3.0})],
    [AllowedSequences([[n, m] for n in range(4) for m in range(9)], 2)],
    [PrefixConstraint(lambda row, ids: [ids[-1] + 1, 2 * row, 2])],
]

PROGRAM = """
import importlib.abc, json, pickle, sys

class Refusing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "tensorflow":
            raise ImportError("TensorFlow is out of reach here")

sys.meta_path.insert(0, Refusing())
sys.path.insert(0, ".")
from tests.drawn_by_numpy import drawn_by_numpy
from tests.generation.test_without_tensorflow import built, texts

with open(sys.argv[1], "rb") as file:
    weights = pickle.load(file)
with drawn_by_numpy():
    models = built(weights)
print(json.dumps(texts(models)))
"""


def built(weights=None):
    """A decoder and an encoder-decoder, with the given weights."""
    keras.utils.set_random_seed(8)
    small = {"vocabulary_size": 31, "dim": 24, "num_layers": 2, "num_heads": 3}
    small["initializer_range"] = 0.3
    models = [
        CausalLM(gpt2_config(**small, max_length=40)),
        Seq2SeqLM(t5_config(**small)),
    ]
    for number, model in enumerate(models):
        model.build()
        if weights is not None:
            model.set_weights(weights[number])
    return models


def texts(models):
    """What the models write, by every strategy."""
    options = {"stop_ids": [2], "processors": [TopK(9)], "jit_compile": False}
    found = [
        generate(model, PROMPTS, 6, strategy, **options)
        for model, strategies in zip(models, STRATEGIES)
        for strategy in strategies
    ]
    toy = BigramModel(np.random.default_rng(0).normal(size=(31, 31)))
    for processors in PROCESSORS:
        options["processors"] = processors
        found.append(generate(toy, PROMPTS, 6, Sampling(1), **options))
    return [*found, list(stream(models[0], PROMPTS, 4, **options))]


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="the JAX backend is not installed"
)
def test_jax_writes_what_tensorflow_writes(tmp_path):
    models = built()
    with open(tmp_path / "weights", "wb") as file:
        pickle.dump([model.get_weights() for model in models], file)
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "weights")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    assert json.loads(result.stdout) == texts(models)
