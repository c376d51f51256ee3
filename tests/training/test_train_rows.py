"""Rows of texts: every text once a pass, and the same rows from any place on."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer_tf.training.command.keys import ConfigError
from transformer_tf.training.command.order import Order
from transformer_tf.training.command.rows import (
    START,
    batches,
    open_tokens,
    packed_rows,
    paired_rows,
    single_rows,
    tokenized_rows,
)
from transformer_tf.training.command.texts import Texts, find_files

TEXTS = st.lists(st.text("ab é\r", min_size=0, max_size=9), min_size=1, max_size=7)


def encode(texts):
    """A token for each character, and an end."""
    return ([*map(ord, text), 0] for text in texts)


def files(folder, contents):
    paths = [folder / f"{number}.txt" for number in range(len(contents))]
    for path, content in zip(paths, contents):
        path.write_bytes(content.encode())
    return paths


class TestOrder:
    @pytest.mark.parametrize("count", [1, 2, 7, 1500])
    @pytest.mark.parametrize("shuffle", [False, True])
    def test_every_number_once_a_pass(self, count, shuffle):
        read = list(Order(count, shuffle, seed=3, passes=3).from_place(0))
        for epoch in range(3):
            one = read[epoch * count : (epoch + 1) * count]
            assert sorted(one) == list(range(count))
        if shuffle and count > 2:
            assert read[:count] != read[count : 2 * count]
            other = list(Order(count, shuffle, seed=4, passes=3).from_place(0))
            assert other != read

    @settings(max_examples=20, deadline=None)
    @given(st.integers(1, 50), st.integers(0, 120))
    def test_goes_on_from_any_place(self, count, place):
        order = Order(count, shuffle=True, seed=1)
        whole = list(islice(order.from_place(0), place + 60))
        assert list(islice(order.from_place(place), 60)) == whole[place:]


class TestTexts:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(TEXTS, min_size=1, max_size=3), st.booleans())
    def test_are_the_lines_of_the_files(self, tmp_path_factory, lines, last_ends):
        folder = tmp_path_factory.mktemp("texts")
        contents = ["\n".join(part) + "\n" * last_ends for part in lines]
        expected = [
            line.rstrip("\r") for c in contents for line in c.split("\n") if line
        ]
        if not expected:
            with pytest.raises(ConfigError, match="no text"):
                Texts(files(folder, contents))
            return
        found = Texts(files(folder, contents))
        assert [found.text(number) for number in range(len(found))] == expected

    def test_a_document_is_a_file(self, tmp_path):
        found = Texts(files(tmp_path, ["one\ntwo\n", "", "three"]), documents=True)
        assert [found.text(n) for n in range(len(found))] == ["one\ntwo\n", "three"]

    def test_what_is_no_utf_8_is_named(self, tmp_path):
        path = tmp_path / "latin.txt"
        path.write_bytes(b"one\ntwo\ncaf" + b"\xe9\n")
        with pytest.raises(ConfigError, match=r"latin.txt is no UTF-8: line 3 .*0xe9"):
            Texts([path]).text(2)

    def test_a_pattern_without_a_file_is_named(self, tmp_path):
        files(tmp_path, ["x"])
        assert find_files("data.files", ["*.txt", "0.txt"], tmp_path) == [
            tmp_path / "0.txt"
        ]
        with pytest.raises(ConfigError, match=r"data.files has '\*.md'"):
            find_files("data.files", ["*.txt", "*.md"], tmp_path)


class TestRows:
    @settings(max_examples=60, deadline=None)
    @given(TEXTS.filter(any), st.integers(1, 6), st.integers(0, 30))
    def test_packed_ones_are_the_stream_of_tokens(
        self, tmp_path_factory, lines, length, place
    ):
        texts = Texts(files(tmp_path_factory.mktemp("rows"), ["\n".join(lines)]))
        order = Order(len(texts), shuffle=True, seed=2)
        rows = packed_rows(texts, order, encode, length)
        found = list(islice(rows(START), place + 20))
        numbers = islice(order.from_place(0), 60 * length)
        stream = [token for ids in encode(map(texts.text, numbers)) for token in ids]
        assert [token for row in found for token in row.ids[0]] == (
            stream[: (place + 20) * length]
        )
        if place:
            again = list(islice(rows(found[place - 1].place), 20))
            assert again == found[place:]

    @pytest.mark.parametrize("length", [2, 4, 9])
    def test_single_ones_keep_their_end(self, tmp_path, length):
        texts = Texts(files(tmp_path, ["abcdefgh\nab"]))
        rows = single_rows(texts, Order(2, False, 0, passes=1), encode, length)
        first, second = (row.ids[0] for row in rows(START))
        assert first == [*map(ord, "abcdefgh"[: length - 1]), 0]
        assert second == [*map(ord, "ab"[: length - 1]), 0]

    def test_pairs(self, tmp_path):
        texts = Texts(files(tmp_path, ["ab\tc\nd\tefg"]))
        order = Order(2, False, 0)
        rows = list(islice(paired_rows(texts, order, encode, 9, 3)(START), 4))
        assert rows[1].ids == ([ord("d"), 0], [ord("e"), ord("f"), 0])
        assert (
            list(islice(paired_rows(texts, order, encode, 9, 3)((1, 0)), 3))
            == (rows[1:])
        )

    def test_a_line_that_is_no_pair_is_shown(self, tmp_path):
        texts = Texts(files(tmp_path, ["ab c"]))
        rows = paired_rows(texts, Order(1, False, 0), encode, 9, 9)
        with pytest.raises(ConfigError, match="0 tabs in 'ab c'"):
            next(rows(START))

    def test_texts_without_a_token_do_not_go_on_for_ever(self, tmp_path):
        texts = Texts(files(tmp_path, ["a\nb"]))
        order = Order(2, False, 0)
        rows = single_rows(texts, order, lambda found: ([] for _ in found), 4)
        with pytest.raises(ConfigError, match="no text of .* has any token"):
            next(rows(START))

    @pytest.mark.parametrize(
        "stored, expected",
        [
            (np.arange(7, dtype="uint16"), [[0, 1, 2], [3, 4, 5]]),
            (np.array([[5, 6, 0, 0], [1, 2, 3, 4]]), [[5, 6], [1, 2, 4]]),
        ],
    )
    def test_of_tokens(self, tmp_path, stored, expected):
        np.save(tmp_path / "ids.npy", stored)
        ids, count = open_tokens(tmp_path / "ids.npy", 3)
        rows = tokenized_rows(ids, Order(count, False, 0), 3, padding=0)
        assert [row.ids[0] for row in islice(rows(START), count)] == expected
        assert next(rows((1, 0))).ids[0] == expected[1]

    @pytest.mark.parametrize(
        "stored, told",
        [
            (np.zeros(9), "got float64"),
            (np.zeros((2, 2, 2), int), "shape"),
            (np.zeros(2, int), "no row of 3"),
        ],
    )
    def test_of_what_is_no_tokens(self, tmp_path, stored, told):
        np.save(tmp_path / "ids.npy", stored)
        with pytest.raises(ConfigError, match=told):
            open_tokens(tmp_path / "ids.npy", 3)

    def test_batches_say_where_the_next_one_starts(self, tmp_path):
        texts = Texts(files(tmp_path, ["abc\nd\nef\ng\nh"]))
        order = Order(len(texts), shuffle=True, seed=0, passes=2)
        rows = single_rows(texts, order, encode, 3)
        found = list(batches(rows, 2, (4,), START, padding=7))
        assert len(found) == 5  # of ten rows
        for number, (ids, lengths, place) in enumerate(found):
            assert ids.shape == (2, 4) and lengths.shape == (2,)
            assert (ids[np.arange(4) >= lengths[:, None]] == 7).all()
            after = list(batches(rows, 2, (4,), tuple(place), padding=7))
            assert len(after) == 4 - number
            for one, other in zip(after, found[number + 1 :]):
                for got, expected in zip(one, other):
                    np.testing.assert_array_equal(got, expected)
