"""Readable, fast and in-graph paths agree for tokenizers drawn at random.

The readable path is held to the `tokenizers` library as well, where a text spells no
special token that its model would find (which the library cannot leave alone).
"""

import json
import random

import pytest
import tensorflow as tf

from tests.text.random_tokenizers import random_tokenizer, some_text
from transformer_tf.text.encoding import TOKEN_FIELDS
from transformer_tf.text.fast import fast_path
from transformer_tf.text.in_graph import InGraphTokenizer
from transformer_tf.text.models.word import WordModel
from transformer_tf.text.preconditions import reachable_special

peer = pytest.importorskip("tokenizers")


def result(call, *arguments, **settings):
    """What a call gives, or that it is an error."""
    try:
        return call(*arguments, **settings)
    except (ValueError, tf.errors.InvalidArgumentError):
        return "error"


def rows(encodings):
    return [
        {name: getattr(window, name) for name in TOKEN_FIELDS}
        for encoding in encodings
        for window in (encoding, *encoding.overflowing)
    ]


def check_fast(tokenizer, texts, draw):
    """The fast path, where there is one, and the library, against the readable path."""
    call = {
        "special_tokens": draw.random() < 0.7,
        "take_special": draw.random() < 0.3,
        "pairs": draw.choice([None, texts[::-1]]),
    }
    readable = result(
        lambda: rows(tokenizer.encode_batch_readable(texts, padded=False, **call))
    )
    path = fast_path(tokenizer)
    if path is not None:
        arguments = texts, call["pairs"], call["special_tokens"], call["take_special"]
        fast = result(path.encode_batch, *arguments, tokenizer.truncation)
        if fast is not None:  # the library knows no such text
            assert (fast if fast == "error" else rows(fast)) == readable
    drops = isinstance(tokenizer.model, WordModel) and not tokenizer.model.unknown_token
    if tokenizer.truncation is not None or readable == "error" or drops:
        return path is not None
    spells = reachable_special(tokenizer)
    theirs = peer.Tokenizer.from_str(
        json.dumps({**tokenizer.to_json(), "padding": None})
    )
    theirs.encode_special_tokens = not call["take_special"]
    for number, (text, row) in enumerate(zip(texts, readable)):
        pair = None if call["pairs"] is None else call["pairs"][number]
        if spells and any(spells(one) for one in (text, pair) if one is not None):
            continue
        found = theirs.encode(text, pair, add_special_tokens=call["special_tokens"])
        assert row["ids"] == found.ids, ascii((text, pair))
        assert row["type_ids"] == found.type_ids
        if not any(token.normalized for token in tokenizer.added_tokens):
            # The library decodes such a token to what its normalizer makes of it.
            assert tokenizer.decode(found.ids) == theirs.decode(found.ids)
    return path is not None


def check_in_graph(tokenizer, texts):
    """The in-graph path, where it can be built, against the readable path."""
    try:
        in_graph = InGraphTokenizer(tokenizer, compiled=False)
    except ValueError:
        return False
    for pairs in (None, texts[::-1]):
        batch = result(tokenizer.batch, texts, pairs)
        calls = [texts] if pairs is None else [texts, pairs]
        found = result(in_graph if pairs is None else in_graph.pairs, *calls)
        if batch == "error" or found == "error":
            assert batch == found
            continue
        for name in ("ids", "attention_mask", "type_ids"):
            expected = getattr(batch, name).astype(int).tolist()
            assert found[name].numpy().tolist() == expected, name
        decoded = in_graph.decode(found["ids"], found["attention_mask"])
        for text, row in zip(decoded.numpy(), batch.encodings):
            assert text.decode() == tokenizer.decode(row.ids)
    return True


def drawn(seed):
    """A tokenizer and texts, and the random numbers that are left."""
    draw = random.Random(seed)
    tokenizer = random_tokenizer(draw)
    return tokenizer, [some_text(draw) for _ in range(12)], draw


def test_fast_path():
    served = sum(check_fast(*drawn(seed)) for seed in range(300))
    assert served > 200


@pytest.mark.full
def test_fast_path_of_many():
    assert sum(check_fast(*drawn(seed)) for seed in range(300, 20_000)) > 10_000


def test_in_graph_path():
    assert sum(check_in_graph(*drawn(seed)[:2]) for seed in range(30)) > 0


@pytest.mark.full
def test_in_graph_path_of_many():
    assert sum(check_in_graph(*drawn(seed)[:2]) for seed in range(30, 1_000)) > 9
