"""Our outputs beside those that a folder of the corpus expects."""

import json
import warnings
from pathlib import Path

import numpy as np

from transformer_tf import (
    EncoderDecoder,
    PretrainingModel,
    Seq2SeqLM,
    SpanQuestionAnswerer,
    from_pretrained,
)
from transformer_tf.checkpoints import NewHead, UnusedWeights

CORPUS = Path(__file__).parent / "corpus"
FOLDERS = sorted(path.name for path in CORPUS.iterdir())
TOLERANCE = 2e-5  # float32 and float64 differ by 6e-6 here


def load(folder, *arguments, **options):
    """The model, and the warnings that were given."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model = from_pretrained(folder, *arguments, **options)
    ours = [w for w in told if issubclass(w.category, NewHead | UnusedWeights)]
    return model, ours


def configuration(folder):
    return json.loads((folder / "config.json").read_text())


def arrays_of(folder):
    with np.load(folder / "expected.npz") as arrays:
        return dict(arrays)


def inputs_of(model, arrays):
    """What the model is called with, and which positions of its output are real."""
    inputs = {k[3:]: v for k, v in arrays.items() if k.startswith("in_")}
    real = inputs["attention_mask"].astype(bool)
    if isinstance(model, Seq2SeqLM | EncoderDecoder):
        target_real = inputs["decoder_attention_mask"].astype(bool)
        given = {
            "source_ids": inputs["input_ids"],
            "source_padding_mask": real,
            "target_ids": inputs["decoder_input_ids"],
            "target_padding_mask": target_real,
        }
        if "global_attention_mask" in inputs:
            is_global = inputs["global_attention_mask"].astype(bool)
            given["source_global_attention_mask"] = is_global
        return given, target_real
    given = {"ids": inputs["input_ids"], "padding_mask": real}
    if getattr(model, "body", model).config.num_token_types > 1:
        given["token_types"] = inputs["token_type_ids"]
    if "global_attention_mask" in inputs:
        given["global_attention_mask"] = inputs["global_attention_mask"].astype(bool)
    return given, real


def names_of(model, arrays):
    """The published names of what the model returns."""
    if not hasattr(model, "body"):
        return ("last_hidden_state",)
    if isinstance(model, SpanQuestionAnswerer):
        return "start_logits", "end_logits"
    if isinstance(model, PretrainingModel):
        albert = "out_sop_logits" in arrays
        return (
            "prediction_logits",
            "sop_logits" if albert else "seq_relationship_logits",
        )
    return ("logits",)


def pairs(model, arrays):
    """Our outputs, and those expected, at real tokens, as pairs."""
    given, real = inputs_of(model, arrays)
    got = model(given) if hasattr(model, "body") else model(**given)
    got = got if isinstance(got, tuple) else (got,)
    for name, ours in zip(names_of(model, arrays), got, strict=True):
        expected, ours = arrays[f"out_{name}"], np.asarray(ours)
        if expected.shape[:2] == real.shape:  # a number for each token
            expected, ours = expected[real], ours[real]
        yield ours, expected
