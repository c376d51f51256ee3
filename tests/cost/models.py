"""Small models of every family and every head, as published folders of the corpus."""

import warnings

import numpy as np

from tests.checkpoints.outputs import CORPUS
from transformer_tf import from_pretrained

MEMORY = CORPUS.parent / "corpus_with_memory"
FOLDERS = {path.name: path for root in (CORPUS, MEMORY) for path in root.iterdir()}
BATCH, LENGTH, TARGET, GLOBAL = 3, 13, 7, 2
# Heads whose class makes the first position global, if a call says nothing.
FIRST = ("SequenceClassifier", "Seq2SeqLM")


def load(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return from_pretrained(FOLDERS[name])


def sizes_of(architecture):
    """The arguments of a calculation."""
    options = {"batch_size": BATCH, "length": LENGTH}
    if architecture.kind in ("Seq2SeqLM", "EncoderDecoder"):
        options["target_length"] = TARGET
    if architecture.config.global_attention:
        options["global_positions"] = GLOBAL
    return options


def inputs_of(architecture, batch=BATCH, length=LENGTH, target=TARGET, seen=GLOBAL):
    """What a model is called with: no padding, the first positions global."""
    config, rng = architecture.config, np.random.default_rng(0)
    ids = rng.integers(5, config.vocabulary_size, (batch, length))
    is_global = np.zeros((batch, length), bool)
    is_global[:, :seen] = True
    name, given = "ids", {"ids": ids}
    if architecture.kind in ("Seq2SeqLM", "EncoderDecoder"):
        name = "source_ids"
        target_ids = rng.integers(5, config.vocabulary_size, (batch, target))
        given = {"source_ids": ids, "target_ids": target_ids}
    if config.global_attention:
        given[name.removesuffix("ids") + "global_attention_mask"] = is_global
    if architecture.kind == "MultipleChoice":
        given = {name: array[:, None] for name, array in given.items()}
    return given


def call(model, inputs, training=False):
    if hasattr(model, "body"):
        return model(inputs, training=training)
    return model(**inputs, training=training)
