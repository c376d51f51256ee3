"""Calls in other threads change nothing: no option of a call is kept in common."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import tensorflow as tf

from tests.selection import table
from tests.text.equality import bare_rows, in_graph_of
from tests.text.samples import published_tokenizer, sampled_strings
from transformer_tf.text import Truncation

TEXTS = [
    *sampled_strings(12, seed=1),
    "a [SEP] b",
    "<|endoftext|>",
    "x </s> y",
    "[MASK][CLS]",
]
CALLS = [
    {"special_tokens": special, "take_special": take, "pairs": pairs}
    for special in (True, False)
    for take in (True, False)
    for pairs in (None, TEXTS[::-1])
]


def fields(encodings):
    return [(e.ids, e.offsets, e.type_ids, e.unknown_mask) for e in encodings]


@pytest.mark.parametrize(
    "name", table(["gpt2", "bert_uncased", "t5"], ["bert_uncased", "t5"])
)
def test_every_option_of_a_call_in_eight_threads(name):
    pytest.importorskip("tokenizers")
    tokenizer = published_tokenizer(name)
    tokenizer.truncation = Truncation(12, overlap=2)
    expected = [
        fields(tokenizer.encode_batch_readable(TEXTS, padded=False, **call))
        for call in CALLS
    ]
    draw = random.Random(0)
    turns = [draw.randrange(len(CALLS)) for _ in range(120)]

    def differs(turn):
        return fields(tokenizer.encode_batch(TEXTS, **CALLS[turn])) != expected[turn]

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(differs, turns)) == 0


def test_a_tokenizer_that_changes_leaves_what_was_encoded_before():
    pytest.importorskip("tokenizers")
    tokenizer = published_tokenizer("t5")
    text = "Ｗide  and <new>"
    waiting = tokenizer.encode_batch([text])[0]
    expected = tokenizer.encode(text)
    tokenizer.add_tokens(["<new>"], special=False)
    tokenizer.normalizer = None
    assert waiting == expected


def in_graph():
    return in_graph_of("bert_uncased")


def stress(seconds):
    """Three threads in the same graph, among many other TensorFlow calls."""
    texts = [sampled_strings(64, seed=seed) for seed in range(4)]
    expected = [bare_rows(in_graph()(batch)) for batch in texts]
    end = time.monotonic() + seconds

    def calls(seed):
        draw, done = random.Random(seed), 0
        while time.monotonic() < end:
            turn = draw.randrange(4)
            assert bare_rows(in_graph()(texts[turn])) == expected[turn]
            in_graph().pairs(texts[turn], texts[0])
            tf.reduce_sum(tf.random.normal([64, 64]) @ tf.ones([64, 8]))
            done += 1
        return done

    with ThreadPoolExecutor(3) as threads:
        futures = [threads.submit(calls, seed) for seed in range(3)]
        return [future.result(timeout=seconds + 120) for future in futures]


@pytest.mark.xdist_group("bert_uncased in a graph")
def test_three_threads_in_a_graph():
    pytest.importorskip("tokenizers")
    assert min(stress(1)) > 0


@pytest.mark.full
def test_three_threads_in_a_graph_for_ten_minutes():
    assert min(stress(600)) > 0
