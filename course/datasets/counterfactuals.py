"""Pairs of texts that differ in one thing, and what the course's models say of them."""

import functools
import itertools
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from course.datasets.four_tasks import padded
from course.models import model_folder
from transformer_tf import text
from transformer_tf.checkpoints import from_pretrained

# The imperative, to someone called tú and to someone called vos: the same request.
FORMS = {
    "enciende": "encendé",
    "apaga": "apagá",
    "abre": "abrí",
    "cierra": "cerrá",
    "sube": "subí",
    "baja": "bajá",
    "pon": "poné",
    "quita": "quitá",
}
REQUESTS = (
    ("TurnOn", "enciende", "la luz del {}"),
    ("TurnOn", "enciende", "el ventilador del {}"),
    ("TurnOff", "apaga", "la luz del {}"),
    ("TurnOff", "apaga", "el televisor del {}"),
    ("TurnOn", "abre", "la persiana del {}"),
    ("TurnOff", "cierra", "la persiana del {}"),
    ("LightSet", "sube", "la luz del {} al 80 %"),
    ("LightSet", "baja", "la luz del {} al 20 %"),
)
ROOMS = ("baño", "garaje", "pasillo", "despacho", "dormitorio", "jardín")
# Nouns of things that open, for a masked model; grammar says which form follows.
FEMININE = tuple("cocina luz lámpara puerta persiana alarma".split())
MASCULINE = tuple("jardín baño garaje despacho dormitorio televisor".split())


def forms_of_address() -> tuple[list[str], list[str], list[str]]:
    """The same requests to tú and to vos, and what is wanted in each."""
    rows = [
        (f"{verb} {rest.format(room)}", f"{FORMS[verb]} {rest.format(room)}", intent)
        for (intent, verb, rest), room in itertools.product(REQUESTS, ROOMS)
    ]
    one, other, wanted = zip(*rows)
    return list(one), list(other), list(wanted)


def class_probabilities(texts: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """[text, class] float32 of the course's classifier, and the classes' names."""
    tokenizer, model, names = _classifier()
    encodings = tokenizer.encode_batch(list(texts))
    longest = max(len(one.ids) for one in encodings)
    ids = padded([one.ids for one in encodings], longest)
    types = padded([one.type_ids for one in encodings], longest)
    found = []
    for start in range(0, len(ids), 500):
        part = slice(start, start + 500)
        inputs = {"ids": ids[part], "padding_mask": ids[part] > 0}
        found.append(tf.nn.softmax(model(inputs | {"token_types": types[part]})))
    return np.concatenate(found), names


def masked_preference(texts: Sequence[str], one: str, other: str) -> np.ndarray:
    """[text] log p(one) - log p(other) where [MASK] stands, of the course's encoder."""
    folder = model_folder("bilingual_encoder")
    tokenizer, model = text.from_pretrained(folder), from_pretrained(folder)
    vocabulary = tokenizer.vocabulary
    found = []
    for sentence in texts:
        row = tokenizer.encode(sentence.replace("[MASK]", one)).ids
        place = row.index(vocabulary[one])
        row[place] = vocabulary["[MASK]"]
        ids = np.array([row], "int32")
        logits = model({"ids": ids, "padding_mask": ids > 0})[0, place].numpy()
        found.append(logits[vocabulary[one]] - logits[vocabulary[other]])
    return np.array(found)


@functools.cache
def _classifier() -> tuple[Any, Any, list[str]]:
    folder = model_folder("bilingual_classifier")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    names = [config["id2label"][str(n)] for n in range(len(config["id2label"]))]
    return text.from_pretrained(folder), from_pretrained(folder), names
