"""The parts of the in-graph tokenizer, against dictionaries and Python strings."""

import numpy as np
import pytest
import tensorflow as tf

from transformer_tf.text.in_graph.code_point_map import CodePointMap
from transformer_tf.text.in_graph.pair_table import PairTable
from transformer_tf.text.in_graph.trie import Trie
from transformer_tf.text.in_graph.utf8 import code_points
from transformer_tf.text.in_graph.whole_words import WholeWords


def test_pair_table_is_a_dictionary(rng):
    left, right = rng.integers(0, 60, 900), rng.integers(0, 150, 900)
    pairs = {(int(a), int(b)): number for number, (a, b) in enumerate(zip(left, right))}
    keys = np.array([*pairs])
    table = PairTable(keys[:, 0], keys[:, 1], [*pairs.values()], 61, 151)
    asked = np.stack(np.meshgrid(np.arange(61), np.arange(151)), -1).reshape(-1, 2)
    expected = [pairs.get((int(a), int(b)), -1) for a, b in asked]
    np.testing.assert_array_equal(table(*asked.T.astype(np.int32)), expected)


def test_empty_pair_table():
    table = PairTable([], [], [], 3, 4)
    np.testing.assert_array_equal(table([2, 0], [3, 0]), [-1, -1])


@pytest.mark.parametrize("text", ["", "abc", "xaxbx", "cccc", "a\U0010ffffb"])
def test_code_point_map_is_translate(text):
    replacements = {"a": "", "b": "x", "c": "yz\u0301"}
    mapped, beside = CodePointMap(replacements)(
        tf.constant([ord(c) for c in text], tf.int32), tf.range(len(text))
    )
    expected = text.translate(str.maketrans(replacements))
    assert "".join(map(chr, mapped.numpy())) == expected
    sources = [i for i, c in enumerate(text) for _ in replacements.get(c, c)]
    assert beside.numpy().tolist() == sources


def test_code_points_of_every_length():
    texts = [
        "",
        "a\x7f",
        "",
        "\x80\u07ff",
        "\u0800\uffff\0",
        "\U00010000\U0010ffff",
        "",
    ]
    points = code_points(tf.constant(texts))
    expected = [(row, ord(c)) for row, text in enumerate(texts) for c in text]
    assert [*zip(points.row.numpy(), points.value.numpy())] == expected
    lengths = [len(c.encode()) for text in texts for c in text]
    np.testing.assert_array_equal(points.begin, np.cumsum([0, *lengths[:-1]]))


def test_whole_words_are_a_dictionary(rng):
    alphabet = [7, 3, 900, 5]
    every = [tuple(rng.choice(alphabet, length)) for length in [*range(1, 15)] * 40]
    words = {tuple(map(int, word)): n for n, word in enumerate(every[::2])}
    asked = [*every, (3,) * 15, (7, 3) * 20]
    length = np.array([len(word) for word in asked], np.int32)
    begin = (np.cumsum(length) - length).astype(np.int32)
    symbols = np.concatenate(asked).astype(np.int32)
    got = WholeWords(words, alphabet)(tf.constant(symbols), begin, length)
    expected = [words.get(tuple(map(int, word)), -1) for word in asked]
    np.testing.assert_array_equal(got, expected)


def test_a_walk_finds_the_pieces_of_every_length(rng):
    pieces = ["a", "b", "ab", "ba", "aba", "abab", "c\u0301", "\U0001f600a"]
    vocabulary = {piece: 2 * number for number, piece in enumerate(pieces)}
    text = "".join(rng.choice(["a", "b", "c\u0301", "\U0001f600", "x"], 60))
    trie = Trie(vocabulary)
    letters = trie.letters(tf.constant([ord(character) for character in text]))
    places, room = range(len(text)), rng.integers(0, 5, len(text)).astype("int32")
    expected = [
        [
            vocabulary.get(text[i : i + n], -1)
            if n <= min(room[i], len(text) - i)
            else -1
            for i in places
        ]
        for n in range(1, trie.longest + 1)
    ]
    root = tf.fill([len(text)], trie.root)
    np.testing.assert_array_equal(trie.walk(letters, root, room), expected)
    begin = np.array([0, 3, len(text) - 1], "int32")
    words = trie.walk_words(letters, begin, room[begin])
    np.testing.assert_array_equal(words, np.array(expected)[:, begin])
