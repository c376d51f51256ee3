"""Whatever was changed in a model, it writes what calling it on growing text writes."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from tests.generation.changed_models import CHANGES, FAMILIES
from tests.selection import table
from transformer_tf.generation import (
    Buckets,
    PromptLookup,
    export_generation,
    generate,
    generate_beams,
)

PROMPTS = [[3, 7, 7, 1], [5]]
NEW = 5
TINY = Buckets(batch=(2,), prompt=(4,), new_tokens=(8,))
OPTIONS = {"buckets": TINY, "jit_compile": False}
# Every change and every family at least once; the rest of the table is `full`.
OFTEN = dict(zip(CHANGES, [*FAMILIES, *FAMILIES, *FAMILIES]))
OFTEN |= {"int8": "llama", "int4": "t5", "float8": "alibi", "wrapped": "bart"}
EVERY = [(change, family) for change in CHANGES for family in FAMILIES]


def changed(change, family):
    keras.utils.set_random_seed(5)
    return CHANGES[change](*FAMILIES[family])


def logits_of(model, prompt, written):
    """The model's own logits for the next token, without any cache."""
    ids = np.array([[*prompt, *written]], "int32")
    if model.reads_source:
        ids = np.array([[model.start_id, *written]], "int32")
        ids = {"source_ids": np.array([prompt], "int32"), "target_ids": ids}
    return ops.convert_to_numpy(ops.cast(model(ids), "float32"))[0, -1]


def assert_likeliest(model, prompt, written):
    """Every token is the likeliest, or as likely, where rounding decides."""
    for step, token in enumerate(written):
        logits = logits_of(model, prompt, written[:step])
        slack = 0 if model.decoder.compute_dtype == "float32" else 0.03
        assert logits[token] >= logits.max() - slack * np.ptp(logits)


@pytest.mark.parametrize("change, family", table(EVERY, OFTEN.items()))
def test_writes_what_its_calls_write(change, family):
    model = changed(change, family)
    for prompt, written in zip(PROMPTS, generate(model, PROMPTS, NEW, **OPTIONS)):
        assert len(written) == NEW
        assert_likeliest(model, prompt, written)


@pytest.mark.parametrize("change", [c for c in CHANGES if c != "plain"])
def test_the_change_is_no_change_of_nothing(change):
    """What the table compares differs from the plain model, or need not."""
    model, ids = changed(change, "gpt2"), np.array([PROMPTS[0]])
    before, after = changed("plain", "gpt2")(ids), model(ids)
    apart = np.abs(np.asarray(ops.cast(after, "float32")) - before).max()
    assert (apart > 1e-3) == (change not in ("wrapped", "rematerialized"))


@pytest.mark.parametrize("change", table(["call", "block", "int8"], ["call"]))
def test_drafts_write_the_greedy_tokens(change):
    model = changed(change, "gpt2")
    expected = generate(model, PROMPTS, NEW, **OPTIONS)
    assert generate(model, PROMPTS, NEW, PromptLookup(3, 1), **OPTIONS) == expected


SEARCHED = [(c, f) for c in ("call", "attention", "lora") for f in ("llama", "t5")]
SEARCHED_OFTEN = [("call", "llama"), ("attention", "t5")]


@pytest.mark.parametrize("change, family", table(SEARCHED, SEARCHED_OFTEN))
def test_beams_score_what_the_model_scores(change, family):
    model = changed(change, family)
    for prompt, (text,) in zip(PROMPTS, generate_beams(model, PROMPTS, 3, **OPTIONS)):
        score = 0.0
        for step, token in enumerate(text.ids):
            logits = logits_of(model, prompt, text.ids[:step])
            score += np.asarray(ops.log_softmax(logits))[token]
        assert text.score == pytest.approx(score, abs=1e-4)


SERVED_OFTEN = [("int8", "llama"), ("block", "bart")]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("change, family", table(EVERY, SERVED_OFTEN))
def test_serves_what_it_writes(change, family, tmp_path):
    """The exported program is the same model, whatever was changed in it."""
    model = changed(change, family)
    export_generation(model, tmp_path, NEW, prompt_length=4, rows=2, jit_compile=False)
    served = tf.saved_model.load(tmp_path).signatures["serving_default"]
    ids = np.array([[3, 7, 7, 1], [5, 0, 0, 0]], "int32")
    real = np.array([[True] * 4, [True] + [False] * 3])
    answer = served(ids=tf.constant(ids), padding_mask=tf.constant(real))
    assert answer["ids"].numpy().tolist() == generate(model, PROMPTS, NEW, **OPTIONS)
