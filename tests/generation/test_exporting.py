"""What is served, in a process without the library, is what `generate` writes."""

import os
import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest

from tests.generation.test_generate import CONFIGS, PROMPTS, SMALL, built
from tests.selection import table
from transformer_tf import CausalLM, Seq2SeqLM, gpt2_config, t5_config
from transformer_tf.generation import (
    BeamSearch,
    Buckets,
    PrefixConstraint,
    PromptLookup,
    Sampling,
    TopK,
    export_generation,
    generate,
)
from transformer_tf.text import BytePairTokenizer

TEXTS = ["the cat sat on", "a mat. the", "cat"]

SERVE = """
import pickle, sys
sys.modules["transformer_tf"] = sys.modules["keras"] = None  # neither is needed
import tensorflow as tf
with open(sys.argv[1], "rb") as file:
    requests = pickle.load(file)
answers = []
for folder, signature, inputs in requests:
    served = tf.saved_model.load(folder).signatures[signature]
    try:
        found = served(**{k: tf.constant(v) for k, v in inputs.items()})
        answers.append({k: v.numpy() for k, v in found.items()})
    except tf.errors.InvalidArgumentError as error:
        answers.append(str(error))
with open(sys.argv[2], "wb") as file:
    pickle.dump(answers, file)
"""


def served(requests, folder):
    """The answers of a fresh process to (folder, signature, inputs)."""
    with open(folder / "requests", "wb") as file:
        pickle.dump([(str(path), *rest) for path, *rest in requests], file)
    subprocess.run(
        [sys.executable, "-c", SERVE, folder / "requests", folder / "answers"],
        check=True,
        capture_output=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        timeout=300,
    )
    with open(folder / "answers", "rb") as file:
        return pickle.load(file)


def rectangle(prompts, side):
    """ids and padding mask, padded at one side."""
    length = max(map(len, prompts))
    ids = np.full((len(prompts), length), 9, "int32")
    real = np.zeros(ids.shape, bool)
    for row, prompt in enumerate(prompts):
        place = slice(len(prompt)) if side == "right" else slice(-len(prompt), None)
        ids[row, place], real[row, place] = prompt, True
    return {"ids": ids, "padding_mask": real}


def texts_of(answer):
    return [ids[:n].tolist() for ids, n in zip(answer["ids"], answer["length"])]


def translator():
    keras.utils.set_random_seed(6)
    small = {k: v for k, v in SMALL.items() if k != "max_length"}
    model = Seq2SeqLM(t5_config(**small))
    model.build()
    return model


@pytest.mark.parametrize("with_drafts", table([False, True], [False]))
def test_serves_what_generate_writes(tmp_path, with_drafts):
    """Every strategy, both paddings, more prompts than rows, too long a prompt."""
    writer, source_reader = built(CONFIGS["gpt2"]), translator()
    options = {"stop_ids": [11], "processors": [TopK(9)], "jit_compile": False}
    strategies = [
        (writer, None, True),
        (writer, Sampling(4), False),
        (source_reader, BeamSearch(3), False),
    ]
    if with_drafts:
        strategies = [(writer, PromptLookup(3), False)]
    requests, expected = [], []
    for number, (model, strategy, compiled) in enumerate(strategies):
        folder = tmp_path / str(number)
        given = {**options, "jit_compile": compiled}
        export_generation(model, folder, 6, strategy, prompt_length=8, rows=2, **given)
        inputs = rectangle(PROMPTS, "left" if number % 2 else "right")
        if isinstance(strategy, Sampling):
            inputs = {**rectangle(PROMPTS[:2], "left"), "seed": np.int32(4)}
        requests.append((folder, "serving_default", inputs))
        buckets = Buckets((2, 3), (1, 8), (6,))
        prompts = PROMPTS[: len(inputs["ids"])]
        expected.append(
            generate(model, prompts, 6, strategy, buckets=buckets, **options)
        )
    for wrong in ([[1] * 9], [[1]]):
        inputs = rectangle(wrong, "right")
        inputs["padding_mask"] &= len(wrong[0]) > 1
        requests.append((tmp_path / "0", "serving_default", inputs))
    *answers, too_long, empty = served(requests, tmp_path)
    assert [texts_of(answer) for answer in answers] == expected
    assert all(
        (a["ids"] * (np.arange(6) >= a["length"][:, None]) == 0).all() for a in answers
    )
    assert "more than 8 tokens" in too_long
    assert "no token" in empty


# In every run: tests/training/test_saving.py serves a model in half precision.
@pytest.mark.full
def test_half_precision_serves_what_generate_writes(tmp_path):
    inputs, requests, expected = rectangle(PROMPTS, "right"), [], []
    for dtype in ("mixed_float16", "mixed_bfloat16"):
        keras.utils.set_random_seed(3)
        # Never called, nor built.
        model = CausalLM(gpt2_config(**{**SMALL, "num_layers": 1}), dtype=dtype)
        export_generation(model, tmp_path / dtype, 6, prompt_length=8, rows=2)
        requests.append((tmp_path / dtype, "serving_default", inputs))
        buckets = Buckets((2,), (8,), (6,))
        expected.append(generate(model, PROMPTS, 6, buckets=buckets))
    assert [texts_of(answer) for answer in served(requests, tmp_path)] == expected


def test_serves_strings(tmp_path):
    tokenizer = BytePairTokenizer.train(TEXTS * 3, 270)
    keras.utils.set_random_seed(3)
    small = {**SMALL, "vocabulary_size": len(tokenizer)}
    model = CausalLM(gpt2_config(**small))
    model.build()
    export_generation(
        model,
        tmp_path / "model",
        7,
        prompt_length=20,
        rows=2,
        tokenizer=tokenizer,
        jit_compile=False,
    )
    request = tmp_path / "model", "texts", {"texts": np.array(TEXTS)}
    (answer,) = served([request], tmp_path)
    prompts = [tokenizer.encode(text).ids for text in TEXTS]
    expected = generate(model, prompts, 7, jit_compile=False)
    assert texts_of(answer) == expected
    assert [text.decode() for text in answer["texts"]] == [
        tokenizer.decode(ids) for ids in expected
    ]


@pytest.mark.parametrize(
    "changes, error, message",
    [
        ({"rows": 0}, ValueError, "rows must be at least 1"),
        ({"prompt_length": 60}, ValueError, "exceed the model's max_length of 64"),
        ({"strategy": "greedy"}, TypeError, "strategy must be one of"),
        ({"buckets": Buckets()}, TypeError, "takes no .buckets."),
        (
            {"processors": PrefixConstraint(lambda row, ids: [1])},
            ValueError,
            "a SavedModel cannot hold.*AllowedSequences",
        ),
    ],
)
def test_rejects(changes, error, message, tmp_path):
    with pytest.raises(error, match=message):
        export_generation(
            built(CONFIGS["gpt2"]), tmp_path, 6, **{"prompt_length": 8, **changes}
        )
