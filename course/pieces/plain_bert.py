"""A published BERT with any of its heads as one function, in double precision."""

import numpy as np
from keras import ops

HEADS, EPSILON = 4, 1e-12


def bert_logits(w, ids, types, real):
    """What a model of the course says of a batch.

    In double precision a text gets the same numbers whatever stands beside it.

    Args:
        w: {name: array}: the weights, as their file names them.
        ids, types: [row, length] integers.
        real: [row, length] booleans: False for padding.

    Returns:
        A NumPy array, [row, class] for a head that reads texts and [row, length, class]
        for one that reads tokens.
    """
    table = "bert.embeddings.{}_embeddings.weight"
    x = w[table.format("word")][ids] + w[table.format("token_type")][types]
    x = x + w[table.format("position")][: ids.shape[1]]
    x = _norm(w, "bert.embeddings.LayerNorm", ops.convert_to_tensor(x))
    layers = 1 + max(int(name.split(".")[3]) for name in w if ".layer." in name)
    for number in range(layers):
        x = _block(w, f"bert.encoder.layer.{number}", x, real)
    if "bert.pooler.dense.weight" in w:
        x = ops.tanh(_dense(w, "bert.pooler.dense", x[:, 0]))
    head = "classifier" if "classifier.weight" in w else "qa_outputs"
    return np.array(_dense(w, head, x))


def _block(w, name, x, real):
    query, key, value = (
        _split(_dense(w, f"{name}.attention.self.{part}", x))
        for part in ("query", "key", "value")
    )
    scores = ops.einsum("rhqd,rhkd->rhqk", query, key) / query.shape[-1] ** 0.5
    scores = ops.where(real[:, None, None, :], scores, -1e30)
    mixed = ops.einsum("rhqk,rhkd->rqhd", ops.softmax(scores), value)
    mixed = ops.reshape(mixed, x.shape)
    mixed = _dense(w, f"{name}.attention.output.dense", mixed)
    x = _norm(w, f"{name}.attention.output.LayerNorm", x + mixed)
    wide = ops.gelu(_dense(w, f"{name}.intermediate.dense", x), approximate=False)
    narrow = _dense(w, f"{name}.output.dense", wide)
    return _norm(w, f"{name}.output.LayerNorm", x + narrow)


def _dense(w, name, x):
    return ops.matmul(x, w[f"{name}.weight"].T) + w[f"{name}.bias"]


def _split(x):
    rows, length, dim = x.shape
    x = ops.reshape(x, (rows, length, HEADS, dim // HEADS))
    return ops.transpose(x, (0, 2, 1, 3))


def _norm(w, name, x):
    x = x - ops.mean(x, axis=-1, keepdims=True)
    spread = ops.sqrt(ops.mean(x * x, axis=-1, keepdims=True) + EPSILON)
    return x / spread * w[f"{name}.weight"] + w[f"{name}.bias"]
