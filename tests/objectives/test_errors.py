"""Bad arguments of objectives, training help and cells: refused, and with what words.

One row a mistake: what was done, the error's type, and what its message must say.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf
from transformer_tf.objectives import (
    causal_shift,
    corrupt_spans,
    infill_text,
    mask_tokens,
    pack_predictions,
    teacher_forcing_shift,
)
from transformer_tf.training import (
    Rematerialized,
    accumulate_gradients,
    new_layout_map,
    recompute_call,
)

IDS = np.arange(5, 17).reshape(2, 6)
TEXT = np.arange(5, 25)
LOGITS = np.zeros((2, 6, 30), "float32")


def masked(ids=IDS, seed=(1, 2), **changes):
    options = {"vocabulary_size": 30, "mask_id": 4, **changes}
    return mask_tokens(ids, seed, **options)


def spans(ids=TEXT, seed=(1, 2), **changes):
    return corrupt_spans(ids, seed, **{"sentinel_ids": range(99, 90, -1), **changes})


def infilled(ids=TEXT, seed=(1, 2), **changes):
    return infill_text(ids, seed, **{"mask_id": 4, **changes})


def parts(number, loss=None):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    loss = loss or keras.losses.MeanSquaredError()
    return accumulate_gradients(
        model, loss, np.ones((6, 3)), np.ones((6, 4)), parts=number
    )


cross_entropy = transformer_tf.TokenCrossEntropy
linear = transformer_tf.LinearSchedule
cosine = transformer_tf.CosineSchedule
root = transformer_tf.InverseSquareRootSchedule

ERRORS = {
    "mask: float ids": (
        lambda: masked(IDS * 1.0),
        TypeError,
        "int32 or int64; got float64",
    ),
    "mask: small integers": (lambda: masked(IDS.astype("int8")), TypeError, "got int8"),
    "mask: one number": (
        lambda: masked(np.array(3)),
        ValueError,
        "got a single number",
    ),
    "mask: rate above 1": (
        lambda: masked(rate=1.5),
        ValueError,
        "rate must lie between 0 and 1; got 1.5",
    ),
    "mask: rate below 0": (lambda: masked(rate=-0.1), ValueError, "got -0.1"),
    "mask: shares above 1": (
        lambda: masked(mask_share=0.8, random_share=0.3),
        ValueError,
        "mask_share . random_share must be at most 1; got 1.1",
    ),
    "mask: negative share": (
        lambda: masked(random_share=-0.5),
        ValueError,
        "random_share must lie",
    ),
    "mask: one seed": (
        lambda: masked(seed=7),
        ValueError,
        r"two integers, for example \(7, step\)",
    ),
    "mask: three seeds": (
        lambda: masked(seed=(1, 2, 3)),
        ValueError,
        r"got shape \(3,\), int32",
    ),
    "mask: float seed": (lambda: masked(seed=(1.0, 2.0)), ValueError, "float32"),
    "mask: only special ids": (
        lambda: masked(vocabulary_size=1),
        ValueError,
        "vocabulary_size=1 leaves no ordinary token",
    ),
    "mask: words of another shape": (
        lambda: masked(words=np.zeros((2, 5), int)),
        ValueError,
        r"words must have the shape of ids, \(2, 6\); got \(2, 5\)",
    ),
    "mask: id of the mask": (
        lambda: masked(mask_id=30),
        ValueError,
        r"mask_id must lie in \[0, 30\); got 30",
    ),
    "pack: no room": (
        lambda: pack_predictions(IDS, 0),
        ValueError,
        "size must be at least 1; got 0",
    ),
    "pack: float targets": (
        lambda: pack_predictions(LOGITS, 3),
        TypeError,
        "got float32",
    ),
    "causal: one token": (
        lambda: causal_shift(IDS[:, :1]),
        ValueError,
        "two tokens a sequence",
    ),
    "causal: float ids": (lambda: causal_shift(LOGITS), TypeError, "got float32"),
    "causal: one number": (
        lambda: causal_shift(np.array(4)),
        ValueError,
        "a single number",
    ),
    "teacher forcing: float ids": (
        lambda: teacher_forcing_shift(LOGITS, 1),
        TypeError,
        "got float32",
    ),
    "spans: a batch": (
        lambda: spans(IDS),
        ValueError,
        r"one sequence, \[length\]; got shape \(2, 6\). Map",
    ),
    "spans: one token": (
        lambda: spans(TEXT[:1]),
        ValueError,
        "one to drop and one to keep",
    ),
    "spans: empty": (lambda: spans(TEXT[:0]), ValueError, "two tokens at least"),
    "spans: rate": (
        lambda: spans(rate=2),
        ValueError,
        "rate must lie between 0 and 1; got 2",
    ),
    "spans: short spans": (
        lambda: spans(mean_span=0.5),
        ValueError,
        "mean_span must be at least 1; got 0.5",
    ),
    "spans: too few sentinels": (
        lambda: spans(sentinel_ids=[99], mean_span=1),
        ValueError,
        "1 sentinel_ids are too few",
    ),
    "spans: seed": (lambda: spans(seed=3), ValueError, "seed must be two integers"),
    "infill: a batch": (lambda: infilled(IDS), ValueError, "before batching"),
    "infill: empty": (lambda: infilled(TEXT[:0]), ValueError, "ids is empty"),
    "infill: rate": (lambda: infilled(rate=-1), ValueError, "got -1"),
    "infill: no span": (
        lambda: infilled(mean_span=0),
        ValueError,
        "mean_span must be above 0; got 0",
    ),
    "infill: strings": (lambda: infilled(np.array(["a"])), TypeError, "got string"),
    "replace: flat logits": (
        lambda: transformer_tf.replace_tokens(IDS, IDS, LOGITS[0], 1),
        ValueError,
        r"\[batch, length, vocabulary\]; got shapes",
    ),
    "replace: other length": (
        lambda: transformer_tf.replace_tokens(IDS, IDS[:, 1:], LOGITS, 1),
        ValueError,
        r"\(2, 6\), \(2, 5\)",
    ),
    "loss: ranks": (
        lambda: cross_entropy()(IDS, LOGITS[0]),
        ValueError,
        r"got shapes \(2, 6\) and \(6, 30\)",
    ),
    "loss: lengths": (
        lambda: cross_entropy()(IDS[:, 1:], LOGITS),
        ValueError,
        r"got shapes \(2, 5\)",
    ),
    "loss: smoothing": (lambda: cross_entropy(1.5), ValueError, "below 1; got 1.5"),
    "loss: reduction": (
        lambda: cross_entropy(reduction="average"),
        ValueError,
        "reduction=average",
    ),
    "loss: an id above the vocabulary": (
        lambda: cross_entropy()(IDS + 90, LOGITS),
        tf.errors.InvalidArgumentError,
        "Received a label value",
    ),
    "perplexity: ranks": (
        lambda: transformer_tf.Perplexity().update_state(IDS, LOGITS[0]),
        ValueError,
        "got shapes",
    ),
    "replaced loss: ranks": (
        lambda: transformer_tf.ReplacedTokenLoss()(IDS, LOGITS),
        ValueError,
        "last axis of 1",
    ),
    "distillation: vocabularies": (
        lambda: transformer_tf.DistillationLoss()(LOGITS, LOGITS[..., 1:]),
        ValueError,
        "one shape",
    ),
    "distillation: temperature": (
        lambda: transformer_tf.DistillationLoss(-1),
        ValueError,
        "temperature must be above 0; got -1",
    ),
    "linear: peak": (
        lambda: linear(0, 1, 9),
        ValueError,
        "peak must be above 0; got 0",
    ),
    "linear: no fall": (
        lambda: linear(1, 9, 9),
        ValueError,
        "total_steps must be above warmup_steps=9; got 9",
    ),
    "cosine: warm-up": (
        lambda: cosine(1, -2, 9),
        ValueError,
        "must not be negative; got -2",
    ),
    "cosine: end": (
        lambda: cosine(1, 2, 9, end=2),
        ValueError,
        "between 0 and peak=1; got 2",
    ),
    "root: warm-up": (
        lambda: root(1, 0),
        ValueError,
        "warmup_steps must be at least 1; got 0",
    ),
    "cell: units": (
        lambda: transformer_tf.LSTMCell(0),
        ValueError,
        "at least 1; got 0",
    ),
    "cell: kind of units": (
        lambda: transformer_tf.GRUCell("9"),
        ValueError,
        "a whole number, at least 1; got '9'",
    ),
    "cell: half a unit": (lambda: transformer_tf.RNNCell(2.5), ValueError, "got 2.5"),
    "cell: a whole sequence": (
        lambda: transformer_tf.LSTMCell(3)(LOGITS, [LOGITS[0]] * 2),
        ValueError,
        "expected ndim=2, found ndim=3",
    ),
    "cell: a memory missing": (
        lambda: transformer_tf.LSTMCell(3)(LOGITS[0], [LOGITS[0, :, :3]]),
        ValueError,
        "expected 2, got 1",
    ),
    "parts: none": (lambda: parts(0), ValueError, "got 0 parts of 6"),
    "parts: do not divide": (lambda: parts(4), ValueError, "got 4 parts of 6"),
    "parts: a sum": (
        lambda: parts(2, keras.losses.MeanSquaredError(reduction="sum")),
        ValueError,
        "loss must average",
    ),
    "parts: a function as loss": (
        lambda: parts(2, keras.losses.mean_squared_error),
        ValueError,
        "loss must average",
    ),
    "layout: no such axis": (
        lambda: new_layout_map(
            transformer_tf.gpt2_config(),
            keras.distribution.DeviceMesh((1, 1), ["batch", "model"], ["cpu:0"]),
            axis="x",
        ),
        ValueError,
        r"axes \['batch', 'model'\]; got axis='x'",
    ),
    "remat: no layer": (lambda: Rematerialized(len), ValueError, "valid Keras layer"),
    "recompute: not built": (
        lambda: recompute_call(keras.layers.Dense(2), LOGITS, training=False),
        ValueError,
        "must be built before",
    ),
}


@pytest.mark.parametrize("mistake", ERRORS)
def test_says_what_came_and_what_was_expected(mistake):
    call, kind, message = ERRORS[mistake]
    with pytest.raises(kind, match=message):
        call()


@pytest.mark.parametrize("mistake", ERRORS)
def test_a_graph_refuses_alike(mistake):
    if mistake.startswith(("cell", "parts", "recompute", "perplexity")):
        pytest.skip("creates variables")
    call, kind, message = ERRORS[mistake]
    if "sentinels" in mistake:  # their number depends on what is drawn
        kind = tf.errors.InvalidArgumentError
    with pytest.raises(kind, match=message):
        tf.function(call, autograph=False)()


def test_the_table_is_long():
    assert len(ERRORS) >= 55
